"""Rules for what waits, what is capped and what is flagged."""

import pytest

from projections.replay.view import FlagRow
from projections.views.receivables import ApplicationRow, InvoiceRow, ItemRow, MovementRow, UnappliedRow
from tests.given import day

from .story import (
    UNIDENTIFIED,
    allocation,
    correction,
    credit_note,
    dispute,
    given,
    invoice,
    named,
    payment,
    resolution,
    reversal,
    transfer,
    void,
)


def test_an_allocation_to_an_invoice_that_is_not_there_waits_for_it() -> None:
    (
        given(payment("P-1", "100.00", at=1, pays={"INV-1": "60.00"}))
        .then(unapplied={"P-1": "100"}, flags=["allocated_unknown_invoice"])
        .when(invoice("INV-1", "80.00", at=4))
        .then(owes={"INV-1": "20"}, unapplied={"P-1": "40"})
        .then(unapplied={"P-1": "100"}, as_of=day(3))
    )


def test_an_allocation_of_a_payment_that_is_not_there_waits_for_it() -> None:
    (
        given(invoice("INV-1", "80.00", at=0), allocation("P-1", {"INV-1": "60.00"}, at=1))
        .then(owes={"INV-1": "80"}, flags=["unknown_payment"])
        .when(payment("P-1", "100.00", at=2))
        .then(owes={"INV-1": "20"}, unapplied={"P-1": "40"})
    )


def test_an_allocation_waits_for_payment_and_invoice_in_turn() -> None:
    (
        given(allocation("P-1", {"INV-1": "60.00"}, at=0))
        .then(flags=["unknown_payment"])
        .when(payment("P-1", "100.00", at=1))
        .then(unapplied={"P-1": "100"}, flags=["allocated_unknown_invoice"])
        .when(invoice("INV-1", "60.00", at=2))
        .then(unapplied={"P-1": "40"})
    )


def test_what_waited_together_goes_in_effective_order() -> None:
    (
        given(payment("P-1", "100.00", at=1), payment("P-2", "100.00", at=1))
        .when(allocation("P-2", {"INV-1": "70.00"}, at=3), allocation("P-1", {"INV-1": "70.00"}, at=2))
        .when(invoice("INV-1", "100.00", at=4))
        .then(unapplied={"P-1": "30", "P-2": "70"}, flags=["over_allocated"])
    )


def test_what_waited_for_its_payment_first_is_not_behind_what_was_asked_later() -> None:
    (
        given(payment("P-1", "100.00", at=0))
        .when(allocation("P-2", {"INV-1": "70.00"}, at=1), allocation("P-1", {"INV-1": "70.00"}, at=2))
        .when(payment("P-2", "100.00", at=3), invoice("INV-1", "100.00", at=4))
        .then(unapplied={"P-1": "70", "P-2": "30"}, flags=["over_allocated"])
    )


def test_an_allocation_beyond_what_is_left_of_the_payment_is_capped() -> None:
    (
        given(invoice("INV-1", "100.00"), payment("P-1", "30.00", at=1))
        .when(allocation("P-1", {"INV-1": "50.00"}))
        .then(owes={"INV-1": "70"}, flags=["over_allocated"])
    )


def test_what_could_not_be_applied_is_not_applied_later() -> None:
    (
        given(invoice("INV-1", "100.00"), payment("P-1", "130.00", at=1, pays={"INV-1": "130.00"}))
        .when(reversal("P-1", "50.00", at=2))
        .then(owes={"INV-1": "20"}, flags=["over_allocated"])
        .when(payment("P-2", "20.00", at=3, pays={"INV-1": "20.00"}))
        .then(flags=["over_allocated"])
    )


def test_many_shortfalls_of_one_entry_are_one_flag_that_names_the_first() -> None:
    seen = given(payment("P-1", "50.00", pays={f"INV-{n}": "10.00" for n in range(5)})).then(
        unapplied={"P-1": "50"}, flags=["allocated_unknown_invoice"]
    )
    (flag,) = (each for each in seen.story.rows() if isinstance(each, FlagRow))
    assert flag.detail == (
        "INV-0 is no invoice of this account yet; INV-1 is no invoice of this account yet; "
        "INV-2 is no invoice of this account yet; and 2 more"
    )


def test_a_second_invoice_of_one_number_is_flagged_and_not_added() -> None:
    (
        given(invoice("INV-1", "100.00", at=0))
        .when(invoice("INV-1", "40.00", at=1))
        .then(owes={"INV-1": "100"}, flags=["invoice_twice"])
    )


def test_the_earlier_of_two_invoices_of_one_number_counts_whichever_arrived_first() -> None:
    (
        given(invoice("INV-1", "100.00", at=1))
        .when(invoice("INV-1", "40.00", at=0))
        .then(owes={"INV-1": "40"}, flags=["invoice_twice"])
    )


def test_a_second_payment_of_one_reference_is_flagged_and_not_added() -> None:
    given(payment("P-1", "100.00", at=1), payment("P-1", "40.00", at=2)).then(
        unapplied={"P-1": "100"}, flags=["payment_twice"]
    )


def test_a_second_credit_note_of_one_number_is_flagged_and_not_added() -> None:
    given(credit_note("C-1", "100.00", at=1), credit_note("C-1", "40.00", at=2, currency="USD")).then(
        unapplied={"C-1": "100"}, flags=["credit_note_twice"]
    )


def test_a_payment_and_a_credit_note_may_have_the_same_number() -> None:
    seen = given(
        invoice("1", "100.00"),
        payment("1", "30.00", pays={"1": "10.00"}),
        credit_note("1", "50.00", pays={"1": "20.00"}),
    )
    assert {(each.kind, str(each.amount)) for each in seen.rows_of(UnappliedRow)} == {
        ("cash", "20.00"),
        ("credit", "30.00"),
    }
    seen.story.flagged()
    seen.assert_identity()


def test_an_allocation_means_the_payment_of_a_number_unless_it_says_credit_note() -> None:
    known = (invoice("I", "100.00"), payment("1", "30.00"), credit_note("1", "50.00"))
    cash = given(*known, allocation("1", {"I": "30.00"}))
    credit = given(*known, allocation("1", {"I": "30.00"}, document="credit_note"))
    assert [(each.kind, str(each.amount)) for each in cash.unapplied().values()] == [("credit", "50.00")]
    assert {(row.kind, str(row.amount)) for row in credit.standing(UnappliedRow)} == {
        ("cash", "30.00"),
        ("credit", "20.00"),
    }


def test_numbers_that_begin_again_are_kept_apart_by_their_series() -> None:
    seen = given(
        invoice("1", "100.00", series="2025"),
        invoice("1", "70.00", series="2026"),
        payment("CHQ-7", "50.00", at=1),
        reversal("CHQ-7", "50.00", at=2),
        payment("CHQ-7", "50.00", at=3, series="presented again"),
    )
    owed = {(row.series, str(row.open_amount)) for row in seen.standing(ItemRow)}
    assert owed == {("2025", "100.00"), ("2026", "70.00")}
    assert [(row.series, str(row.amount)) for row in seen.standing(UnappliedRow)] == [("presented again", "50.00")]
    seen.story.flagged()
    seen.assert_identity()


@pytest.mark.parametrize(
    "sent", ["INV\u20111", "INV-1 ", " INV-1", "INV\u200b-1", "\uff29NV-1", "INV\u00ad-1", "\ufeffINV-1"]
)
def test_numbers_that_look_alike_are_one_number_and_flags_show_how_they_differ(sent: str) -> None:
    given(invoice("INV-1", "100.00"), payment("P", "100.00", pays={sent: "100.00"})).then()
    seen = given(invoice("INV-1", "100.00", at=0), invoice(sent, "40.00", at=1)).then(
        owes={"INV-1": "100"}, flags=["invoice_twice"]
    )
    (flag,) = (each for each in seen.story.rows() if isinstance(each, FlagRow))
    assert "<U+" in (flag.detail or "")


def test_a_receipt_on_an_account_that_has_cash_of_that_reference_by_transfer_adds_to_it() -> None:
    (
        given(payment("P-1", "50.00", at=0, account=UNIDENTIFIED), transfer("P-1", "50.00", at=1))
        .when(payment("P-1", "30.00", at=2))
        .then(unapplied={"P-1": "80"})
    )


def test_a_reversal_beyond_the_payment_is_capped() -> None:
    (
        given(invoice("INV-1", "30.00"), payment("P-1", "50.00", at=1, pays={"INV-1": "30.00"}))
        .when(reversal("P-1", "80.00", at=2))
        .then(owes={"INV-1": "30"}, flags=["reversal_exceeds_payment"])
    )


def test_a_reversal_before_its_payment_waits_for_it() -> None:
    (
        given(invoice("INV-1", "100.00", at=0), reversal("P-1", "100.00", at=1))
        .then(owes={"INV-1": "100"}, flags=["unknown_payment"])
        .when(payment("P-1", "100.00", at=2))
        .then(owes={"INV-1": "100"})
    )


def test_a_reversal_moves_the_balance_when_it_takes_effect() -> None:
    seen = given(reversal("P-1", "40.00", at=1), payment("P-1", "100.00", at=2)).then(unapplied={"P-1": "60"})
    assert {(each.kind, each.at, str(each.amount), each.document) for each in seen.movements()} == {
        ("payment", day(2), "-100.00", "P-1"),
        ("reversal", day(2), "40.00", "P-1"),
    }


def test_a_reversal_in_another_currency_has_no_effect() -> None:
    (
        given(payment("P-1", "100.00"))
        .when(reversal("P-1", "100.00", currency="USD"))
        .then(unapplied={"P-1": "100"}, flags=["wrong_currency"])
    )


def test_a_credit_note_is_no_cash_to_reverse_or_transfer() -> None:
    (
        given(credit_note("CN-1", "30.00", at=0))
        .when(reversal("CN-1", "30.00", at=1), transfer("CN-1", "30.00", at=2, out_of="A", into="B"))
        .then(unapplied={"CN-1": "30"}, flags=["not_cash", "not_cash"])
    )


def test_a_transfer_of_what_is_a_credit_note_waits_for_a_payment_of_that_number() -> None:
    (
        given(credit_note("X-1", "30.00", at=0), transfer("X-1", "20.00", at=1, out_of="A", into="B"))
        .then(unapplied={"X-1": "30"}, flags=["not_cash"])
        .when(payment("X-1", "20.00", at=2))
        .then(unapplied={"X-1": "30"})
    )


def test_cash_in_another_currency_is_kept_apart() -> None:
    seen = given(
        payment("P-1", "30.00", at=0),
        payment("P-1", "50.00", at=0, currency="USD", account=UNIDENTIFIED),
        transfer("P-1", "50.00", at=2, currency="USD"),
    )
    assert {(row.currency, str(row.amount)) for row in seen.rows_of(UnappliedRow)} == {
        ("CNY", "30.00"),
        ("USD", "50.00"),
    }
    seen.assert_identity()


def test_a_further_transfer_of_one_reference_tops_it_up() -> None:
    (
        given(payment("P-1", "50.00", at=0, account=UNIDENTIFIED), transfer("P-1", "30.00", at=1))
        .when(invoice("INV-1", "50.00"), allocation("P-1", {"INV-1": "30.00"}, at=2))
        .when(transfer("P-1", "20.00", at=3))
        .then(owes={"INV-1": "20"}, unapplied={"P-1": "20"})
    )


def test_a_transfer_of_allocated_cash_opens_the_invoice_again_and_both_accounts_see_it() -> None:
    story = given(
        invoice("INV-1", "100.00", at=0),
        payment("P-1", "100.00", at=1, pays={"INV-1": "100.00"}),
        transfer("P-1", "60.00", at=2, out_of="A", into="B"),
    )
    story.then(owes={"INV-1": "60"})
    story.seen_by("B").then(unapplied={"P-1": "60"})


def test_a_transfer_beyond_the_payment_is_capped_and_flagged_on_both_accounts() -> None:
    story = given(payment("P-1", "50.00", at=0, account=UNIDENTIFIED), transfer("P-1", "80.00"))
    story.seen_by(UNIDENTIFIED).then(flags=["transfer_exceeds_payment"])
    story.then(unapplied={"P-1": "50"}, flags=["transfer_exceeds_payment"])


def test_cash_transferred_away_can_come_back() -> None:
    story = given(
        payment("P-1", "50.00", at=0, account=UNIDENTIFIED),
        transfer("P-1", "50.00", at=1),
        transfer("P-1", "50.00", at=2, out_of="A", into=UNIDENTIFIED),
    )
    story.then()
    story.seen_by(UNIDENTIFIED).then(unapplied={"P-1": "50"})


def test_a_transfer_before_its_payment_waits_on_both_accounts() -> None:
    story = given(transfer("P-1", "30.00", at=1)).then(flags=["unknown_payment"])
    story.seen_by(UNIDENTIFIED).then(flags=["unknown_payment"])
    story.when(payment("P-1", "50.00", at=2, account=UNIDENTIFIED)).then(unapplied={"P-1": "30"})
    story.seen_by(UNIDENTIFIED).then(unapplied={"P-1": "20"})


def test_a_transfer_to_the_same_account_changes_nothing() -> None:
    (
        given(payment("P-1", "50.00", at=0))
        .when(transfer("P-1", "50.00", out_of="A", into="A"))
        .then(unapplied={"P-1": "50"}, flags=["transfer_to_itself"])
    )


def test_a_dispute_before_its_invoice_waits_for_it() -> None:
    (
        given(dispute("INV-1", at=0))
        .then(flags=["dispute_unknown_invoice"])
        .when(invoice("INV-1", "100.00", at=1))
        .then(owes={"INV-1": "100"}, disputed=["INV-1"])
    )


def test_resolving_what_nobody_disputed_is_flagged() -> None:
    (given(invoice("INV-1", "100.00")).when(resolution("INV-1")).then(owes={"INV-1": "100"}, flags=["not_disputed"]))


def test_a_settled_invoice_that_opens_again_is_still_disputed() -> None:
    (
        given(invoice("INV-1", "100.00", at=0), payment("P-1", "100.00", at=1, pays={"INV-1": "100.00"}))
        .when(dispute("INV-1", at=2))
        .then()
        .when(reversal("P-1", "10.00", at=3))
        .then(owes={"INV-1": "10"}, disputed=["INV-1"])
    )


def test_facts_of_one_instant_leave_one_interval() -> None:
    seen = given(
        invoice("INV-1", "100.00", at=1),
        payment("P-1", "30.00", at=1, pays={"INV-1": "30.00"}),
        payment("P-2", "30.00", at=1, pays={"INV-1": "30.00"}),
    ).then(owes={"INV-1": "40"})
    (only,) = seen.rows_of(ItemRow)
    assert (only.from_at, str(only.open_amount), only.entry) == (day(1), "40.00", seen.story.sequence)


def test_an_invoice_settled_at_the_instant_of_its_issue_was_never_open() -> None:
    seen = given(invoice("INV-1", "100.00", at=1), payment("P-1", "100.00", at=1, pays={"INV-1": "100.00"})).then()
    assert {type(each) for each in seen.story.rows()} == {MovementRow, InvoiceRow, ApplicationRow}


def test_a_fact_that_changes_nothing_of_an_item_begins_no_interval() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), dispute("INV-1", at=1), dispute("INV-1", at=2)).then(
        owes={"INV-1": "100"}, disputed=["INV-1"]
    )
    rows = seen.rows_of(ItemRow)
    assert [(each.from_at, each.disputed) for each in rows] == [(day(0), False), (day(1), True)]


def test_a_voided_payment_was_never_made() -> None:
    mistaken = named("mistaken", payment("P-1", "100.00", pays={"INV-1": "100.00"}))
    (
        given(invoice("INV-1", "100.00"), mistaken)
        .then()
        .when(void(mistaken))
        .then(owes={"INV-1": "100"})
        .then(owes={"INV-1": "100"}, as_of=day(2))
    )


def test_a_corrected_invoice_counts_as_if_it_had_been_right() -> None:
    wrong = named("wrong", invoice("INV-1", "100.00", at=0))
    (
        given(wrong, payment("P-1", "80.00", at=1, pays={"INV-1": "80.00"}))
        .then(owes={"INV-1": "20"})
        .when(correction(wrong, invoice("INV-1", "80.00", at=0)))
        .then()
    )


def test_amounts_read_alike_however_they_were_sent() -> None:
    seen = given(invoice("INV-1", "100"), invoice("INV-2", "100.0"), invoice("INV-3", "100", currency="JPY")).then(
        owes={"INV-1": "100", "INV-2": "100", "INV-3": "100"}
    )
    assert [str(each.open_amount) for each in seen.items().values()] == ["100.00", "100.00", "100"]
