"""Combined batches: one transaction for what is new for many lanes gives the rows that each would make by itself."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import asyncpg
import pytest

from projections.replay.entry import LANES, lane_of
from projections.replay.view import View
from projections.views import VIEWS
from services.errors import ViewsAltered
from services.projector import combined_batch, session
from services.projector import lane as lane_module
from services.projector.cache import Cache
from services.projector.combined_batch import Step
from services.projector.lane import Lane
from services.projector.locks import Census, LaneLocks
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.slow import slow
from tests.integration.projector.test_stale import raising
from tests.integration.projector.turmoil import event, turmoil
from tests.integration.projector.working import lanes_are_held, projecting, served
from tests.ledger import Ledger
from tests.service import until

_AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
_DEALS = [f"deal/D-{number}" for number in range(60)]


@pytest.mark.long_cases
@pytest.mark.parametrize("cache_entries", [0, 20, 100_000])
async def test_any_cut_by_any_company_gives_the_same_rows(empty_ledger: Ledger, cache_entries: int) -> None:
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    draw = Random(51 + cache_entries)
    journal = Journal()
    journal.take(turmoil(seed=51, events=500, deals=40, accounts=10))
    cache = Cache(cache_entries)
    lanes = [await Lane.claim(owner, schema, VIEWS, number, cache) for number in range(LANES)]
    declined, recorded = 0, 0
    while recorded < journal.last:
        recorded = await journal.write(owner, limit=draw.randint(1, 40))
        company = draw.sample(lanes, draw.randint(1, LANES))
        step = await combined_batch.step(owner, schema, company, recorded, 1000)
        if step is None:
            declined += 1
            for lane in company:
                await _alone(owner, schema, lane, recorded, limit=draw.randint(1, 20))
        else:
            assert step.moved == {lane.position.lane for lane in company}
            assert len(company) == 1 or {lane.position.sequence for lane in company} == {recorded}
    assert declined > 0
    for lane in lanes:
        while lane.position.sequence < recorded:
            await _alone(owner, schema, lane, recorded, limit=1000)
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50, 58))
async def test_lanes_whose_time_is_up_anywhere_go_on_from_there(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Also behind an entry that is older than what made it concern the subject."""
    ticks = count(1.0)
    for module in (combined_batch, lane_module):
        monkeypatch.setattr(module, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(lane_module, "FIRST_PART", 1)
    monkeypatch.setattr(lane_module, "MAX_GROWTH", 0)
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    draw = Random(seed)
    journal = Journal()
    journal.take(turmoil(seed=seed, events=800, deals=3, accounts=5))
    recorded = await journal.write(owner)
    lanes = [await Lane.claim(owner, schema, VIEWS, number, Cache(1000)) for number in range(LANES)]
    while behind := [lane for lane in lanes if lane.position.sequence < recorded]:
        before = [lane.position.sequence for lane in behind]
        monkeypatch.setattr(combined_batch, "MAX_S", float(draw.randint(10, 200)))
        up_to = min(recorded, max(before) + draw.randint(1, 150))
        if await combined_batch.step(owner, schema, behind, up_to, draw.randint(1, 20)) is None:
            for lane in behind:
                await _alone(owner, schema, lane, recorded, limit=draw.randint(1, 20))
        assert all(lane.position.sequence >= at for lane, at in zip(behind, before, strict=True))
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


async def test_nothing_is_done_where_a_playbook_is_published(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    journal = Journal()
    journal.take(turmoil(seed=52, events=100))
    await journal.write(owner)
    lanes = [await Lane.claim(owner, schema, VIEWS, number, Cache(1000)) for number in range(LANES)]
    assert await _moved_by(owner, schema, lanes, journal.last) is None
    assert {lane.position.sequence for lane in lanes} == {0}
    assert not any((await stored(owner, schema, VIEWS)).values())


async def test_nothing_is_done_where_there_is_too_much(empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    recorded = await journal.record(owner, *_reassigned())
    monkeypatch.setattr(combined_batch, "MAX_ARRIVALS", len(_DEALS) - 1)
    before = await stored(owner, schema, VIEWS)
    assert await _moved_by(owner, schema, lanes, recorded) is None
    assert await stored(owner, schema, VIEWS) == before
    monkeypatch.setattr(combined_batch, "MAX_ARRIVALS", len(_DEALS))
    assert await _moved_by(owner, schema, lanes, recorded) == set(range(LANES))
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


async def test_what_takes_long_is_left_to_its_own_lane_and_the_subject_is_named(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(combined_batch, "MAX_S", 0.1)
    monkeypatch.setattr(lane_module, "FIRST_PART", 2)
    monkeypatch.setattr(lane_module, "LONG_S", 0.01)
    owner = await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner, slow(VIEWS, 0.01))
    recorded = await journal.record(owner, *_reassigned())
    assert await _moved_by(owner, schema, lanes, recorded) == set(range(LANES))
    behind = [lane for lane in lanes if lane.position.sequence < recorded]
    assert 0 < len(behind) < LANES
    for lane in behind:
        while lane.position.sequence < recorded:
            await _alone(owner, schema, lane, recorded, limit=1000)
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))
    named = await owner.fetch("select * from reporting.lane where longest_subject is not null")
    assert {lane_of(row["longest_subject"]) for row in named} == {row["lane"] for row in named}
    assert {lane.position.lane for lane in behind} <= {row["lane"] for row in named}
    assert all(row["longest_s"] >= 0.01 for row in named)


async def test_a_lane_that_another_has_claimed_stays_behind_and_the_others_go_on(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    taken = await Lane.claim(owner, schema, VIEWS, 3, Cache(1000))
    last = journal.last
    recorded = await journal.record(owner, *_reassigned())
    assert await _moved_by(owner, schema, lanes, recorded) == set(range(LANES)) - {3}
    positions = await owner.fetch(f'select lane, sequence from "{schema}".lane')
    assert dict(map(tuple, positions)) == {lane: last if lane == 3 else recorded for lane in range(LANES)}
    assert differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))
    assert await _moved_by(owner, schema, [taken], recorded) == {3}
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


async def test_when_one_cannot_be_written_nothing_is(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    await owner.execute(f"delete from \"{schema}\".stage_position where deal = 'D-1'")
    before = await stored(owner, schema, VIEWS)
    last = journal.last
    recorded = await journal.record(owner, *_reassigned())
    with pytest.raises(ViewsAltered, match=r"60 rows .* 59 do"):
        await combined_batch.step(owner, schema, lanes, recorded, 1000)
    assert await stored(owner, schema, VIEWS) == before
    assert {row[0] for row in await owner.fetch(f'select sequence from "{schema}".lane')} == {last}


async def test_a_lane_whose_row_is_locked_stays_behind_and_the_others_do_not_wait(empty_ledger: Ledger) -> None:
    owner, holder = await empty_ledger.connect(), await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    recorded = await journal.record(owner, *_reassigned())
    async with holder.transaction():
        await holder.execute(f'select from "{schema}".lane where lane = 3 for update')
        assert await _moved_by(owner, schema, lanes, recorded) == set(range(LANES)) - {3}


async def test_a_row_of_a_view_that_is_locked_is_not_waited_for_for_long(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(combined_batch, "WRITTEN_WITHIN_MS", 10)
    owner, holder = await empty_ledger.connect(), await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    recorded = await journal.record(owner, *_reassigned())
    async with holder.transaction():
        await holder.execute(f"select from \"{schema}\".stage_position where deal = 'D-1' for update")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await combined_batch.step(owner, schema, lanes, recorded, 1000)


async def test_stale_subjects_are_marked_and_heal(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    views = raising("reassigned deal/D-1", "reassigned deal/D-2")
    schema, journal, lanes = await _up_to_date(empty_ledger, owner, views)
    recorded = await journal.record(owner, *_reassigned())
    assert await _moved_by(owner, schema, lanes, recorded) == set(range(LANES))
    stale = "select subject from reporting.stale order by subject"
    assert [row["subject"] for row in await owner.fetch(stale)] == ["deal/D-1", "deal/D-2"]
    void = {"target": {"source": "crm", "id": "reassigned deal/D-1"}, "reason": "by mistake", "approver": "Li"}
    recorded = await journal.record(owner, event("event_voided", "deal/D-1", _AT, "void", **void))
    assert await _moved_by(owner, schema, lanes, recorded) == set(range(LANES))
    assert [row["subject"] for row in await owner.fetch(stale)] == ["deal/D-2"]
    assert not differing(await stored(owner, schema, views), expected(journal, views))


class _Steps:
    """Combined batches that projectors take; they can be held up."""

    def __init__(self) -> None:
        self.companies: list[set[int]] = []
        """The lanes that were moved together."""
        self.under_way = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self._step = combined_batch.step

    async def step(
        self, connection: asyncpg.Connection, schema: str, lanes: list[Lane], recorded: int, limit: int
    ) -> Step | None:
        if len(lanes) == 1:
            return await self._step(connection, schema, lanes, recorded, limit)
        self.under_way.set()
        await self.may_go_on.wait()
        step = await self._step(connection, schema, lanes, recorded, limit)
        self.companies.append(step.moved if step else set())
        return step

    async def all_together(self) -> bool:
        """Tell if all lanes went in one step since this was last asked."""
        found, self.companies = self.companies, []
        return set(range(LANES)) in found


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> _Steps:
    steps = _Steps()
    monkeypatch.setattr(combined_batch, "step", steps.step)
    return steps


@pytest.mark.long
async def test_lanes_that_had_to_go_alone_come_together_again(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, steps: _Steps
) -> None:
    monkeypatch.setattr(combined_batch, "WRITTEN_WITHIN_MS", 10)
    owner, holder = await empty_ledger.connect(), await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=53, events=400, deals=40))
    schema = (await served(owner)).schema

    async def together() -> bool:
        await empty_ledger.projected(await journal.write(owner, limit=1))
        return await steps.all_together()

    async with projecting(empty_ledger):
        await journal.write(owner, limit=200)
        await until(together, "they do not go abreast")
        async with holder.transaction():
            await holder.execute(f'select from "{schema}".stage_position for update')
            recorded = await journal.write(owner, limit=50)
            await until(lambda: _moved(owner, schema, recorded), "they do not go alone")
        await until(together, "they do not come together again")
        await empty_ledger.projected(await journal.write(owner))
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


@pytest.mark.long
async def test_a_lane_that_comes_later_waits_for_those_under_way_and_goes_with_them(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, steps: _Steps
) -> None:
    monkeypatch.setattr(session, "REST_S", 0.1)
    owner, holder = await empty_ledger.connect(), await empty_ledger.connect()
    journal = Journal()
    journal.take(each for each in turmoil(seed=55, events=200, deals=60) if "daybook.playbook_" not in each["type"])
    schema = (await served(owner)).schema
    looks = _count_looks(monkeypatch)

    async def at(sequence: int, lanes: int) -> bool:
        query = f'select count(*) from "{schema}".lane where sequence = $1'
        return bool(await owner.fetchval(query, sequence) == lanes)

    async def looked(since: int) -> bool:
        return len(looks) >= since + 2

    async with projecting(empty_ledger):
        await empty_ledger.projected(await journal.write(owner, limit=100))
        async with holder.transaction():
            await holder.execute(f'select from "{schema}".lane where lane = 3 for update')
            recorded = await journal.write(owner, limit=1)
            await until(lambda: at(recorded, LANES - 1), "they wait for the locked one")
            steps.may_go_on.clear()
            steps.under_way.clear()
            recorded = await journal.write(owner, limit=1)
            await steps.under_way.wait()
        await until(lambda: at(recorded, 1), "the one that was locked does not catch up")
        await journal.write(owner, limit=20)
        before = len(looks)
        await until(lambda: looked(before), "nobody looks")
        steps.companies.clear()
        steps.may_go_on.set()
        await empty_ledger.projected(await journal.write(owner))
    assert {3} not in steps.companies
    assert set(range(LANES)) in steps.companies
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


def _count_looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Gets a projector and how many there are, whenever one looks."""
    taken, looks = LaneLocks.census, list[tuple[int, int]]()

    async def census(locks: LaneLocks) -> Census:
        found = await taken(locks)
        looks.append((id(locks), found.projectors))
        return found

    monkeypatch.setattr(LaneLocks, "census", census)
    return looks


async def _moved_by(owner: asyncpg.Connection, schema: str, lanes: Sequence[Lane], recorded: int) -> set[int] | None:
    """Lanes that one step has moved; None where nothing was done."""
    step = await combined_batch.step(owner, schema, lanes, recorded, 1000)
    return None if step is None else step.moved


async def _alone(owner: asyncpg.Connection, schema: str, lane: Lane, recorded: int, limit: int) -> None:
    """A step of a lane alone; none where it is there already."""
    if lane.position.sequence < recorded:
        step = await combined_batch.step(owner, schema, [lane], recorded, limit)
        assert step is not None
        assert step.moved == {lane.position.lane}


async def _moved(owner: asyncpg.Connection, schema: str, sequence: int) -> bool:
    """Tell if some lane has come as far as a sequence."""
    return bool(await owner.fetchval(f'select max(sequence) >= $1 from "{schema}".lane', sequence))


@pytest.mark.long
async def test_another_projector_gets_its_share_of_lanes_that_go_abreast(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, steps: _Steps
) -> None:
    looks = _count_looks(monkeypatch)

    async def both_know() -> bool:
        return len({who for who, projectors in looks if projectors == 2}) == 2

    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=54, events=200, deals=40))
    async with projecting(empty_ledger):
        await empty_ledger.projected(await journal.write(owner, limit=150))
        steps.may_go_on.clear()
        steps.under_way.clear()
        await journal.write(owner, limit=20)
        await steps.under_way.wait()
        async with projecting(empty_ledger):
            await until(both_know, "they do not know of each other")
            assert await lanes_are_held(owner, 1)
            steps.may_go_on.set()
            await until(lambda: lanes_are_held(owner, 2), "it gets no lanes")
            await empty_ledger.projected(await journal.write(owner))
    found = await stored(owner, (await served(owner)).schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))


async def _up_to_date(
    ledger: Ledger, owner: asyncpg.Connection, views: Sequence[View[Any]] = VIEWS
) -> tuple[str, Journal, list[Lane]]:
    """Lanes that have taken what some deals began with; their schema and the journal."""
    schema = (await served(owner)).schema
    journal = Journal()
    await journal.record(owner, *_opened())
    cache = Cache(1000)
    lanes = [await Lane.claim(owner, schema, views, number, cache) for number in range(LANES)]
    assert await _moved_by(owner, schema, lanes, journal.last) == set(range(LANES))
    return schema, journal, lanes


def _opened() -> list[dict[str, Any]]:
    return [event("deal_opened", deal, _AT, f"opened {deal}", playbook="practice", owner="Li") for deal in _DEALS]


def _reassigned() -> list[dict[str, Any]]:
    at = _AT + timedelta(days=1)
    return [event("deal_reassigned", deal, at, f"reassigned {deal}", owner="Han") for deal in _DEALS]
