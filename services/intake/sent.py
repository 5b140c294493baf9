"""From the bytes that were sent to events, and every fault that can be told from the bytes alone.

An event that is at fault does not hide the faults of the others: the sender mends them all at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.canonical import NotCanonical
from contracts.envelope import MAX_BATCH, MAX_BATCH_BYTES, CloudEvent, read_batch, read_binary, read_event
from contracts.places import breaks, read_broken
from contracts.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class Sent:
    """What one request holds."""

    events: Sequence[tuple[int, CloudEvent]]
    """The readable events with their index."""
    faults: Sequence[Problem] = field(default=())
    """With an index unless the whole body is at fault."""
    single: bool = False


def structured(body: bytes) -> Sent:
    """One event in JSON."""
    return _single(lambda: read_event(body), lambda: read_broken(body))


def binary(headers: Mapping[str, str], body: bytes) -> Sent:
    """One event with its attributes in headers and its data in the body."""
    return _single(lambda: read_binary(headers, body), lambda: {"data": read_broken(body)})


def batch(body: bytes) -> Sent:
    """A JSON list of events."""
    try:
        return Sent(list(enumerate(read_batch(body))))
    except Refused as refused:
        return _each(body, refused)


def _single(read: Callable[[], CloudEvent], again: Callable[[], Any]) -> Sent:
    try:
        return Sent([(0, read())], single=True)
    except Refused as refused:
        return Sent([], _placed(refused.problems, again), single=True)


def _placed(problems: Sequence[Problem], again: Callable[[], Any]) -> list[Problem]:
    if any(each.kind == "unreadable" for each in problems):
        try:
            if found := _broken(again(), 0):
                return found
        except NotCanonical:
            pass
    return [Problem(each.field, each.reason, each.kind, 0) for each in problems]


def _broken(value: Any, index: int) -> list[Problem]:
    return [Problem(".".join(map(str, path)), reason, "invalid", index) for path, reason in breaks(value)]


def _each(body: bytes, refused: Refused) -> Sent:
    whole = Sent([], refused.problems)
    if len(body) > MAX_BATCH_BYTES:
        return whole
    try:
        values = read_broken(body)
    except NotCanonical:
        return whole
    if not isinstance(values, list) or len(values) > MAX_BATCH:
        return whole
    events: list[tuple[int, CloudEvent]] = []
    faults: list[Problem] = []
    for index, value in enumerate(values):
        if found := _broken(value, index):
            faults += found
            continue
        if not isinstance(value, dict):
            faults.append(Problem("", "an event is a JSON object", "unreadable", index))
            continue
        try:
            events.append((index, read_event(value)))
        except Refused as error:
            faults += [Problem(each.field, each.reason, each.kind, index) for each in error.problems]
    return Sent(events, faults) if faults else whole
