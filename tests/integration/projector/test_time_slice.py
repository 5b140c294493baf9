"""Time slices: however long a fold takes, its connections are kept, and the lanes beside it."""

import asyncio
from datetime import UTC, datetime

import pytest

from projections.replay.entry import lane_of
from projections.views import VIEWS
from services.projector import projector
from services.projector.rebuild import rebuild
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.slow import slow
from tests.integration.projector.turmoil import Event, event, turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger


@pytest.mark.long
async def test_a_build_outlasts_a_subject_that_takes_longer_than_silence_may(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "FORGET_S", 2)
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=71, events=150, deals=1, accounts=1))
    await journal.write(owner)
    done = await asyncio.wait_for(
        rebuild(owner, empty_ledger.endpoints.database_url, force=True, views=slow(VIEWS, 0.001)), 60
    )
    assert not differing(await stored(owner, done.after.schema, VIEWS), expected(journal, VIEWS))


@pytest.mark.long
async def test_a_lane_outlasts_many_subjects_that_are_read_anew(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "FORGET_S", 2)
    owner = await empty_ledger.connect()
    deals = [each for each in (f"deal/D-{number}" for number in range(1000)) if lane_of(each) == 3][:30]
    journal = Journal()
    journal.take(_reassigned(deal, day) for day in range(1, 5) for deal in deals)
    before = await journal.write(owner, limit=3 * len(deals))
    async with projecting(empty_ledger):
        await empty_ledger.projected(before)
    await journal.write(owner)
    async with projecting(empty_ledger, views=slow(VIEWS, 0.04)):
        await empty_ledger.projected(journal.last)
    assert not differing(await stored(owner, (await served(owner)).schema, VIEWS), expected(journal, VIEWS))


def _reassigned(deal: str, day: int) -> Event:
    return event("deal_reassigned", deal, datetime(2026, 1, day, tzinfo=UTC), f"{deal} {day}", owner=f"owner {day}")
