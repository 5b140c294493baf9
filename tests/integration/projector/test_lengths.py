"""Where deals stood is found whatever the length of their intervals, and however long a version was believed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.integration.projector.working import served
from tests.ledger import Ledger

STEP = timedelta(microseconds=1)
BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
LENGTHS = [STEP, *(timedelta(days=4**power) + off for power in range(7) for off in (-STEP, timedelta(), STEP))]
"""On both sides of every bound of a class, and beyond the last."""
KNOWN = 1_000
BELIEVED = [1, *(2**power + off for power in (6, 10, 14, 18, 22, 26, 30, 40) for off in (-1, 0, 1))]
LAST = 2**63 - 1

_ROW = (
    "insert into {schema}.stage_position"
    " (deal, from_at, to_at, playbook, status, probability, since, entry, known_from, known_to)"
    " values ($1, $2, $3, 'project', 'open', 0, $2, 1, $4, $5)"
)
_FOUND = "select deal from reporting.stage_position($1, $2) order by deal"
_PLAIN = (
    "select deal from reporting.stage_position_version"
    " where from_at <= $1 and $1 < to_at and known_from <= $2 and $2 < known_to order by deal"
)
_COUNTED = "select all_open from reporting.funnel_and_outcome('project', $1, $2) where stage is null"


@pytest.fixture
async def reader(ledger: Ledger) -> asyncpg.Connection:
    owner = await ledger.connect()
    insert = _ROW.format(schema=f'"{(await served(owner)).schema}"')
    rows: list[tuple[Any, ...]] = [("now", BEGINS, datetime.max, KNOWN, LAST)]
    rows += [(f"ended {length}", BEGINS, BEGINS + length, KNOWN, LAST) for length in LENGTHS]
    rows += [(f"superseded {known}", BEGINS, datetime.max, KNOWN, KNOWN + known) for known in BELIEVED]
    await owner.executemany(insert, rows)
    await owner.execute(f'update "{(await served(owner)).schema}".lane set sequence = {LAST}')
    reader = await ledger.connect("daybook_reader")
    await reader.execute("set timezone = 'America/New_York'")  # 8 March 2026 has 23 hours there
    return reader


async def agrees(reader: asyncpg.Connection, as_of: datetime, known_at: int) -> None:
    found = [row["deal"] for row in await reader.fetch(_FOUND, as_of, known_at)]
    assert found == [row["deal"] for row in await reader.fetch(_PLAIN, as_of, known_at)], (as_of, known_at)
    try:
        assert len(found) == await reader.fetchval(_COUNTED, as_of, known_at)
    except asyncpg.NoDataFoundError:  # a funnel without any deal of a playbook that nobody published
        assert not found


async def test_as_of_any_moment_of_an_interval_of_any_length(reader: asyncpg.Connection) -> None:
    for moment in {BEGINS + length + off for length in LENGTHS for off in (-STEP, timedelta(), STEP)} | {BEGINS - STEP}:
        await agrees(reader, moment, KNOWN)
        await agrees(reader, moment, LAST - 1)


async def test_as_known_at_any_moment_of_a_version_believed_for_any_while(reader: asyncpg.Connection) -> None:
    for known_at in {KNOWN + known + off for known in BELIEVED for off in (-1, 0, 1)} | {0, KNOWN - 1, LAST - 1}:
        await agrees(reader, BEGINS, known_at)


@pytest.mark.parametrize("as_of", ["0002-01-01 00:00:00+00", "9998-12-31 23:59:59.999999+00"])
async def test_as_of_the_ends_of_time(reader: asyncpg.Connection, as_of: str) -> None:
    asked = f"timestamptz '{as_of}', {LAST}"
    found = await reader.fetch(f"select deal from reporting.stage_position({asked}) order by deal")
    plain = _PLAIN.replace("$1", f"timestamptz '{as_of}'").replace("$2", str(LAST - 1))
    assert found == await reader.fetch(plain)
