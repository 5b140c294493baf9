"""Bulk load of a lane: it has the rows, and the stale marks, of one that takes batch after batch."""

import asyncpg
import pytest

from projections.views import VIEWS
from tests.integration.projector.expected import differing, expected, stored
from tests.integration.projector.journal import Journal
from tests.integration.projector.test_stale import raising
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import until


@pytest.mark.long_cases
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_filled_lane_goes_on_as_any_other(empty_ledger: Ledger, seed: int) -> None:
    owner = await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=seed, events=400))
    half = await journal.write(owner, limit=250)
    async with projecting(empty_ledger, bulk_loads=True) as projector:
        await empty_ledger.projected(half)
        while await journal.write(owner, limit=50) < journal.last:
            projector.wake()
        await empty_ledger.projected(journal.last)
    found = await stored(owner, (await served(owner)).schema, VIEWS)
    assert not differing(found, expected(journal, VIEWS))


@pytest.mark.long
async def test_it_marks_the_same_subjects_stale_since_the_same_entry(servers: Servers) -> None:
    async with fresh_ledger(servers, []) as one, fresh_ledger(servers, []) as other:
        filled = await _stale(one, bulk_loads=True)
        assert filled
        assert filled == await _stale(other, bulk_loads=False)


async def test_one_that_is_cut_off_is_as_empty_as_before(empty_ledger: Ledger) -> None:
    owner, other = await empty_ledger.connect(), await empty_ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=7, events=400))
    await journal.write(owner)
    schema = (await served(owner)).schema
    async with owner.transaction():
        await owner.execute(f'lock table "{schema}".stage_position in share mode')  # whoever writes to it has to wait
        async with projecting(empty_ledger, bulk_loads=True):
            await until(lambda: other.fetchval(_WAITING), "no lane waits for the table")
    reached = await owner.fetch(f'select lane, sequence from "{schema}".lane where sequence = $1', journal.last)
    lanes = {row["lane"] for row in reached}
    assert len(lanes) < 16
    for row in await owner.fetch(f'select deal from "{schema}".stage_position'):
        lane = await owner.fetchval("select lane from ledger.concerns where subject = $1", f"deal/{row['deal']}")
        assert lane in lanes
    async with projecting(empty_ledger, bulk_loads=True):
        await empty_ledger.projected(journal.last)
    assert not differing(await stored(owner, schema, VIEWS), expected(journal, VIEWS))


_WAITING = """
select exists (select from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and query like '%stage_position%')
"""


async def _stale(ledger: Ledger, bulk_loads: bool) -> list[asyncpg.Record]:
    journal = Journal()
    journal.take(turmoil(seed=41, events=300))
    milestones = [
        each.cloud_event.id for each in journal.entries if each.cloud_event.type == "daybook.milestone_achieved.v1"
    ]
    await journal.write(await ledger.connect())
    async with projecting(ledger, views=raising(*milestones[20:23]), bulk_loads=bulk_loads, batch=1):
        await ledger.projected(journal.last)
    found: list[asyncpg.Record] = await (await ledger.connect()).fetch(
        "select * from reporting.stale order by subject, view"
    )
    return found
