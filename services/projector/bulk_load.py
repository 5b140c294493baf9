"""Bulk load of a lane from the very beginning: subject after subject, each with its whole history.

Nothing that such a lane writes is ever closed by an update, and no history is read twice, however many subjects there
are. The rows are those that batch after batch would have given: they depend on each subject's entries alone. It is
one transaction: interrupted, the lane is empty as before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from projections.replay.playbooks import Playbooks
from projections.replay.view import View
from services.errors import LostLeadership
from services.ledger import journal
from services.ledger.journal import Connection
from services.projector.stale import StaleMarks
from services.projector.time_slice import TimeSlice
from services.projector.write import NOTHING_LONG, LanePosition, advance, mark, statements, write
from services.views.row_versions import PlaybookTimeline, Replaying, Versions

ENTRIES_BATCH_SIZE = 2000
"""About so many entries are read and folded between two writes."""
COUNTED_WITHIN_S = 3600.0
"""One query counts what concerns each subject of the lane: in a very large ledger that takes its time."""


@dataclass(slots=True)
class BulkLoaded:
    """Result of filling a lane: playbooks, counts and stale subjects."""

    playbooks: Playbooks
    entries: int = 0
    versions: int = 0
    stale: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    """By subject and view, as `Stale` takes them."""


async def bulk_load(
    connection: Connection,
    schema: str,
    views: Sequence[View[Any]],
    position: LanePosition,
    up_to: int,
    tell: Callable[[float], None],
) -> BulkLoaded:
    """Write and commit everything up to a sequence; `tell` hears which share of it is folded.

    Raises LostLeadership when another worker has claimed the lane.
    """
    assert position.sequence == 0, position
    filled = BulkLoaded(await journal.playbooks(connection, up_to))
    timeline = PlaybookTimeline(filled.playbooks)
    async with connection.transaction():
        if not await advance(connection, schema, [position], [up_to], [NOTHING_LONG]):
            raise LostLeadership(f"Another projector has claimed lane {position.lane} of {schema}.")
        subjects = await connection.fetch(
            statements(schema)["subjects"], position.lane, up_to, timeout=COUNTED_WITHIN_S
        )
        of = sum(row["entries"] for row in subjects)
        for some in _parts(subjects):
            histories = await journal.histories(connection, some, up_to)
            written = Versions()
            turns = TimeSlice(connection)
            for subject, history in histories.items():
                replaying = Replaying(subject, history, timeline, views, up_to)
                for _ in replaying:
                    filled.entries += 1
                    tell(filled.entries / of)
                    await turns.next()
                for row, made in replaying.versions.made.items():
                    written.made.setdefault(row, []).extend(made)
                if replaying.stale:
                    filled.stale[subject] = replaying.stale
            await write(connection, schema, written)
            filled.versions += len(written)
        marks = StaleMarks({(subject, view): each for subject, stale in filled.stale.items()
                            for view, each in stale.items()})  # fmt: skip
        await mark(connection, schema, marks)
    return filled


def _parts(subjects: Sequence[Any]) -> Iterator[list[str]]:
    some: list[str] = []
    entries = 0
    for row in subjects:
        some.append(row["subject"])
        entries += row["entries"]
        if entries >= ENTRIES_BATCH_SIZE:
            yield some
            some, entries = [], 0
    if some:
        yield some
