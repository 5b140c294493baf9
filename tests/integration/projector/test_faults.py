"""Killed, stopped, raced or cut off at any instant: the rows are those of the folds, once each."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random

import asyncpg
import pytest

from projections.replay.entry import FOREVER, lane_of
from projections.views import VIEWS
from projections.views.stage_position import PositionRow
from services.errors import ViewsAltered
from services.postgres import connection as database
from services.projector import combined_batch, projector, session
from services.projector.cache import Cache
from services.projector.lane import Lane
from services.projector.projector import Projector
from services.views import generation
from services.views.generation import Generation
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import lanes_are_held, projecting, served
from tests.ledger import Ledger
from tests.service import until


@pytest.mark.parametrize(("events", "kills"), [(500, 3), pytest.param(1500, 5, marks=pytest.mark.long)])
async def test_killed_at_random_instants(empty_ledger: Ledger, events: int, kills: int) -> None:
    owner, nats = await empty_ledger.connect(), await empty_ledger.nats()
    draw = Random(31)
    journal = Journal()
    journal.take(turmoil(seed=31, events=events, deals=events // 25))
    instants = sorted(draw.sample(range(20, journal.last - 100), kills))
    async with empty_ledger.process("projector") as projector:
        await empty_ledger.projected(await journal.write(owner, limit=1))
        reached = 1
        while reached < journal.last:
            reached = await journal.write(owner, limit=draw.randint(1, 6))
            await nats.publish("notice.recorded", str(reached).encode())
            if instants and reached >= instants[0]:
                instants.pop(0)
                await projector.kill()
                await projector.start()
        await empty_ledger.projected(journal.last)
        found = await stored(owner, (await served(owner)).schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))


@pytest.mark.long
async def test_one_that_was_stopped_while_its_lanes_were_taken_over_commits_nothing(empty_ledger: Ledger) -> None:
    owner, nats = await empty_ledger.connect(), await empty_ledger.nats()
    draw = Random(32)
    journal = Journal()
    journal.take(turmoil(seed=32, events=1200, deals=60))
    schema = (await served(owner)).schema
    async with empty_ledger.process("projector") as stopped:
        await empty_ledger.projected(await journal.write(owner, limit=10))
        for _ in range(3):
            reached = await journal.write(owner, limit=draw.randint(150, 250))
            await nats.publish("notice.recorded", str(reached).encode())
            await until(lambda at=reached: _some_lane_is(owner, schema, at), "no lane moves")  # type: ignore[misc]
            os.kill(stopped.process.pid, signal.SIGSTOP)
            await until(lambda: _cut_off(owner), "its connections stay")
            await journal.write(owner, limit=50)
            async with projecting(empty_ledger, batch=10):
                await empty_ledger.projected(reached)
                os.kill(stopped.process.pid, signal.SIGCONT)
                await journal.write(owner, limit=50)
                await empty_ledger.projected(reached + 100)
        await journal.write(owner)
        await empty_ledger.projected(journal.last)
        found = await stored(owner, schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))


async def _some_lane_is(owner: asyncpg.Connection, schema: str, sequence: int) -> bool:
    return bool(await owner.fetchval(f'select max(sequence) >= $1 from "{schema}".lane', sequence))


async def _cut_off(owner: asyncpg.Connection) -> bool:
    """Drops the connections that hold locks, as the server does for a machine that is cut off; the others stay."""
    rows = await owner.fetch(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and application_name = 'projector' and (state <> 'idle'"
        " or pid in (select pid from pg_locks where locktype = 'advisory'))"
    )
    return not rows


async def test_a_claim_fences_off_whoever_had_the_lane_before(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=33, events=300))
    await journal.write(owner)
    schema = (await served(owner)).schema
    old = await Lane.claim(owner, schema, VIEWS, 3, Cache(1000))
    assert await _steps(owner, schema, old, journal.last)
    taken = old.position.sequence
    new = await Lane.claim(owner, schema, VIEWS, 3, Cache(1000))
    assert new.position.sequence == taken > 0
    before = await stored(owner, schema, VIEWS)
    assert not await _steps(owner, schema, old, journal.last)
    assert await stored(owner, schema, VIEWS) == before
    assert await _steps(owner, schema, new, journal.last)
    assert new.position.sequence > taken


async def test_a_claim_in_the_middle_of_a_step_fences_it_off(empty_ledger: Ledger) -> None:
    owner, one, other = [await empty_ledger.connect() for _ in range(3)]
    journal = Journal()
    journal.take(turmoil(seed=38, events=300))
    await journal.write(owner)
    schema = (await served(owner)).schema
    old = await Lane.claim(one, schema, VIEWS, 3, Cache(1000))
    async with owner.transaction():
        # The step waits for the journal, the claim raises the epoch first and then waits for it too.
        await owner.execute("lock table ledger.concerns in access exclusive mode")
        step = asyncio.create_task(_steps(one, schema, old, journal.last))
        claim = asyncio.create_task(Lane.claim(other, schema, VIEWS, 3, Cache(1000)))
        await until(lambda: _epoch_is(owner, schema, 2), "the lane is not claimed")
        assert not step.done()
    new = await claim
    assert not await step
    assert not any((await stored(owner, schema, VIEWS)).values())
    assert await _steps(other, schema, new, journal.last)
    assert new.position.sequence > 0


async def _steps(connection: asyncpg.Connection, schema: str, lane: Lane, recorded: int) -> bool:
    """A step of a lane alone; false where another has claimed it."""
    step = await combined_batch.step(connection, schema, [lane], recorded, 5)
    return step is not None and bool(step.moved)


async def _epoch_is(owner: asyncpg.Connection, schema: str, epoch: int) -> bool:
    return bool(await owner.fetchval(f'select epoch = $1 from "{schema}".lane where lane = 3', epoch))


@pytest.mark.long
async def test_a_freed_lane_is_taken_by_another(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=34, events=300))
    async with projecting(empty_ledger):
        async with projecting(empty_ledger):
            await until(lambda: lanes_are_held(owner, 2), "two do not share the lanes")
            await journal.write(owner, limit=100)
            await empty_ledger.projected(100)
        await journal.write(owner)
        await empty_ledger.projected(journal.last)
        await until(lambda: lanes_are_held(owner, 1), "one does not hold all lanes")


@pytest.mark.long
async def test_lanes_of_a_projector_that_is_silent_for_long_are_taken_by_another(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "FORGET_S", 1)
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=39, events=200))
    awake = asyncio.Event()

    async def found_by_a_sleeper(connection: asyncpg.Connection) -> Generation | None:
        if await lanes_are_held(connection, 1):
            await awake.wait()
        return await generation.own(connection)

    sleeper = asyncio.create_task(Projector(empty_ledger.endpoints.database_url, found_by_a_sleeper).run())
    try:
        await until(lambda: lanes_are_held(owner, 1), "it does not hold the lanes")
        async with projecting(empty_ledger):
            await journal.write(owner)
            await empty_ledger.projected(journal.last)
            awake.set()
            await until(lambda: lanes_are_held(owner, 2), "it has not found its place beside the other")
    finally:
        sleeper.cancel()
        await asyncio.gather(sleeper, return_exceptions=True)


async def test_no_lane_waits_while_others_have_more_to_do(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "CONNECTIONS", 1)
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=40, events=600, deals=200, accounts=40))
    await journal.write(owner)
    turns: list[int] = []

    async def tell(lane: int, sequence: int) -> None:
        turns.append(lane)

    async with projecting(empty_ledger, batch=1, tell=tell):
        await until(lambda: _so_many(turns, 5 * 16), "the lanes do not move")
    assert max(turns[: 5 * 16].count(lane) for lane in range(16)) <= 6


async def _so_many(turns: list[int], count: int) -> bool:
    return len(turns) >= count


async def test_a_transaction_that_is_left_open_holds_up_no_claim_for_long(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "FORGET_S", 1)
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    async with AsyncExitStack() as stack:
        stopped = Projector(empty_ledger.endpoints.database_url, generation.own)
        connection = await stopped._connection(stack)
        await connection.execute("begin")
        await connection.execute(f'update "{schema}".lane set sequence = sequence')

        async def claimed() -> bool:
            try:
                return (await Lane.claim(owner, schema, VIEWS, 3, Cache(1000))).position.epoch == 1
            except asyncpg.LockNotAvailableError:
                return False

        await until(claimed, "its transaction stays open")
        assert connection.is_closed()


async def test_a_projector_that_was_frozen_while_it_wrote_is_ended_by_whoever_takes_its_lanes(
    empty_ledger: Ledger,
) -> None:
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    journal = Journal()
    journal.take(turmoil(seed=43, events=200))
    await journal.write(owner)
    frozen = await database.connect(empty_ledger.endpoints.database_url, "daybook_projector")

    async def nothing_comes() -> AsyncIterator[bytes]:
        await asyncio.get_running_loop().create_future()
        yield b""

    async def write() -> None:
        async with frozen.transaction():
            await frozen.execute(f'update "{schema}".lane set sequence = sequence where lane = 3')
            await frozen.copy_to_table("flag", schema_name=schema, source=nothing_comes())

    writing = asyncio.create_task(write())
    try:
        await until(lambda: owner.fetchval(_COPIES), "nobody is frozen")
        async with projecting(empty_ledger):
            await empty_ledger.projected(journal.last)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        frozen.terminate()
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


_COPIES = """
select exists (select from pg_stat_activity
                where datname = current_database() and state = 'active' and query like 'COPY%')
"""


@pytest.mark.long
async def test_a_lane_whose_row_somebody_else_holds_stops_no_other(empty_ledger: Ledger) -> None:
    owner, holder = await empty_ledger.connect(), await empty_ledger.connect()
    schema = (await served(owner)).schema
    journal = Journal()
    journal.take(turmoil(seed=44, events=200))
    await journal.write(owner)
    troubles: list[Exception] = []
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute(f'update "{schema}".lane set sequence = sequence where lane = 3')
    async with projecting(empty_ledger, on_trouble=troubles.append):

        async def all_others() -> bool:
            rows = await owner.fetch(f'select sequence from "{schema}".lane where lane <> 3')
            return {row["sequence"] for row in rows} == {journal.last}

        await until(all_others, "the other lanes wait for it")
        assert str(holder.get_server_pid()) in str(troubles[0])
        await transaction.rollback()
        await empty_ledger.projected(journal.last)


@pytest.mark.long_cases
@pytest.mark.parametrize("kill", [False, True])
async def test_postgres_restarts(empty_ledger: Ledger, kill: bool) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=35, events=400))
    async with projecting(empty_ledger, batch=10):
        await journal.write(owner, limit=150)
        await empty_ledger.projected(20)
        await empty_ledger.servers.restart_postgres(kill=kill)
        owner = await empty_ledger.connect()
        await journal.write(owner)
        await empty_ledger.projected(journal.last)
    found = await stored(owner, (await served(owner)).schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))


@pytest.mark.long
async def test_a_database_restored_to_an_older_backup_catches_up(empty_ledger: Ledger) -> None:
    events = turmoil(seed=36, events=240)
    journal = Journal()
    journal.take(events)
    async with empty_ledger.process("recorder"), empty_ledger.process("projector"):
        await empty_ledger.append(*events[:100])
        await empty_ledger.projected()
        backup = await empty_ledger.backup()
        await empty_ledger.append(*events[100:200])
        await empty_ledger.projected()
        await empty_ledger.restore(backup)
        await empty_ledger.append(*events[200:])
        assert await empty_ledger.projected() == journal.last
        owner = await empty_ledger.connect()
        found = await stored(owner, (await served(owner)).schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))


async def test_a_row_that_something_else_removed_stops_its_lane_and_no_other(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=37, events=400))
    deal = _changed_later(journal, 200)
    schema = (await served(owner)).schema
    troubles: list[Exception] = []
    async with projecting(empty_ledger, on_trouble=troubles.append):
        await journal.write(owner, limit=200)
        await empty_ledger.projected(200)
        removed = await owner.fetchval(
            f"delete from \"{schema}\".stage_position where known_to = 9223372036854775807 and to_at = 'infinity'"
            " and deal = $1 returning deal",
            deal,
        )
        assert removed == deal
        await journal.write(owner)

        async def stopped() -> bool:
            rows = await owner.fetch(f'select sequence from "{schema}".lane')
            return bool(troubles) and sorted(row["sequence"] for row in rows)[1] == journal.last

        await until(stopped, "not every other lane goes on")
    query = f'select sequence from "{schema}".lane where lane = $1'
    assert await owner.fetchval(query, lane_of(f"deal/{deal}")) < journal.last
    assert isinstance(troubles[0], ViewsAltered)
    assert "daybook rebuild --force" in str(troubles[0])
    assert deal in str(troubles[0])


def _changed_later(journal: Journal, sequence: int) -> str:
    """A deal whose last position at a sequence is unmade by an entry behind it."""
    for *values, known_from, known_to in sorted(expected(journal, VIEWS)["stage_position"], key=str):
        row = PositionRow(*values)
        if known_from <= sequence < known_to <= journal.last and row.to_at == FOREVER:
            return row.deal
    raise AssertionError(f"no deal changes behind {sequence}")


@pytest.mark.long_cases
@pytest.mark.parametrize("raised", ["by the lane", "by PostgreSQL"])
@pytest.mark.parametrize("near", [0, 1000], ids=["alone", "abreast"])
async def test_a_lane_that_failed_does_not_go_on_from_what_it_did_not_commit(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, raised: str, near: int
) -> None:
    monkeypatch.setattr(session, "REST_S", 0.1)
    monkeypatch.setattr(combined_batch, "NEAR", near)
    monkeypatch.setattr(combined_batch, "WRITTEN_WITHIN_MS", 60_000)
    owner, other = [await empty_ledger.connect() for _ in range(2)]
    journal = Journal()
    journal.take(turmoil(seed=42, events=150, deals=1, accounts=1))
    schema = (await served(owner)).schema
    asked, found = asyncio.Event(), asyncio.Event()
    found.set()

    async def find(connection: asyncpg.Connection) -> Generation | None:
        asked.set()
        await found.wait()
        return await generation.own(connection)

    async def at_rest() -> bool:
        return not await other.fetchval(_AT_WORK)

    projector = Projector(empty_ledger.endpoints.database_url, find)
    task = asyncio.create_task(projector.run())
    try:
        await journal.write(owner, limit=100)
        await empty_ledger.projected(100)
        if raised == "by PostgreSQL":
            await owner.execute(_REFUSED.format(schema=schema))
        else:
            await owner.execute(f'create table kept as select * from "{schema}".stage_position where {_STANDS}')
            await owner.execute(f'delete from "{schema}".stage_position where {_STANDS}')
        async with owner.transaction():
            await owner.execute(f'lock table "{schema}".stage_position in share mode')
            await journal.write(other, limit=50)
            projector.wake()
            await until(lambda: other.fetchval(_WAITING), "the lane does not write")
            found.clear()
            asked.clear()
            await asyncio.wait_for(asked.wait(), 10)
        await until(at_rest, "the lane does not fail")
        if raised == "by PostgreSQL":
            await owner.execute(f'drop trigger refused on "{schema}".stage_position')
        else:
            await owner.execute(f'insert into "{schema}".stage_position select * from kept')
        await journal.write(owner)
        found.set()
        await empty_ledger.projected(journal.last)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


_STANDS = "known_to = 9223372036854775807"
_REFUSED = """
create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
create trigger refused before insert on "{schema}".stage_position execute function refuse()
"""
_AT_WORK = """
select exists (select from pg_stat_activity
                where datname = current_database() and application_name = 'projector' and state <> 'idle')
"""
_WAITING = """
select exists (select from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and query like '%stage_position%')
"""
