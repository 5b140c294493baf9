"""A recorder that lags by more than the stream remembers: nobody claims that an event is new."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.intake.service import running
from tests.integration.intake.conftest import on_a_free_port
from tests.integration.intake.sending import Sender, call, calls
from tests.integration.intake.test_duplicates import forget_identities
from tests.ledger import Ledger
from tests.service import until

REMEMBERED_S = 0.25


@pytest.fixture
async def crm(empty_ledger: Ledger, client: httpx.AsyncClient) -> AsyncIterator[Sender]:
    """At an intake that trusts the stream's memory for a moment only, as short as that memory is made here."""
    async with running(on_a_free_port(empty_ledger.settings), REMEMBERED_S) as intake:
        yield Sender(client, intake.port, await empty_ledger.source("crm"))


async def test_what_neither_stream_nor_journal_can_know_is_taken_without_a_claim(
    empty_ledger: Ledger, crm: Sender
) -> None:
    async with empty_ledger.process("recorder"):
        await crm.send(call("before"))
        await empty_ledger.recorded()
    await crm.send(call("c-1"))
    await forget_identities(empty_ledger)

    again, batch = await crm.send(call("c-1")), await crm.send_batch(calls(2, "new"))

    assert (again.status_code, again.json()) == (201, {"id": "c-1", "sequence": 3, "duplicate": None})
    assert (batch.status_code, [each["duplicate"] for each in batch.json()]) == (201, [None, None])


async def test_what_the_journal_holds_is_a_duplicate_however_far_it_is_behind(
    empty_ledger: Ledger, crm: Sender
) -> None:
    async with empty_ledger.process("recorder"):
        await crm.send(call("before"))
        await empty_ledger.recorded()
    await crm.send(call("c-1"))
    await forget_identities(empty_ledger)

    same, other = await crm.send(call("before")), await crm.send(call("before", data={}))

    assert (same.status_code, same.json()) == (200, {"id": "before", "sequence": 1, "duplicate": True})
    assert other.status_code == 409


@pytest.mark.long
async def test_once_the_recorder_has_caught_up_intake_is_sure_again(empty_ledger: Ledger, crm: Sender) -> None:
    await crm.send(call("c-1"))
    await forget_identities(empty_ledger)
    assert (await crm.send(call("c-2"))).json()["duplicate"] is None
    number = 2

    async def is_sure() -> bool:
        nonlocal number
        number += 1
        return (await crm.send(call(f"c-{number}"))).json()["duplicate"] is False

    async with empty_ledger.process("recorder"):
        await until(is_sure, "intake is never sure")

        assert (await crm.send(call("c-1"))).json() == {"id": "c-1", "sequence": 1, "duplicate": True}
