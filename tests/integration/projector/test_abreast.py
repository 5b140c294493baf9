"""Lanes abreast: one transaction for what is new for many of them gives the rows that each would make by itself."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from projections.entry import LANES
from projections.views import VIEWS
from services.errors import ViewsAltered
from services.projector import abreast
from services.projector.cache import Cache
from services.projector.lane import Lane
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import event, turmoil
from tests.integration.projector.working import served
from tests.ledger import Ledger

_AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
_DEALS = [f"deal/D-{number}" for number in range(60)]


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
        moved = await abreast.step(owner, schema, company, recorded)
        if moved is None:
            declined += 1
            for lane in company:
                await lane.step(owner, recorded, limit=draw.randint(1, 20))
        else:
            assert moved == {lane.position.lane for lane in company}
            assert {lane.position.sequence for lane in company} == {recorded}
    assert declined > 0
    for lane in lanes:
        while lane.position.sequence < recorded:
            await lane.step(owner, recorded, limit=1000)
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


async def test_nothing_is_done_where_a_playbook_is_published(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    schema = (await served(owner)).schema
    journal = Journal()
    journal.take(turmoil(seed=52, events=100))
    await journal.write(owner)
    lanes = [await Lane.claim(owner, schema, VIEWS, number, Cache(1000)) for number in range(LANES)]
    assert await abreast.step(owner, schema, lanes, journal.last) is None
    assert {lane.position.sequence for lane in lanes} == {0}
    assert not any((await stored(owner, schema, VIEWS)).values())


async def test_a_lane_that_another_has_claimed_stays_behind_and_the_others_go_on(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    taken = await Lane.claim(owner, schema, VIEWS, 3, Cache(1000))
    last = journal.last
    recorded = await journal.record(owner, *_reassigned())
    assert await abreast.step(owner, schema, lanes, recorded) == set(range(LANES)) - {3}
    positions = await owner.fetch(f'select lane, sequence from "{schema}".lane')
    assert dict(map(tuple, positions)) == {lane: last if lane == 3 else recorded for lane in range(LANES)}
    assert differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))
    assert await abreast.step(owner, schema, [taken], recorded) == {3}
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


async def test_when_one_cannot_be_written_nothing_is(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    schema, journal, lanes = await _up_to_date(empty_ledger, owner)
    await owner.execute(f"delete from \"{schema}\".stage_position where deal = 'D-1'")
    before = await stored(owner, schema, VIEWS)
    last = journal.last
    recorded = await journal.record(owner, *_reassigned())
    with pytest.raises(ViewsAltered, match=r"60 rows .* 59 do"):
        await abreast.step(owner, schema, lanes, recorded)
    assert await stored(owner, schema, VIEWS) == before
    assert {row[0] for row in await owner.fetch(f'select sequence from "{schema}".lane')} == {last}


async def _up_to_date(ledger: Ledger, owner: asyncpg.Connection) -> tuple[str, Journal, list[Lane]]:
    """Lanes that have taken what some deals began with; their schema and the journal."""
    schema = (await served(owner)).schema
    journal = Journal()
    await journal.record(owner, *_opened())
    cache = Cache(1000)
    lanes = [await Lane.claim(owner, schema, VIEWS, number, cache) for number in range(LANES)]
    assert await abreast.step(owner, schema, lanes, journal.last) == set(range(LANES))
    return schema, journal, lanes


def _opened() -> list[dict[str, Any]]:
    return [event("deal_opened", deal, _AT, f"opened {deal}", playbook="practice", owner="Li") for deal in _DEALS]


def _reassigned() -> list[dict[str, Any]]:
    at = _AT + timedelta(days=1)
    return [event("deal_reassigned", deal, at, f"reassigned {deal}", owner="Han") for deal in _DEALS]
