"""The recorder notes the number of each document; a ledger of an earlier version gets those that it holds."""

from random import Random
from typing import Any

from services.ledger import document_numbers
from services.ledger.schema import migrate
from tests.integration.recorder.events import call, event, void
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger

CURRENCY = {"amount": "10.00", "currency": "EUR"}


def invoice(id: str, number: str, account: str = "A-1", **data: Any) -> dict[str, Any]:
    data = {"invoice": number, "due_on": "2026-04-30", **CURRENCY, **data}
    return event("invoice_issued", f"account/{account}", id, **data)


def correction(id: str, target: str, name: str, **data: Any) -> dict[str, Any]:
    return event(
        "event_corrected",
        "account/A-1",
        id,
        target={"source": "crm", "id": target},
        target_type=f"daybook.{name}.v1",
        replacement={"time": "2026-03-31T09:30:00+08:00", "data": data},
        reason="typed wrong",
        approver="Li",
    )


EVENTS = (
    call(),
    invoice("i-1", "1"),
    invoice("i-2", "\uff11\u200b", series=" 2026"),
    event("payment_received", "account/A-2", "p-1", payment="1", **CURRENCY),
    event("credit_note_issued", "account/A-1", "n-1", credit_note="1", **CURRENCY),
    event("payment_allocated", "account/A-1", "x-1", payment="1", currency="EUR", allocations=[
        {"invoice": "1", "amount": "1.00"}]),
    void("i-1", "account/A-1"),
    correction("k-1", "i-1", "invoice_issued", invoice="2", due_on="2026-04-30", **CURRENCY),
    correction("k-2", "x-1", "receivable_disputed", invoice="1"),
)  # fmt: skip

NOTED = [
    ("A-1", "invoice", "1", 2),
    ("A-1", "invoice", "1\n2026", 3),
    ("A-2", "payment", "1", 4),
    ("A-1", "credit_note", "1", 5),
    ("A-1", "invoice", "2", 8),
]


async def noted(ledger: Ledger) -> list[tuple[Any, ...]]:
    connection = await ledger.connect("daybook_intake")
    rows = await connection.fetch("select account, kind, reference, sequence from ledger.document_number order by 4")
    return [tuple(row) for row in rows]


async def test_documents_and_their_corrections_are_noted_and_what_does_not_count_is_not(empty_ledger: Ledger) -> None:
    await empty_ledger.append(*EVENTS)
    await empty_ledger.publish(b"not an event", "daybook.account.A-1")
    nc = await empty_ledger.nats()
    again = await nc.jetstream().get_msg(empty_ledger.settings.stream, 2)
    await empty_ledger.publish(again.data or b"", "daybook.account.A-1")

    async with recorder(empty_ledger):
        await empty_ledger.recorded()

    assert await noted(empty_ledger) == NOTED


async def test_a_ledger_of_an_earlier_version_gets_the_numbers_that_it_holds(
    empty_ledger: Ledger, monkeypatch: Any
) -> None:
    await empty_ledger.append(*EVENTS)
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    owner = await empty_ledger.connect()
    await owner.execute("drop table ledger.document_number; delete from ledger.migration where number = 7")

    monkeypatch.setattr(document_numbers, "_BATCH_SIZE", 3)
    await migrate(owner)

    assert await noted(empty_ledger) == NOTED


async def test_the_longest_numbers_are_recorded_and_stop_nobody(empty_ledger: Ledger) -> None:
    """As the index would have them, one key of them would take more than a page of it holds."""
    letters = Random(1).sample(range(0x20000, 0x2A6D0), 235)  # no run of bytes comes again
    number = "".join(map(chr, letters[:200]))
    series = "".join(map(chr, letters[200:])) + "\ufdfa" * 165
    account = "A" * 64
    await empty_ledger.append(
        invoice("i-1", number, account, series=series),
        event("payment_received", f"account/{account}", "p-1", payment=number, series=series, **CURRENCY),
        event("payment_transferred", f"account/{account}", "t-1", payment=number, series=series,
              to_account_id="A-1", **CURRENCY),
        event("credit_note_issued", f"account/{account}", "n-1", credit_note=number, series=series, **CURRENCY),
        call(id="behind"),
    )  # fmt: skip
    async with empty_ledger.process("recorder"), empty_ledger.process("projector"):
        await empty_ledger.projected()
    connection = await empty_ledger.connect("daybook_query")
    rows = await connection.fetch("select account, amount from reporting.receivables_unapplied where kind = 'cash'")
    assert [(row["account"], str(row["amount"])) for row in rows] == [("A-1", "10.00")]
    assert len(await noted(empty_ledger)) == 3
