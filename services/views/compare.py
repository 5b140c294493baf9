"""Two generations, row by row, as both stood at one sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import asyncpg

from projections.replay.entry import FOREVER
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.views.generation import Generation, Views
from services.views.row_tables import quoted, tables_of

EXAMPLES = 10
"""How many rows of each kind are shown."""
TIMEOUT_S = 24 * 3600.0
"""Comparing goes through both tables whole, however large they are."""

_SQL = queries("services.views", "compare.sql")
_KNOWN = ("known_from", "known_to")
_COUNTED = ("compared_surplus", "compared_number")


@dataclass(frozen=True, slots=True)
class TableDifference:
    """Differences in one table."""

    table: str
    rows: int
    """Versions in the new table."""
    columns_added: list[str]
    columns_gone: list[str]
    only_before: int
    """Versions that only the table served so far has."""
    only_after: int
    """Versions that only the new one has."""
    examples_before: list[dict[str, Any]]
    examples_after: list[dict[str, Any]]

    @property
    def same(self) -> bool:
        """Tell if nothing differs."""
        return not (self.columns_added or self.columns_gone or self.only_before or self.only_after)


async def compare(
    connection: Connection, before: Generation, after: Generation, sequence: int, views: Views
) -> list[TableDifference]:
    """Compare two generations that have both passed a sequence; returns one value for each table of `after`."""
    return [await _compare(connection, before, after, each.row.TABLE, sequence) for each in tables_of(views)]


async def _compare(
    connection: Connection, before: Generation, after: Generation, table: str, sequence: int
) -> TableDifference:
    one, other = f"{quoted(before.schema)}.{quoted(table)}", f"{quoted(after.schema)}.{quoted(table)}"
    here, there = await _columns(connection, one), await _columns(connection, other)
    both = [name for name in there if name in here]
    rows = await connection.fetchval(_SQL["count"].replace("{one}", other), sequence, timeout=TIMEOUT_S)
    if not both:
        return TableDifference(table, rows, there, here, 0, rows, [], [])
    differing = await _differing(connection, one, other, both, sequence)
    lost = [row for row in differing if row["compared_surplus"] > 0]
    new = [row for row in differing if row["compared_surplus"] < 0]
    return TableDifference(
        table,
        rows,
        [name for name in there if name not in here],
        [name for name in here if name not in there],
        lost[0]["compared_number"] if lost else 0,
        new[0]["compared_number"] if new else 0,
        [_shown(row) for row in lost],
        [_shown(row) for row in new],
    )


async def _columns(connection: Connection, table: str) -> list[str]:
    names = [row["name"] for row in await connection.fetch(_SQL["columns"], table)]
    return [name for name in names if name not in _KNOWN]


async def _differing(
    connection: Connection, one: str, other: str, columns: Sequence[str], sequence: int
) -> list[asyncpg.Record]:
    sql = _SQL["differing"].replace("{one}", one).replace("{other}", other)
    sql = sql.replace("{columns}", ", ".join(map(quoted, columns)))
    return list(await connection.fetch(sql, sequence, EXAMPLES, timeout=TIMEOUT_S))


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if name not in _COUNTED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return "infinity" if value.replace(tzinfo=None) == FOREVER.replace(tzinfo=None) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
