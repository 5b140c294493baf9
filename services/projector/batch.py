"""Batches of a lane: each holds entries of its subjects, or the publication or withdrawal of a playbook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from projections.replay.entry import JournalEntry
from projections.replay.playbooks import Policy
from services.ledger.journal import Connection, Row, policy_of, recorded_of


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry that concerns a subject of the lane."""

    subject: str
    recorded: JournalEntry
    known: int
    """Position at which the subject takes it: its own sequence, or that of the later entry by which it became known
    that it concerns the subject."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Batch that a lane takes next."""

    arrivals: list[Arrival]
    reaches: int
    """The lane's position once all of it is taken."""
    policy: Policy | None = None
    """A playbook published or withdrawn; such a batch has no arrivals."""


def arrivals_of(rows: Iterable[Row]) -> list[Arrival]:
    """The arrivals, from rows in the order in which they are taken; what concerns several subjects is one entry."""
    arrivals: list[Arrival] = []
    last: JournalEntry | None = None
    for row in rows:
        if last is None or last.sequence != row["sequence"]:
            last = recorded_of(row)
        arrivals.append(Arrival(row["concerned"], last, row["known"]))
    return arrivals


async def read(connection: Connection, sql: Mapping[str, str], lane: int, after: int, up_to: int, limit: int) -> Batch:
    """The next batch of a lane behind a position, at most `limit` arrivals (and the rest of the last entry)."""
    published_at: int | None = await connection.fetchval(sql["next_publication"], after, up_to)
    before = up_to if published_at is None else published_at - 1
    rows = await connection.fetch(sql["batch"], lane, after, before, limit) if before > after else []
    if rows:
        arrivals = arrivals_of(rows)
        return Batch(arrivals, arrivals[-1].known if len(rows) >= limit else before)
    if published_at is None:
        return Batch([], up_to)
    entry = await connection.fetchrow(sql["entry"], published_at)
    return Batch([], published_at, policy_of(recorded_of(entry)) if entry is not None else None)
