"""The durable record of a reconciliation: that it began, the messages it saved, that it was finished. Insert-only."""

import json
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from contracts.types.microseconds import instant, microseconds
from services.errors import StreamMismatch
from services.postgres.statements import queries
from services.reconcile.plan import Moved
from services.stream.clock import to_come
from services.stream.quiesce import LONGEST
from services.stream.read import Stored, recorded_at_us
from services.stream.state import StreamState

_SQL = queries("services.reconcile", "records.sql")
_COLUMNS = ("sequence", "reconciliation", "old_sequence", "recorded_at", "stream_subject", "message")


@dataclass(frozen=True, slots=True)
class Past:
    """A reconciliation, finished or not."""

    number: int
    begun_at: datetime
    begun_by: str
    reason: str
    found: str
    recorded: int
    old_stream_created_at: datetime | None
    ended_at: datetime | None
    """None: it was interrupted, and is finished by running it again."""
    stream_created_at: datetime | None
    moved: Sequence[Moved]


async def begin(
    connection: asyncpg.Connection,
    *,
    by: str,
    reason: str,
    words: str,
    recorded: int,
    found: StreamState | None,
    configuration: dict[str, Any],
    kept: int,
    after: int,
    foreign: AsyncIterable[Iterable[Stored]],
) -> None:
    """Record in one transaction that a reconciliation begins, and the messages that the journal does not know.

    The messages get the numbers behind `after`, in the order given. Those that an interrupted reconciliation has saved
    are not saved again; when there is nothing else, the interrupted reconciliation goes on. The stream keeps its
    messages up to `kept`: raises StreamMismatch when a message behind that could not be put back. A message that was
    taken at a time still to come gets the present time.
    """
    created_at, last = (found.created_at, found.last_sequence) if found else (None, 0)
    number: int | None = None
    saved = 0
    async with connection.transaction():
        await connection.execute("set local synchronous_commit = on")
        at = await connection.fetchval(_SQL["last_recorded_at"])
        at_us = microseconds(at) if at else 0
        goes_on = await connection.fetchrow(_SQL["unfinished"]) is not None
        async for messages in _with_none(foreign):
            new = await _unsaved(connection, created_at, list(messages))
            if number is None and (new or not goes_on):
                number = await connection.fetchval(
                    _SQL["begin"], by, reason, words, recorded, created_at, last, json.dumps(configuration)
                )
            rows = []
            for place, each in enumerate(new, 1):
                now_ns = time.time_ns()
                taken = each._replace(taken_at_ns=now_ns) if to_come(each, now_ns) else each
                at_us = recorded_at_us(taken, at_us)
                rows.append((after + saved + place, number, each.sequence, instant(at_us), each.subject, each.data))
            await connection.copy_records_to_table(
                "reconciliation_message", schema_name="ledger", columns=_COLUMNS, records=rows
            )
            saved += len(rows)
        if (sequence := await connection.fetchval(_SQL["long"], kept, LONGEST)) is not None:
            raise StreamMismatch(
                f"Message {sequence} has a subject of more than {LONGEST} bytes, which intake never sends: it cannot "
                "be put back. Nothing was removed; restore the stream from its backup."
            )


async def _with_none(foreign: AsyncIterable[Iterable[Stored]]) -> AsyncIterator[Iterable[Stored]]:
    """Yield an empty chunk before the others, so that there is at least one."""
    yield ()
    async for messages in foreign:
        yield messages


async def _unsaved(connection: asyncpg.Connection, created_at: datetime | None, messages: list[Stored]) -> list[Stored]:
    rows = await connection.fetch(_SQL["saved"], created_at, [each.sequence for each in messages])
    known = {(row["old_sequence"], row["stream_subject"], bytes(row["message"])) for row in rows}
    return [each for each in messages if (each.sequence, each.subject, each.data) not in known]


async def unfinished_configuration(connection: asyncpg.Connection) -> dict[str, Any] | None:
    """The configuration of the stream that an interrupted reconciliation has perhaps removed."""
    row = await connection.fetchrow(_SQL["unfinished"])
    return None if row is None else json.loads(row["stream_configuration"])


async def unfinished_moves(connection: asyncpg.Connection) -> list[Moved]:
    """The numbers of what was saved by reconciliations that are not finished."""
    return [moved for each in await past(connection) if each.ended_at is None for moved in each.moved]


async def end(connection: asyncpg.Connection, created_at: datetime) -> None:
    """The stream, made at that time, holds what it must."""
    await connection.execute(_SQL["end"], created_at)


async def past(connection: asyncpg.Connection | asyncpg.pool.PoolConnectionProxy) -> list[Past]:
    """Reconciliations so far, in order."""
    found = []
    for row in await connection.fetch(_SQL["past"]):
        runs = await connection.fetch(_SQL["moved"], row["number"]) if row["moved"] else ()
        moved = [Moved((run["old_first"], run["old_last"]), (run["new_first"], run["new_last"])) for run in runs]
        found.append(Past(**{**dict(row), "moved": moved}))
    return found


async def recorded_ahead(connection: asyncpg.Connection, bound_s: float) -> tuple[int, int] | None:
    """The journal's rows that were recorded at a time more than `bound_s` from now: first and last; None: no row."""
    limit = datetime.now(UTC) + timedelta(seconds=bound_s)
    row = await connection.fetchrow(_SQL["recorded_after"], limit)
    assert row is not None
    return None if row["last"] is None or row["last"] < row["first"] else (row["first"], row["last"])
