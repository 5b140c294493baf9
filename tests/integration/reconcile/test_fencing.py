"""Who has lost the recorder's lock, or comes too late, removes nothing and writes nothing."""

import pytest

from services.errors import LostLeadership, StreamMismatch
from services.leadership import leadership
from services.reconcile.plan import Action
from services.reconcile.work import Work
from services.stream.put_back import PutBack, put_back
from services.stream.state import find
from tests.integration.reconcile.damage import replace
from tests.integration.reconcile.putting_right import Heard, applied, assert_whole, looked, recorded
from tests.integration.recorder.events import call
from tests.ledger import Ledger

HOLDERS = """
select pg_terminate_backend(pid, 5000) from pg_locks join pg_stat_activity using (pid)
 where locktype = 'advisory' and granted and datname = current_database() and pid <> pg_backend_pid()
"""


async def test_a_reconciliation_that_lost_its_lock_removes_no_stream(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"))
    where, owner = empty_ledger.endpoints, await empty_ledger.connect()
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard()) as it,
    ):
        await it.close()
        found = await it.look("comparing")
        await it.save(found, "Li", "a test")
        assert await owner.fetchval(HOLDERS)
        with pytest.raises(LostLeadership):
            await it.make_anew(found, lease)
    now = await find(await empty_ledger.nats(), "DAYBOOK")
    assert now is not None
    assert (now.created_at, now.last_sequence) == (found.found and found.found.created_at, 1)
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


async def test_a_stream_that_changed_since_it_was_compared_is_not_removed(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    where = empty_ledger.endpoints
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard()) as it,
    ):
        found = await it.look("comparing")
        await empty_ledger.append(call(id="new"))
        with pytest.raises(StreamMismatch, match="changed while it was compared"):
            await it.make_anew(found, lease)
    rows = await assert_whole(empty_ledger, before)
    assert rows[-1]["id"] == "new"


@pytest.mark.parametrize("count", [1, 2])
async def test_a_batch_whose_place_is_taken_is_refused_whole(empty_ledger: Ledger, count: int) -> None:
    before = await recorded(empty_ledger, 3)
    nc = await empty_ledger.nats()
    batch = [PutBack(3 + number, 1, "daybook.deal.D-1", b"late") for number in range(count)]
    async with Work.on(empty_ledger.settings, empty_ledger.endpoints, Heard()) as it:
        await it.close()
        with pytest.raises(StreamMismatch, match="does not end at 2"):
            await put_back(nc, "DAYBOOK", batch)
    assert await empty_ledger.last_sequence() == 3
    assert (await looked(empty_ledger)).look.action is Action.FINISH
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)
