"""Rules for promises to pay and for reminders."""

from datetime import date

from projections.views.receivables import PromiseRow, ReminderRow
from tests.given import day

from .story import (
    Account,
    credit_note,
    given,
    invoice,
    named,
    payment,
    promise,
    reminder,
    reversal,
    void,
    write_off,
)


def states(account: Account) -> list[tuple[str, float]]:
    """State of each promise, and since which day."""
    rows = sorted(account.rows_of(PromiseRow), key=lambda each: each.from_at)
    return [(each.state, (each.from_at - day(0)).days) for each in rows]


def test_a_promise_is_open_until_cash_applied_since_comes_to_it() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        promise("INV-1", "50", at=2, by=date(2026, 1, 20)),
        payment("P-1", "30.00", at=3, pays={"INV-1": "30.00"}),
        payment("P-2", "20.00", at=4, pays={"INV-1": "20.00"}),
    ).then(owes={"INV-1": "50"})
    assert states(seen) == [("open", 2), ("kept", 4)]
    (row,) = seen.standing(PromiseRow)
    assert (row.invoice, str(row.amount), row.promised_on, row.promised_at, row.entry) == (
        "INV-1",
        "50.00",
        date(2026, 1, 20),
        day(2),
        3,
    )


def test_cash_from_before_a_promise_does_not_keep_it() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        payment("P-1", "60.00", at=1, pays={"INV-1": "60.00"}),
        promise("INV-1", "40.00", at=2),
    )
    assert states(seen) == [("open", 2)]


def test_credit_and_write_offs_keep_no_promise() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        promise("INV-1", "10.00", at=1),
        credit_note("CN-1", "50.00", at=2, pays={"INV-1": "50.00"}),
        write_off("INV-1", "50.00", at=3),
    ).then()
    assert states(seen) == [("open", 1)]


def test_cash_for_another_invoice_does_not_keep_a_promise() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        invoice("INV-2", "100.00", at=0),
        promise("INV-1", "10.00", at=1),
        payment("P-1", "100.00", at=2, pays={"INV-2": "100.00"}),
    )
    assert states(seen) == [("open", 1)]


def test_a_promise_whose_cash_goes_back_is_open_again() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        promise("INV-1", "50.00", at=1),
        payment("P-1", "50.00", at=2, pays={"INV-1": "50.00"}),
        reversal("P-1", "50.00", at=3),
    )
    assert states(seen) == [("open", 1), ("kept", 2), ("open", 3)]


def test_two_promises_of_one_invoice_are_kept_each_by_what_came_since() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        promise("INV-1", "50.00", at=1),
        payment("P-1", "30.00", at=2, pays={"INV-1": "30.00"}),
        promise("INV-1", "20.00", at=3),
        payment("P-2", "20.00", at=4, pays={"INV-1": "20.00"}),
    )
    assert {(each.entry, each.state) for each in seen.standing(PromiseRow)} == {(3, "kept"), (5, "kept")}


def test_a_promise_before_its_invoice_waits_for_it() -> None:
    seen = given(promise("INV-1", "50.00", at=1)).then(flags=["promise_unknown_invoice"])
    assert states(seen) == []
    assert states(seen.when(invoice("INV-1", "100.00", at=4)).then(owes={"INV-1": "100"})) == [("open", 4)]


def test_a_promise_in_another_currency_is_flagged_and_not_shown() -> None:
    seen = given(invoice("INV-1", "100.00"), promise("INV-1", "50.00", currency="USD"))
    assert states(seen.then(owes={"INV-1": "100"}, flags=["wrong_currency"])) == []


def test_a_voided_promise_was_never_made() -> None:
    mistaken = named("mistaken", promise("INV-1", "50.00"))
    assert states(given(invoice("INV-1", "100.00"), mistaken).when(void(mistaken)).then(owes={"INV-1": "100"})) == []


def test_a_reminder_is_a_row_for_each_invoice_that_it_names() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0, deal="D-1"),
        invoice("INV-2", "100.00", at=0),
        reminder("INV-1", "INV-2", at=3, level=2, channel="letter", contact_id="c1", finance_notified=True, plan="p1"),
    ).then(owes={"INV-1": "100", "INV-2": "100"})
    rows = sorted(seen.rows_of(ReminderRow), key=lambda each: str(each.invoice))
    assert [(row.invoice, row.at, row.level, row.channel, row.deal) for row in rows] == [
        ("INV-1", day(3), 2, "letter", "D-1"),
        ("INV-2", day(3), 2, "letter", None),
    ]
    assert {(row.contact, row.finance_notified, row.plan, row.entry) for row in rows} == {("c1", True, "p1", 4)}


def test_a_reminder_that_names_an_invoice_twice_is_one_row() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), reminder("INV-1", "INV-1 ", at=3, deal_id="D-9"))
    assert [(row.invoice, row.deal) for row in seen.rows_of(ReminderRow)] == [("INV-1", "D-9")]


def test_a_reminder_of_an_unknown_invoice_is_flagged_until_the_invoice_is_there() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), reminder("INV-1", "INV-2", at=3)).then(
        owes={"INV-1": "100"}, flags=["reminder_unknown_invoice"]
    )
    assert [row.invoice for row in seen.rows_of(ReminderRow)] == ["INV-1"]
    seen.when(invoice("INV-2", "10.00", at=5)).then(owes={"INV-1": "100", "INV-2": "10"})
    assert {(row.invoice, row.at) for row in seen.rows_of(ReminderRow)} == {("INV-1", day(3)), ("INV-2", day(5))}
