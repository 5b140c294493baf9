"""Checks that nobody who lost the recorder's lock, or comes too late, removes or writes anything."""

import pytest

from services.errors import LostLeadership, StreamMismatch, Unavailable
from services.postgres.leader_lock import Lease, leadership
from services.reconcile import records
from services.reconcile.plan import Action
from services.reconcile.steps import Work
from services.stream.append_at import PutBack, append_at
from services.stream.state import ask, find
from tests.integration.reconcile.damage import replace
from tests.integration.reconcile.putting_right import Heard, applied, assert_whole, looked, recorded
from tests.integration.recorder.events import call
from tests.ledger import Ledger

HOLDERS = """
select pg_terminate_backend(pid, 5000) from pg_locks join pg_stat_activity using (pid)
 where locktype = 'advisory' and granted and datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.mark.long
async def test_a_reconciliation_that_lost_its_lock_removes_no_stream_and_writes_nothing(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"))
    where, owner = empty_ledger.endpoints, await empty_ledger.connect()
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard(), lease) as it,
    ):
        await it.close()
        found = await it.look("comparing")
        await it.save(found, "Li", "a test")
        assert await owner.fetchval(HOLDERS)
        for step in (it.make_anew(found), it.write()):
            with pytest.raises(LostLeadership):
                await step
    now = await find(await empty_ledger.nats(), "DAYBOOK")
    assert now is not None
    assert (now.created_at, now.last_sequence) == (found.found and found.found.created_at, 1)
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


async def test_a_reconciliation_that_lost_its_lock_commits_nothing_and_leaves_the_stream_as_it_is(
    empty_ledger: Ledger,
) -> None:
    before = await recorded(empty_ledger, 3)
    where, owner = empty_ledger.endpoints, await empty_ledger.connect()
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard(), lease) as it,
    ):
        found = await it.look("comparing")
        assert found.found is not None
        assert await owner.fetchval(HOLDERS)
        for step in (it.close(), it.save(found, "Li", "late"), it.end(found.found.created_at), it.open()):
            with pytest.raises(LostLeadership):
                await step
    assert await records.past(owner) == []
    assert await find(await empty_ledger.nats(), "DAYBOOK") == found.found
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_whoever_takes_the_lock_ends_the_writing_of_a_reconciliation_that_was_frozen(
    empty_ledger: Ledger,
) -> None:
    before = await recorded(empty_ledger, 3)
    where, owner = empty_ledger.endpoints, await empty_ledger.connect()

    async def freezes(lease: Lease) -> None:
        async with Work.on(empty_ledger.settings, where, Heard(), lease) as it:
            assert await owner.fetchval(HOLDERS)
            async with leadership(where.database_url, "recorder"):
                await it.look("comparing")

    async with leadership(where.database_url, "recorder") as lease:
        with pytest.raises(Unavailable, match="PostgreSQL stopped answering"):
            await freezes(lease)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_a_stream_that_does_not_give_what_it_gave_is_not_removed(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    await replace(empty_ledger, deny_delete=False)
    await empty_ledger.append(*[call(id=f"other {number}") for number in range(5)])
    where, nc = empty_ledger.endpoints, await empty_ledger.nats()
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard(), lease) as it,
    ):
        await it.close()
        found = await it.look("comparing")
        assert found.comparison.beyond == [(4, 5)]
        await ask(nc, "STREAM.MSG.DELETE.DAYBOOK", {"seq": 4})
        with pytest.raises(StreamMismatch, match="gives 4 of the 5 messages"):
            await it.save(found, "Li", "a test")
    assert await records.past(await empty_ledger.connect()) == []
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[3:]] == [f"other {number}" for number in (4, 0, 1, 2)]


@pytest.mark.long
async def test_a_stream_that_changed_since_it_was_compared_is_not_removed(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 3)
    where = empty_ledger.endpoints
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard(), lease) as it,
    ):
        found = await it.look("comparing")
        await empty_ledger.append(call(id="new"))
        with pytest.raises(StreamMismatch, match="changed while it was compared"):
            await it.make_anew(found)
    rows = await assert_whole(empty_ledger, before)
    assert rows[-1]["id"] == "new"


@pytest.mark.long_cases
@pytest.mark.parametrize("count", [1, 2])
async def test_a_batch_whose_place_is_taken_is_refused_whole(empty_ledger: Ledger, count: int) -> None:
    before = await recorded(empty_ledger, 3)
    nc = await empty_ledger.nats()
    batch = [PutBack(3 + number, 1, "daybook.deal.D-1", b"late") for number in range(count)]
    where = empty_ledger.endpoints
    async with (
        leadership(where.database_url, "recorder") as lease,
        Work.on(empty_ledger.settings, where, Heard(), lease) as it,
    ):
        await it.close()
        with pytest.raises(StreamMismatch, match="does not end at 2"):
            await append_at(nc, "DAYBOOK", batch)
    assert await empty_ledger.last_sequence() == 3
    assert (await looked(empty_ledger)).look.action is Action.FINISH
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)
