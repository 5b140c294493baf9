"""Generations are built from the journal beside the one that serves, compared, and promoted; never backwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest
from structlog.testing import capture_logs

from projections.replay.view import FlagRow
from projections.views import VIEWS, generation_digest
from projections.views.dealings import dealings
from services.errors import DaybookError, Unavailable
from services.projector.rebuild import rebuild
from services.views import generation
from services.views.compare import EXAMPLES
from services.views.row_tables import tables_of
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger
from tests.service import until

NEWER = tuple(replace(view, version=view.version + 1) for view in VIEWS)
"""The same folds, as if an update had changed them."""


@asynccontextmanager
async def never_backwards(ledger: Ledger) -> AsyncIterator[list[int]]:
    """Reads `reporting.position` all the time: what was in the views once stays in them."""
    seen = [0]
    reader = await ledger.connect("daybook_reader")

    async def read() -> None:
        while True:
            sequence = await reader.fetchval("select sequence from reporting.position")
            assert sequence >= seen[-1]
            seen.append(sequence)

    task = asyncio.create_task(read())
    try:
        yield seen
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError), ended


@pytest.mark.long
async def test_a_rebuild_under_writers_gives_the_same_rows_and_is_served_by_all(empty_ledger: Ledger) -> None:
    owner, writer = await empty_ledger.connect(), await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=11, events=600))
    await journal.write(writer, limit=300)
    async with projecting(empty_ledger, batch=20), never_backwards(empty_ledger):
        await empty_ledger.projected(300)
        before = await served(owner)

        async def write() -> None:
            while await journal.write(writer, limit=3) < journal.last:
                pass

        writing = asyncio.create_task(write())
        done = await rebuild(owner, empty_ledger.endpoints.database_url, force=True)
        await writing
        assert done.promoted
        assert done.same, done.tables
        assert done.before == before
        assert await served(owner) == done.after
        assert done.after.schema != before.schema
        await empty_ledger.projected(journal.last)
    found = await stored(owner, done.after.schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))
    assert await _schemas(owner) == {done.after.schema}


async def test_a_rebuild_finds_every_row_that_was_tampered_with_and_mends_it(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=12, events=200))
    await journal.write(owner)
    async with projecting(empty_ledger):
        await empty_ledger.projected(journal.last)
    schema = (await served(owner)).schema
    tampered = await owner.fetchrow(
        f"update \"{schema}\".stage_position set owner = 'nobody'"
        f' where ctid = (select ctid from "{schema}".stage_position limit 1) returning deal, known_from'
    )
    assert tampered is not None
    await owner.execute(f'delete from "{schema}".flag where entry = (select min(entry) from "{schema}".flag)')
    url = empty_ledger.endpoints.database_url
    found = await rebuild(owner, url, force=True, diff_only=True)
    assert not found.promoted
    assert not found.same
    differing_in = {each.table: each for each in found.tables if not each.same}
    assert differing_in.keys() == {"stage_position", "flag"}
    position = differing_in["stage_position"]
    assert (position.only_before, position.only_after) == (1, 1)
    assert position.examples_before[0]["owner"] == "nobody"
    assert position.examples_after[0]["deal"] == tampered["deal"]
    assert differing_in["flag"].only_before == 0
    assert differing_in["flag"].only_after > 0
    assert await _schemas(owner) == {schema}, "nothing is left behind"
    mended = await rebuild(owner, url, force=True)
    assert mended.promoted
    assert not differing(await stored(owner, mended.after.schema, VIEWS), expected(journal, VIEWS))


async def test_a_comparison_counts_every_row_too_many_and_shows_the_first(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=12, events=600))
    await journal.write(owner)
    async with projecting(empty_ledger):
        await empty_ledger.projected(journal.last)
    schema = (await served(owner)).schema
    superseded = await owner.execute(
        f'insert into "{schema}".stage_position select * from "{schema}".stage_position '
        f"where known_to < 9223372036854775807 order by known_from limit 15"
    )
    assert superseded == "INSERT 0 15"
    found = await rebuild(owner, empty_ledger.endpoints.database_url, force=True, diff_only=True)
    (position,) = [each for each in found.tables if not each.same]
    assert (position.only_before, position.only_after) == (15, 0)
    assert len(position.examples_before) == EXAMPLES
    assert "surplus" not in position.examples_before[0]


async def test_what_is_served_of_the_same_folds_is_not_built_again_unless_forced(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    before = await served(owner)
    done = await rebuild(owner, empty_ledger.endpoints.database_url)
    assert not done.built
    assert not done.promoted
    assert await served(owner) == before


async def test_new_folds_are_built_while_the_old_rows_serve(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=13, events=300))
    await journal.write(owner, limit=200)
    url = empty_ledger.endpoints.database_url
    async with projecting(empty_ledger):
        await empty_ledger.projected(200)
    old = await served(owner)
    await journal.write(owner)
    async with projecting(empty_ledger, views=NEWER), never_backwards(empty_ledger):
        assert await served(owner) == old
        done = await rebuild(owner, url, views=NEWER)
        assert done.same
        assert done.sequence == 200, "the old rows stood still: the two are compared where those stand"
        assert await served(owner) == done.after
        assert done.after.digest == generation_digest(NEWER)
        await empty_ledger.projected(journal.last)
    found = await stored(owner, done.after.schema, NEWER)
    assert not differing(found, expected(journal, NEWER))
    assert await _schemas(owner) == {old.schema, done.after.schema}, "the one before is kept"


async def test_tables_that_an_update_adds_are_empty_until_the_rebuild(empty_ledger: Ledger) -> None:
    owner, reader = await empty_ledger.connect(), await empty_ledger.connect("daybook_reader")
    url, before = empty_ledger.endpoints.database_url, tuple(view for view in VIEWS if view is not dealings)
    journal = Journal()
    journal.take(turmoil(seed=13, events=100))
    await journal.write(owner)
    await rebuild(owner, url, views=before)
    await generation.ensure(owner)
    assert (await served(owner)).digest == generation_digest(before)
    for row in tables_of([dealings]):
        for relation in (row.row.TABLE, f"{row.row.TABLE}_version", f"{row.row.TABLE}(now(), 100)"):
            if row.row is not FlagRow:
                assert await reader.fetchval(f"select count(*) from reporting.{relation}") == 0
    await rebuild(owner, url)
    assert await reader.fetchval("select count(*) from reporting.activity") > 0
    assert not differing(await stored(owner, (await served(owner)).schema, VIEWS), expected(journal, VIEWS))


async def test_a_projector_whose_folds_have_no_generation_says_what_to_do_and_waits(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=17, events=50))
    await journal.write(owner)
    with capture_logs() as said:
        async with projecting(empty_ledger, views=NEWER):

            async def complained() -> bool:
                return any(each["event"] == "generation_missing" for each in said)

            await until(complained, "it says nothing")
            assert "daybook rebuild" in next(each["do"] for each in said if each["event"] == "generation_missing")
            made = await generation.create(owner, NEWER)

            async def built() -> bool:
                return bool(await owner.fetchval(f'select min(sequence) = $1 from "{made.schema}".lane', journal.last))

            await until(built, "it does not work on the generation that was made")
    assert await owner.fetchval("select max(projected) from reporting.lane") == 0, "it feeds its own generation alone"


async def test_an_interrupted_build_of_new_folds_keeps_what_was_complete(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=14, events=400))
    await journal.write(owner)
    url = empty_ledger.endpoints.database_url
    building = asyncio.create_task(rebuild(await empty_ledger.connect(), url, views=NEWER))

    async def begun() -> bool:
        made = await generation.own(owner, NEWER)
        return bool(made and await owner.fetchval(f'select max(sequence) > 0 from "{made.schema}".lane'))

    await until(begun, "no lane is built")
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    half = await generation.own(owner, NEWER)
    assert half is not None
    reached = await owner.fetchval(f'select sum(sequence) from "{half.schema}".lane')
    assert reached > 0
    first: list[int] = []
    done = await rebuild(owner, url, views=NEWER, progress=lambda at, of: first.append(at))
    assert first[0] >= reached // 16
    assert done.after == half
    assert done.promoted
    assert not differing(await stored(owner, half.schema, NEWER), expected(journal, NEWER))


async def test_an_interrupted_build_of_the_same_folds_leaves_nothing_behind(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=15, events=400))
    await journal.write(owner)
    before = await served(owner)
    began = asyncio.Event()
    building = asyncio.create_task(
        rebuild(owner, empty_ledger.endpoints.database_url, force=True, progress=lambda done, of: began.set())
    )
    await began.wait()
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert await served(owner) == before
    assert await _schemas(owner) == {before.schema}


async def test_what_a_killed_build_left_behind_goes_with_the_next_one(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    left = await generation.create(owner, beside=True)
    assert left.schema in await _schemas(owner)
    await rebuild(owner, empty_ledger.endpoints.database_url)
    assert left.schema not in await _schemas(owner)


async def test_two_rebuilds_at_once_are_refused(empty_ledger: Ledger) -> None:
    owner, other = await empty_ledger.connect(), await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=16, events=100))
    await journal.write(owner)
    url = empty_ledger.endpoints.database_url
    began = asyncio.Event()
    building = asyncio.create_task(rebuild(owner, url, force=True, progress=lambda done, of: began.set()))
    await began.wait()
    with pytest.raises(Unavailable, match="Another"):
        await rebuild(other, url, force=True)
    assert (await building).promoted


async def _schemas(connection: asyncpg.Connection) -> set[str]:
    rows = await connection.fetch("select nspname from pg_namespace where nspname ~ '^gen_'")
    return {row["nspname"] for row in rows}


@pytest.mark.long
async def test_a_build_that_no_session_gets_any_further_ends_with_the_reason(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=18, events=50))
    await journal.write(owner)
    before = await served(owner)
    await owner.execute("revoke select on ledger.concerns from daybook_projector")
    with pytest.raises(DaybookError, match="permission denied for table concerns"):
        await asyncio.wait_for(rebuild(owner, empty_ledger.endpoints.database_url, force=True), 60)
    assert await served(owner) == before
    assert await _schemas(owner) == {before.schema}


async def test_a_build_tells_how_far_it_is_within_a_lane(empty_ledger: Ledger) -> None:
    owner, watching = await empty_ledger.connect(), await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=19, events=300))
    await journal.write(owner)
    told: list[int] = []
    made = await generation.create(owner, NEWER)
    async with watching.transaction():
        await watching.execute(f'lock table "{made.schema}".flag in share mode')  # folded, but not written
        building = asyncio.create_task(
            rebuild(owner, empty_ledger.endpoints.database_url, views=NEWER, progress=lambda at, of: told.append(at))
        )

        async def further_than_committed() -> bool:
            committed: int = await watching.fetchval(f'select sum(sequence)::bigint / 16 from "{made.schema}".lane')
            return max(told, default=0) > committed

        await until(further_than_committed, "it tells of whole lanes alone")
    assert (await building).promoted
    assert max(told) <= journal.last
