"""The tables of a generation have the indexes that this version's reports rely on, whichever version made them."""

import asyncio

import asyncpg
import pytest

from services.errors import Unavailable
from services.views import generation
from tests.integration.projector.working import served
from tests.ledger import Ledger

_OLDER = """
drop index {schema}.stage_position_last, {schema}.stage_position_ended, {schema}.stage_position_superseded;
create index stage_position_open on {schema}.stage_position (to_at, from_at) where known_to = 9223372036854775807;
create index stage_position_closed on {schema}.stage_position (known_to) where known_to < 9223372036854775807;
drop index {schema}.receivables_movement_standing;
create index receivables_movement_open on {schema}.receivables_movement (at) where known_to = 9223372036854775807;
"""


async def test_init_gives_an_older_generation_the_indexes_of_this_version(ledger: Ledger) -> None:
    owner = await ledger.connect()
    schema = (await served(owner)).schema
    made = await indexes(owner, schema)
    await owner.execute(_OLDER.format(schema=f'"{schema}"'))
    assert await indexes(owner, schema) != made
    await generation.ensure(owner)
    assert await indexes(owner, schema) == made


async def test_who_reads_an_older_generation_meanwhile_keeps_init_from_nothing(ledger: Ledger) -> None:
    owner, reader = await ledger.connect(), await ledger.connect("daybook_reader")
    schema = (await served(owner)).schema
    made = await indexes(owner, schema)
    await owner.execute(_OLDER.format(schema=f'"{schema}"'))

    async def read() -> None:
        while True:
            await reader.fetch("select * from reporting.deal")
            await asyncio.sleep(0.05)  # a dashboard, not a loop that leaves no gap

    reading = asyncio.create_task(read())
    await generation.ensure(owner)
    assert not reading.done()
    reading.cancel()
    assert await indexes(owner, schema) == made


async def test_a_query_that_never_lets_go_is_said_and_the_new_indexes_stay(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "TIMEOUT_S", 0.3)
    owner, reader = await ledger.connect(), await ledger.connect("daybook_reader")
    schema = (await served(owner)).schema
    made = await indexes(owner, schema)
    await owner.execute(_OLDER.format(schema=f'"{schema}"'))
    async with reader.transaction():
        await reader.fetch("select * from reporting.deal")
        with pytest.raises(Unavailable, match="daybook init"):
            await generation.ensure(owner)
    assert made.keys() <= (await indexes(owner, schema)).keys()
    await generation.ensure(owner)
    assert await indexes(owner, schema) == made


async def test_init_waits_for_no_writer_of_a_generation_that_has_them(ledger: Ledger) -> None:
    owner, writer = await ledger.connect(), await ledger.connect()
    async with writer.transaction():
        await writer.execute(f'lock table "{(await served(owner)).schema}".stage_position in row exclusive mode')
        await generation.ensure(owner)


async def indexes(owner: asyncpg.Connection, schema: str) -> dict[str, str]:
    rows = await owner.fetch("select indexname, indexdef from pg_indexes where schemaname = $1", schema)
    return {row["indexname"]: row["indexdef"] for row in rows}
