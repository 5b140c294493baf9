"""Rules for the list of all invoices and of what lowered each."""

from typing import Any

from projections.views.receivables import ApplicationRow
from tests.given import day

from .story import (
    Account,
    allocation,
    correction,
    credit_note,
    given,
    invoice,
    named,
    payment,
    reversal,
    transfer,
    void,
    write_off,
)


def applied(account: Account) -> list[tuple[Any, ...]]:
    """Invoice, kind, document, amount and time of what was applied, in order of time."""
    rows = sorted(account.applications(), key=lambda each: (each.at, each.entry, each.place))
    return [(each.invoice, each.kind, each.document, str(each.amount), each.at) for each in rows]


def test_a_settled_invoice_stays_in_the_list_with_what_it_names() -> None:
    seen = given(
        invoice("INV-1", "100", at=0, deal="D-1", contract="C-1", term="first", series="2026"),
        payment("P-1", "100.00", at=1),
    )
    (row,) = seen.invoices()
    assert (row.invoice, row.series, row.issued_at, str(row.amount)) == ("INV-1", "2026", day(0), "100.00")
    assert (row.deal, row.contract, row.term, row.entry) == ("D-1", "C-1", "first", 2)


def test_an_invoice_is_in_the_list_from_its_own_time_on() -> None:
    seen = given(invoice("INV-1", "100.00", at=3))
    assert [seen.invoices(day(2)), len(seen.invoices(day(3)))] == [[], 1]


def test_a_second_invoice_of_one_number_is_not_in_the_list() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), invoice("INV-1", "40.00", at=1)).then(
        owes={"INV-1": "100"}, flags=["invoice_twice"]
    )
    assert [str(each.amount) for each in seen.invoices()] == ["100.00"]


def test_a_voided_invoice_is_in_no_list() -> None:
    wrong = named("wrong", invoice("INV-1", "100.00"))
    assert given(wrong).when(void(wrong)).then().invoices() == []


def test_contract_and_term_of_an_invoice_are_compared_as_people_see_them() -> None:
    (row,) = given(invoice("INV-1", "100.00", contract="C\u20111 ", term="\ufeffrest")).invoices()
    assert (row.contract, row.term) == ("C-1", "rest")


def test_each_allocation_is_an_application_of_its_document() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        payment("P-1", "40.00", at=1, pays={"INV-1": "40.00"}),
        credit_note("CN-1", "10.00", at=2, pays={"INV-1": "10.00"}),
        write_off("INV-1", "50.00", at=3),
    ).then()
    assert applied(seen) == [
        ("INV-1", "cash", "P-1", "40.00", day(1)),
        ("INV-1", "credit", "CN-1", "10.00", day(2)),
        ("INV-1", "write_off", "", "50.00", day(3)),
    ]


def test_an_allocation_that_waits_is_applied_once_both_are_there() -> None:
    seen = given(
        allocation("P-1", {"INV-1": "60.00"}, at=0), payment("P-1", "60.00", at=1), invoice("INV-1", "60", at=4)
    )
    assert applied(seen.then()) == [("INV-1", "cash", "P-1", "60.00", day(4))]
    assert [each.entry for each in seen.applications()] == [2]


def test_of_an_allocation_for_too_much_only_what_could_be_applied_is() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), payment("P-1", "130.00", at=1, pays={"INV-1": "130.00"}))
    assert applied(seen) == [("INV-1", "cash", "P-1", "100.00", day(1))]


def test_a_reversal_takes_applications_back_at_its_time_the_latest_first() -> None:
    seen = given(
        invoice("INV-1", "40.00", at=0),
        invoice("INV-2", "40.00", at=0),
        payment("P-1", "80.00", at=1, pays={"INV-1": "40.00", "INV-2": "40.00"}),
        reversal("P-1", "50.00", at=3),
    ).then(owes={"INV-1": "10", "INV-2": "40"})
    assert applied(seen)[2:] == [("INV-2", "cash", "P-1", "-40.00", day(3)), ("INV-1", "cash", "P-1", "-10.00", day(3))]
    assert [(each.entry, each.place) for each in seen.applications() if each.amount < 0] == [(5, 0), (5, 1)]


def test_a_transfer_of_allocated_cash_takes_its_application_back() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=0),
        payment("P-1", "100.00", at=1, pays={"INV-1": "100.00"}),
        transfer("P-1", "60.00", at=2, out_of="A", into="B"),
    ).then(owes={"INV-1": "60"})
    assert applied(seen) == [
        ("INV-1", "cash", "P-1", "100.00", day(1)),
        ("INV-1", "cash", "P-1", "-60.00", day(2)),
    ]
    assert seen.seen_by("B").applications() == []


def test_a_correction_of_a_payment_leaves_no_trace_in_the_applications() -> None:
    wrong = named("wrong", payment("P-1", "100.00", at=1, pays={"INV-1": "100.00"}))
    right = payment("P-1", "70.00", at=2, pays={"INV-1": "70.00"})
    seen = given(invoice("INV-1", "100.00", at=0), wrong).when(correction(wrong, right)).then(owes={"INV-1": "30"})
    assert applied(seen) == [("INV-1", "cash", "P-1", "70.00", day(2))]


def test_an_application_has_the_deal_of_its_allocation_or_else_of_its_invoice() -> None:
    pays = payment("P-1", "20.00", at=1, pays={"INV-1": "10.00", "INV-2": "10.00"})
    pays.data["allocations"][0]["deal_id"] = "D-9"
    seen = given(invoice("INV-1", "50.00", deal="D-1"), invoice("INV-2", "50.00", deal="D-2"), pays)
    deals = {row.invoice: row.deal for row in seen.rows_of(ApplicationRow)}
    assert deals == {"INV-1": "D-9", "INV-2": "D-2"}
    taken = seen.when(reversal("P-1", "20.00", at=3)).applications()
    assert {(row.invoice, row.deal) for row in taken if row.amount < 0} == {("INV-1", "D-9"), ("INV-2", "D-2")}


def test_two_allocations_of_one_entry_to_one_invoice_are_two_applications() -> None:
    twice = payment("P-1", "30.00", at=1, pays={"INV-1": "10.00"})
    twice.data["allocations"] += [{"invoice": "INV-1", "amount": "20.00"}]
    seen = given(invoice("INV-1", "100.00", at=0), twice).then(owes={"INV-1": "70"})
    assert [(row.place, str(row.amount)) for row in seen.applications()] == [(0, "10.00"), (1, "20.00")]
