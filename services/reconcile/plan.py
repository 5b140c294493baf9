"""Plan of a reconciliation: what to do with the stream, and which numbers messages get that have to move."""

from dataclasses import dataclass
from enum import StrEnum

from services.ledger.stream_comparison import Comparison
from services.ledger.stream_identity import StreamIdentity
from services.stream.quiesce import is_closed
from services.stream.sequence_ranges import Ranges, count
from services.stream.state import StreamState


class Action(StrEnum):
    """Actions that a stream may need, from least to most."""

    NONE = "none"
    """The stream is as the ledger remembers it."""
    FINISH = "finish"
    """It holds what it must; a reconciliation that was interrupted is finished."""
    ADOPT = "adopt"
    """It was made anew and holds what it must: from now on the ledger knows it by its new creation time."""
    APPEND = "append"
    """It lost its end: what is missing is appended, each message at its number."""
    MAKE_ANEW = "make_anew"
    """It is gone, or has other messages or holes, or some that are not recorded and were dated by a wrong clock: it is
    written anew, and last what the journal does not know."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A run of messages that the journal does not know, with their numbers before and after."""

    old: tuple[int, int]
    new: tuple[int, int]


def action(ours: StreamIdentity, found: StreamState | None, comparison: Comparison) -> Action:
    """Choose the action that the stream needs."""
    if found is None or not comparison.rewound_only or comparison.to_come:
        return Action.MAKE_ANEW
    if not comparison.fits:
        return Action.APPEND
    if found.created_at != ours.created_at:
        return Action.ADOPT
    return Action.FINISH if ours.unfinished is not None or is_closed(found.configuration) else Action.NONE


def foreign(comparison: Comparison) -> Ranges:
    """Messages that the journal does not know, in the order in which they are appended to a stream made anew.

    First those behind the journal: where nothing was lost, they keep the numbers that their receipts name.
    """
    return [*comparison.beyond, *comparison.other]


def moved(ranges: Ranges, after: int) -> list[Moved]:
    """The numbers that runs get when they are appended one after another behind a sequence."""
    found = []
    for first, last in ranges:
        new = after + 1, after + count([(first, last)])
        found.append(Moved((first, last), new))
        after = new[1]
    return found
