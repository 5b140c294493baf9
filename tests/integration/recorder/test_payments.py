"""Documents of a payment concern every account that its cash went to, in whatever order and batches they come."""

from random import Random
from typing import Any

import pytest

from projections.replay.entry import JournalEntry
from services.ledger.journal import recorded_of
from tests.integration.recorder.events import event, void
from tests.integration.recorder.recording import assert_recorded, journal, recorder
from tests.ledger import Ledger
from tests.unit.projections.test_payment_chain import tied

MONEY = {"payment": "P", "amount": "10.00", "currency": "EUR"}


def receipt(account: str, id: str, **data: Any) -> dict[str, Any]:
    return event("payment_received", f"account/{account}", id, **(MONEY | data))


def transfer(out_of: str, into: str, id: str, **data: Any) -> dict[str, Any]:
    return event("payment_transferred", f"account/{out_of}", id, **(MONEY | {"to_account_id": into} | data))


def corrected(target: dict[str, Any], id: str, **data: Any) -> dict[str, Any]:
    return event(
        "event_corrected",
        target["subject"],
        id,
        target={"source": "crm", "id": target["id"]},
        target_type=target["type"],
        replacement={"time": target["time"], "data": target["data"] | data},
        reason="typed wrong",
        approver="Li",
    )


FACTS = [
    receipt("A-1", "receipt"),
    receipt("A-7", "apart"),
    transfer("A-1", "A-2", "one"),
    transfer("A-2", "A-3", "two"),
    transfer("A-5", "A-6", "elsewhere", payment="Q"),
    event("payment_reversed", "account/A-1", "back", **MONEY),
    void("receipt", "account/A-1", "gone"),
    corrected(transfer("A-5", "A-6", "elsewhere", payment="Q"), "moved", payment="\uff30"),
    void("elsewhere", "account/A-5", "never"),
    receipt("A-5", "fifth"),
    void("two", "account/A-9", "by another"),
]


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_and_any_batches(empty_ledger: Ledger, seed: int) -> None:
    draw = Random(seed)
    told = draw.sample(FACTS, len(FACTS)) if seed else FACTS
    while told:
        some, told = told[: (cut := draw.randint(1, 4))], told[cut:]
        await empty_ledger.append(*some)
        async with recorder(empty_ledger):
            await empty_ledger.recorded()
    await assert_recorded(empty_ledger)
    await assert_tied(empty_ledger)


async def test_all_in_one_batch(empty_ledger: Ledger) -> None:
    await empty_ledger.append(*FACTS)
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    await assert_recorded(empty_ledger)
    await assert_tied(empty_ledger)


async def assert_tied(ledger: Ledger) -> None:
    """Each tie is noted with the entry that made it, as if all had been worked out at once."""
    entries: list[JournalEntry] = [recorded_of(row) for row in await journal(ledger)]
    named = {
        (s, each.sequence) for each in entries for s in (each.cloud_event.subject, *each.cloud_event.event.concerns())
    }
    wanted = {(f"account/{each.account}", each.sequence, each.since) for each in tied(entries)}
    connection = await ledger.connect("daybook_query")
    rows = await connection.fetch("select subject, sequence, coalesce(since, sequence) as since from ledger.concerns")
    found = {tuple(row) for row in rows}
    assert {each for each in wanted if each[:2] not in named} <= found
    assert all(since == sequence for subject, sequence, since in found if (subject, sequence) in named)
