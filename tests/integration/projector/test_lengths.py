"""Rows are found at any two times, whatever their length and however long a version was believed: for every table."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from projections.columns import columns_of
from projections.replay.view import Interval, Row
from projections.views import VIEWS
from services.views.row_tables import tables_of
from tests.integration.projector.working import served
from tests.ledger import Ledger

STEP = timedelta(microseconds=1)
BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
LENGTHS = [STEP, *(timedelta(days=4**power) + off for power in range(7) for off in (-STEP, timedelta(), STEP))]
"""On both sides of every bound of a class, and beyond the last."""
KNOWN = 1_000
BELIEVED = [1, *(2**power + off for power in (6, 10, 14, 18, 22, 26, 30, 40) for off in (-1, 0, 1))]
LAST = 2**63 - 1

ROWS = [table.row for table in tables_of(VIEWS)]
every_row = pytest.mark.parametrize("row", ROWS, ids=[row.TABLE for row in ROWS])

_VALUES: dict[str, Any] = {
    "text": "x",
    "integer": 1,
    "bigint": 1,
    "numeric": 1,
    "boolean": True,
    "timestamptz": BEGINS,
    "date": date(2026, 3, 1),
    "text[]": ["x"],
}
"""A value of each type of column."""


@pytest.fixture
async def reader(ledger: Ledger) -> asyncpg.Connection:
    owner = await ledger.connect()
    schema = (await served(owner)).schema
    for row in ROWS:
        await insert(owner, schema, row)
    await owner.execute(f'update "{schema}".lane set sequence = {LAST}')
    reader = await ledger.connect("daybook_reader")
    await reader.execute("set timezone = 'America/New_York'")  # 8 March 2026 has 23 hours there
    return reader


async def insert(owner: asyncpg.Connection, schema: str, row: type[Row]) -> None:
    """Versions of all lengths, each under an id of its own."""
    versions: list[tuple[str, datetime, datetime, int, int]] = [("now", BEGINS, datetime.max, KNOWN, LAST)]
    if isinstance(row.VALID, Interval):
        versions += [(f"ended {length}", BEGINS, BEGINS + length, KNOWN, LAST) for length in LENGTHS]
    versions += [(f"superseded {known}", BEGINS, datetime.max, KNOWN, KNOWN + known) for known in BELIEVED]
    columns = [*row.columns(), "known_from", "known_to"]
    places = ", ".join(f"${place + 1}" for place in range(len(columns)))
    await owner.executemany(
        f'insert into "{schema}".{row.TABLE} ({", ".join(columns)}) values ({places})',
        [
            (
                *(
                    {row.KEY[0]: id, "from_at": from_at, "to_at": to_at, "playbook": "project", "status": "open"}.get(
                        each.name, _VALUES[each.kind.sql]
                    )
                    for each in columns_of(row)
                ),
                known_from,
                known_to,
            )
            for id, from_at, to_at, known_from, known_to in versions
        ],
    )


def found(row: type[Row]) -> str:
    return f"select {row.KEY[0]} as id from served.{row.TABLE}($1, $2) order by 1"


def plain(row: type[Row]) -> str:
    """Written without the classes of length, from the versions as readers have them."""
    valid = row.VALID
    holds = "from_at <= $1 and (to_at is null or $1 < to_at)" if isinstance(valid, Interval) else f"{valid.at} <= $1"
    return (
        f"select {row.KEY[0]} as id from reporting.{row.TABLE}_version"
        f" where {holds} and known_from <= $2 and $2 < known_to order by 1"
    )


async def agrees(reader: asyncpg.Connection, row: type[Row], as_of: datetime, known_at: int) -> None:
    ids = await reader.fetch(found(row), as_of, known_at)
    assert ids == await reader.fetch(plain(row), as_of, known_at), (as_of, known_at)


@every_row
async def test_as_of_any_moment_of_an_interval_of_any_length(reader: asyncpg.Connection, row: type[Row]) -> None:
    for moment in {BEGINS + length + off for length in LENGTHS for off in (-STEP, timedelta(), STEP)} | {BEGINS - STEP}:
        await agrees(reader, row, moment, KNOWN)
        await agrees(reader, row, moment, LAST - 1)


@every_row
async def test_as_known_at_any_moment_of_a_version_believed_for_any_while(
    reader: asyncpg.Connection, row: type[Row]
) -> None:
    for known_at in {KNOWN + known + off for known in BELIEVED for off in (-1, 0, 1)} | {0, KNOWN - 1, LAST - 1}:
        await agrees(reader, row, BEGINS, known_at)


@every_row
@pytest.mark.parametrize("as_of", ["0002-01-01 00:00:00+00", "9998-12-31 23:59:59.999999+00"])
async def test_as_of_the_ends_of_time(reader: asyncpg.Connection, row: type[Row], as_of: str) -> None:
    at = f"timestamptz '{as_of}'"
    ids = await reader.fetch(found(row).replace("$1", at).replace("$2", str(LAST)))
    assert ids == await reader.fetch(plain(row).replace("$1", at).replace("$2", str(LAST - 1)))
