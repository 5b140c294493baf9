"""Invoices of one number in different series are told apart in what has changed."""

from datetime import UTC, datetime

import pytest

from services.query.former_answers import changes, receivables_open
from services.query.moment import Between, Moment
from tests.integration.query.telling import event
from tests.ledger import Ledger

_AS_OF = datetime(2026, 3, 31, tzinfo=UTC)


@pytest.mark.long
async def test_each_of_two_series_changes_by_itself(empty_ledger: Ledger) -> None:
    owed = {"invoice": "1", "currency": "CNY", "due_on": "2026-04-30"}
    pays = {"payment": "P", "amount": "10", "currency": "CNY"}
    allocations = [{"invoice": "1", "series": "2025", "amount": "10"}]
    await empty_ledger.append(
        event("i1", "invoice_issued", "account/A-1", "2026-03-01", amount="100", series="2025", **owed),
        event("i2", "invoice_issued", "account/A-1", "2026-03-02", amount="250", series="2026", **owed),
        event("i3", "invoice_issued", "account/A-1", "2026-03-03", amount="7", **owed),
        event("p", "payment_received", "account/A-1", "2026-03-04", allocations=allocations, **pays),
    )
    async with empty_ledger.process("recorder"), empty_ledger.process("projector"):
        await empty_ledger.projected()
    connection = await empty_ledger.connect("daybook_query")
    found = (await changes(connection, Between(_AS_OF, 0, 4), "receivables"))["changes"]
    assert [
        (each["key"], each["after"] and each["after"]["open_amount"], [cause["sequence"] for cause in each["causes"]])
        for each in found
    ] == [
        ({"account": "A-1", "invoice": "1"}, "7.00", [3]),
        ({"account": "A-1", "invoice": "1", "series": "2025"}, "90.00", [1, 4]),
        ({"account": "A-1", "invoice": "1", "series": "2026"}, "250.00", [2]),
    ]
    (paid,) = (await changes(connection, Between(_AS_OF, 3, 4), "receivables"))["changes"]
    assert (paid["key"]["series"], paid["before"] and paid["before"]["open_amount"]) == ("2025", "100.00")
    assert [cause["sequence"] for cause in paid["causes"]] == [4]


@pytest.mark.long
async def test_invoices_of_one_number_are_told_apart_by_their_series(empty_ledger: Ledger) -> None:
    owed = {"invoice": "1", "currency": "CNY", "due_on": "2026-04-30"}
    await empty_ledger.append(
        event("i1", "invoice_issued", "account/A-1", "2026-03-01", amount="100", series="2025", **owed),
        event("i2", "invoice_issued", "account/A-1", "2026-03-02", amount="250", series="2026", **owed),
        event("i3", "invoice_issued", "account/A-1", "2026-03-03", amount="7", **owed),
        event(
            "p1", "payment_received", "account/A-1", "2026-03-04", payment="1", amount="5", currency="CNY", series="x"
        ),
    )
    async with empty_ledger.process("recorder"), empty_ledger.process("projector"):
        known_at = await empty_ledger.projected()
    connection = await empty_ledger.connect("daybook_query")
    answer = await receivables_open(connection, Moment(_AS_OF, known_at))
    assert [(each["series"], each["open_amount"]) for each in answer["items"]] == [
        ("2025", "100.00"), ("2026", "250.00"), (None, "7.00"),
    ]  # fmt: skip
    for query, wanted in (
        ("select series from reporting.receivables_open(now()) order by entry", ["2025", "2026", None]),
        ("select series from reporting.receivables_open order by entry", ["2025", "2026", None]),
        ("select series from reporting.receivables_unapplied(now())", ["x"]),
        ("select series from reporting.receivables_movement(now()) order by entry", ["2025", "2026", None, "x"]),
    ):
        assert [row["series"] for row in await connection.fetch(query)] == wanted
