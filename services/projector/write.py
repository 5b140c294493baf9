"""Writes of a batch: row versions, stale marks and the new positions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from projections.replay.view import Row, RowKey
from services.errors import ViewsAltered
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.projector.stale import StaleMarks
from services.views.row_tables import quoted, table
from services.views.row_versions import Versions

COPY_FROM = 64
"""From how many rows on COPY is quicker than inserts."""
CLOSED_BATCH_SIZE = 1000
"""By one statement: of few rows PostgreSQL knows that it finds them quickest by their key."""


@dataclass(frozen=True, slots=True)
class LanePosition:
    """Position of a lane, and the epoch of its holder."""

    lane: int
    epoch: int
    sequence: int


class Longest(NamedTuple):
    """The subject that folding a batch took longest for, where it is worth telling."""

    subject: str | None = None
    seconds: float | None = None


NOTHING_LONG = Longest()


@cache
def statements(schema: str) -> Mapping[str, str]:
    """The queries of lane.sql for one generation."""
    return {
        name: sql.replace("{generation}", quoted(schema))
        for name, sql in queries("services.projector", "lane.sql").items()
    }


async def advance(
    connection: Connection,
    schema: str,
    positions: Collection[LanePosition],
    reaches: Collection[int],
    longest: Collection[Longest],
) -> set[int]:
    """Move lanes' positions, within the transaction of the rows that they vouch for.

    Gives the lanes that were moved: none that another worker has claimed, and none whose row somebody has locked.
    """
    rows = await connection.fetch(
        statements(schema)["advance"],
        [each.lane for each in positions],
        [each.epoch for each in positions],
        [each.sequence for each in positions],
        list(reaches),
        [each.subject for each in longest],
        [each.seconds for each in longest],
    )
    return {row["lane"] for row in rows}


async def write(connection: Connection, schema: str, written: Versions) -> None:
    """Write row versions. Raises ViewsAltered when a row that must stand does not."""
    for row, closed in written.closed.items():
        await _close(connection, schema, row, closed)
    for row, made in written.made.items():
        await _insert(connection, schema, row, made)


async def mark(connection: Connection, schema: str, stale: StaleMarks) -> None:
    """Write which subjects are stale, and which no longer are."""
    sql = statements(schema)
    for subject, view in sorted(stale.healed):
        await connection.execute(sql["unmark_stale"], subject, view)
    for (subject, view), (sequence, error) in sorted(stale.marked.items()):
        await connection.execute(sql["mark_stale"], subject, view, sequence, error)


async def _close(connection: Connection, schema: str, row: type[Row], closed: dict[RowKey, int]) -> None:
    keys = list(closed.items())
    for start in range(0, len(keys), CLOSED_BATCH_SIZE):
        await _close_some(connection, schema, row, dict(keys[start : start + CLOSED_BATCH_SIZE]))


async def _close_some(connection: Connection, schema: str, row: type[Row], closed: dict[RowKey, int]) -> None:
    done = await connection.execute(table(row).close_sql(schema), *table(row).closing(closed))
    if done != f"UPDATE {len(closed)}":
        raise ViewsAltered(
            f"{len(closed)} rows of {schema}.{row.TABLE} should stand, {done.removeprefix('UPDATE ')} do, among them "
            f"{next(iter(closed)).key}. Something other than a projector changed them: build the views anew with "
            "`daybook rebuild --force`."
        )


async def _insert(connection: Connection, schema: str, row: type[Row], made: list[tuple[Row, int, int]]) -> None:
    into = table(row)
    records = [into.record(*version) for version in made]
    if len(records) < COPY_FROM:
        await connection.executemany(into.insert_sql(schema), records)
    else:
        await connection.copy_records_to_table(row.TABLE, schema_name=schema, columns=into.columns, records=records)
