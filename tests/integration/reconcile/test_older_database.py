"""A database restored from an older backup beside a stream that is further: the recorder takes on what is behind it."""

import asyncio

import pytest

from services.errors import StreamMismatch
from services.reconcile.plan import Action
from tests.integration.reconcile.damage import replace
from tests.integration.reconcile.putting_right import applied, assert_whole, everything, looked, recorded
from tests.integration.reconcile.test_killed import dies
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import journal, recorder
from tests.ledger import Ledger


async def refused(ledger: Ledger) -> str:
    async with recorder(ledger) as task, asyncio.timeout(30):
        with pytest.raises(StreamMismatch) as raised:
            await task
    return str(raised.value)


@pytest.mark.long
async def test_recorder_and_projector_go_on_from_an_older_database(empty_ledger: Ledger) -> None:
    await recorded(empty_ledger, 4)
    async with empty_ledger.process("recorder"), empty_ledger.process("projector"):
        backup = await empty_ledger.backup()
        await empty_ledger.append(*[call(f"D-{number}", id=f"later {number}") for number in range(20)])
        await empty_ledger.recorded()
        await empty_ledger.projected()
        before = [dict(row) for row in await journal(empty_ledger)]
        await empty_ledger.restore(backup)
        await empty_ledger.recorded()
        await empty_ledger.projected()
    assert await assert_whole(empty_ledger, before) == before


@pytest.mark.long
async def test_a_database_that_is_older_than_the_reconciliation_of_its_stream(empty_ledger: Ledger) -> None:
    await recorded(empty_ledger, 4)
    backup = await empty_ledger.backup()
    await empty_ledger.append(call(id="behind the backup"))
    await everything(empty_ledger)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"))
    await applied(empty_ledger)
    await empty_ledger.append(call(id="later"))
    before = await everything(empty_ledger)
    assert [row["id"] for row in before[4:]] == ["behind the backup", "other", "later"]
    await empty_ledger.restore(backup)
    assert "it is another stream" in await refused(empty_ledger)
    assert (await looked(empty_ledger)).look.action is Action.ADOPT
    await applied(empty_ledger)
    assert await assert_whole(empty_ledger, before) == before


@pytest.mark.long
async def test_a_database_from_the_middle_of_a_reconciliation(empty_ledger: Ledger) -> None:
    await recorded(empty_ledger, 4)
    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"))
    await dies(empty_ledger, "removing", 1, 0)
    backup = await empty_ledger.backup()
    await applied(empty_ledger)
    await empty_ledger.append(call(id="later"))
    before = await everything(empty_ledger)
    await empty_ledger.restore(backup)
    assert "a reconciliation was begun and not finished" in await refused(empty_ledger)
    await applied(empty_ledger)
    assert await assert_whole(empty_ledger, before) == before
