"""The harness's pair of PostgreSQL servers, and how connections find the one that takes writes."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from services.embedded.postgres import PostgresServer
from services.errors import Unavailable
from services.postgres import connection as database
from tests.faults.pair import Pair
from tests.service import until


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    pair = Pair(tmp_path, synchronous=True)
    try:
        await pair.start()
        yield pair
    finally:
        await pair.stop()


@pytest.mark.long_cases
@pytest.mark.parametrize("frozen", [False, True])
async def test_connections_find_the_server_that_takes_writes(pair: Pair, frozen: bool) -> None:
    before = await database.connect(pair.url)
    await before.execute("create table told (what text)")
    await before.execute("insert into told values ('before')")

    await pair.fail_over(frozen=frozen)
    after = await database.connect(pair.url)
    await after.execute("insert into told values ('after')")
    pool = await database.pool(pair.url, "daybook_reader")
    assert await pool.fetchval("select pg_is_in_recovery()") is False
    await pool.close()
    assert [row["what"] for row in await after.fetch("select what from told")] == ["before", "after"]

    await pair.bury()
    before.terminate()
    await after.close()


@pytest.mark.long
async def test_where_no_server_takes_writes_the_database_is_away(pair: Pair) -> None:
    await pair.primary.stop()
    with pytest.raises(Unavailable):
        await database.connect(pair.url)
    alone = await database.connect(pair.standby.url)
    with pytest.raises(Unavailable), database.explained():
        await alone.execute("create table told (what text)")
    await alone.close()


@pytest.mark.long
async def test_a_standby_that_is_made_anew_follows_and_can_take_over_again(pair: Pair) -> None:
    for number in range(2):
        connection = await database.connect(pair.url)
        await connection.execute(f"create table told_{number} ()")
        await connection.close()
        await pair.fail_over(frozen=False)
        await pair.follow()
    connection = await database.connect(pair.url)
    assert await connection.fetch("table told_0 union all table told_1") == []
    await connection.close()


@pytest.mark.long
async def test_a_standby_that_hears_nothing_more_lacks_what_came_later(tmp_path: Path) -> None:
    pair = Pair(tmp_path, synchronous=False)
    try:
        await pair.start()
        connection = await database.connect(pair.url)
        await connection.execute("create table told ()")
        await until(lambda: _has_table(pair.standby), "the standby does not follow")
        await pair.cut_off_standby()
        await connection.execute("drop table told")
        await connection.close()
        await pair.fail_over(frozen=False)
        assert await _has_table(pair.primary)
    finally:
        await pair.stop()


async def _has_table(server: PostgresServer) -> bool:
    connection = await asyncpg.connect(server.url)
    try:
        return bool(await connection.fetchval("select to_regclass('told') is not null"))
    finally:
        await connection.close()
