"""The cases that the domain names: each must come out right, at every instant and in every currency."""

from datetime import date

from tests.given import day

from .story import (
    UNIDENTIFIED,
    allocation,
    credit_note,
    dispute,
    given,
    invoice,
    payment,
    resolution,
    reversal,
    transfer,
)


def test_an_invoice_is_owed_from_its_own_time_on() -> None:
    given(invoice("INV-1", "100.00", at=0)).then(owes={"INV-1": "100"}).then(as_of=day(-0.5))


def test_a_partial_payment_leaves_the_rest_open() -> None:
    (
        given(invoice("INV-1", "100.00"))
        .when(payment("P-1", "40.00", at=1, pays={"INV-1": "40.00"}))
        .then(owes={"INV-1": "60"})
        .then(owes={"INV-1": "100"}, as_of=day(0.5))
    )


def test_one_payment_pays_many_invoices() -> None:
    (
        given(invoice("INV-1", "100.00"), invoice("INV-2", "50.00"), invoice("INV-3", "70.00"))
        .when(payment("P-1", "200.00", pays={"INV-1": "100.00", "INV-2": "50.00", "INV-3": "50.00"}))
        .then(owes={"INV-3": "20"})
    )


def test_many_payments_pay_one_invoice() -> None:
    (
        given(invoice("INV-1", "100.00"))
        .when(payment("P-1", "30.00", at=1, pays={"INV-1": "30.00"}))
        .then(owes={"INV-1": "70"})
        .when(payment("P-2", "30.00", at=2, pays={"INV-1": "30.00"}))
        .then(owes={"INV-1": "40"})
        .when(payment("P-3", "40.00", at=3, pays={"INV-1": "40.00"}))
        .then()
    )


def test_an_overpayment_stays_unapplied_and_is_flagged() -> None:
    (
        given(invoice("INV-1", "100.00"))
        .when(payment("P-1", "120.00", pays={"INV-1": "120.00"}))
        .then(unapplied={"P-1": "20"}, flags=["over_allocated"])
    )


def test_what_a_payment_does_not_allocate_stays_unapplied_without_a_flag() -> None:
    given(invoice("INV-1", "100.00"), payment("P-1", "100.00")).then(owes={"INV-1": "100"}, unapplied={"P-1": "100"})


def test_an_advance_before_any_invoice_waits_until_it_is_allocated() -> None:
    (
        given(payment("P-1", "100.00", at=0))
        .then(unapplied={"P-1": "100"})
        .when(invoice("INV-1", "60.00", at=1))
        .then(owes={"INV-1": "60"}, unapplied={"P-1": "100"})
        .when(allocation("P-1", {"INV-1": "60.00"}, at=2))
        .then(unapplied={"P-1": "40"})
        .then(owes={"INV-1": "60"}, unapplied={"P-1": "100"}, as_of=day(1.5))
    )


def test_a_credit_note_reduces_its_invoice() -> None:
    (
        given(invoice("INV-1", "100.00"))
        .when(credit_note("CN-1", "30.00", pays={"INV-1": "30.00"}))
        .then(owes={"INV-1": "70"})
    )


def test_a_credit_note_without_an_invoice_stays_unapplied_until_it_is_allocated() -> None:
    (
        given(credit_note("CN-1", "30.00", at=0))
        .then(unapplied={"CN-1": "30"})
        .when(invoice("INV-1", "100.00", at=1), allocation("CN-1", {"INV-1": "30.00"}, at=2))
        .then(owes={"INV-1": "70"})
    )


def test_unapplied_cash_and_unapplied_credit_are_told_apart() -> None:
    seen = given(payment("P-1", "10.00"), credit_note("CN-1", "30.00")).then(unapplied={"P-1": "10", "CN-1": "30"})
    assert {number: each.kind for number, each in seen.unapplied().items()} == {
        "P-1": "cash",
        "CN-1": "credit",
    }


def test_a_reversal_after_full_payment_opens_the_invoice_again() -> None:
    (
        given(invoice("INV-1", "100.00"), payment("P-1", "100.00", at=1, pays={"INV-1": "100.00"}))
        .then()
        .when(reversal("P-1", "100.00", at=3))
        .then(owes={"INV-1": "100"})
        .then(as_of=day(2))
    )


def test_a_reversal_takes_unapplied_cash_first_then_the_latest_allocation() -> None:
    (
        given(invoice("INV-1", "40.00"), invoice("INV-2", "40.00"))
        .when(payment("P-1", "100.00", at=1, pays={"INV-1": "40.00", "INV-2": "40.00"}))
        .then(unapplied={"P-1": "20"})
        .when(reversal("P-1", "20.00", at=3))
        .then()
        .when(reversal("P-1", "50.00", at=4))
        .then(owes={"INV-1": "10", "INV-2": "40"})
    )


def test_a_disputed_item_is_marked_and_still_owed() -> None:
    (
        given(invoice("INV-1", "100.00", at=0), dispute("INV-1", at=2))
        .then(owes={"INV-1": "100"}, disputed=["INV-1"])
        .then(owes={"INV-1": "100"}, as_of=day(1))
        .when(resolution("INV-1", at=3))
        .then(owes={"INV-1": "100"})
        .then(owes={"INV-1": "100"}, disputed=["INV-1"], as_of=day(2))
    )


def test_several_currencies_are_never_added_together() -> None:
    seen = given(
        invoice("INV-1", "100.00", currency="CNY"),
        invoice("INV-2", "70", currency="JPY"),
        payment("P-1", "30.00", currency="CNY", pays={"INV-1": "30.00"}),
        payment("P-2", "90", currency="JPY", pays={"INV-2": "70"}),
    ).then(owes={"INV-1": "70"}, unapplied={"P-2": "20"})
    assert {currency: str(sum_) for currency, sum_ in seen.balance().items()} == {
        "CNY": "70.00",
        "JPY": "-20",
    }


def test_money_of_one_currency_does_not_pay_an_invoice_in_another() -> None:
    (
        given(invoice("INV-1", "100.00", currency="CNY"))
        .when(payment("P-1", "100.00", currency="USD", pays={"INV-1": "100.00"}))
        .then(owes={"INV-1": "100"}, unapplied={"P-1": "100"}, flags=["wrong_currency"])
    )


def test_cash_of_an_unknown_payer_is_transferred_to_whom_it_belongs() -> None:
    story = given(
        payment("P-1", "100.00", at=0, account=UNIDENTIFIED), invoice("INV-1", "80.00", at=1), transfer("P-1", "80.00")
    )
    story.then(owes={"INV-1": "80"}, unapplied={"P-1": "80"})
    story.when(allocation("P-1", {"INV-1": "80.00"}, at=3)).then()
    unidentified = story.seen_by(UNIDENTIFIED)
    unidentified.then(unapplied={"P-1": "20"})
    unidentified.then(unapplied={"P-1": "100"}, as_of=day(1))


def test_terms_of_thirty_sixty_seven_three_are_four_items_of_one_deal() -> None:
    shares = {"signing": "30.00", "delivery": "60.00", "acceptance": "7.00", "retention": "3.00"}
    seen = given(
        *(invoice(term, share, due=date(2026, 2, n), deal="D-1") for n, (term, share) in enumerate(shares.items(), 1)),
        payment("P-1", "90.00", pays={"signing": "30.00", "delivery": "60.00"}),
    ).then(owes={"acceptance": "7", "retention": "3"})
    assert {each.deal for each in seen.items().values()} == {"D-1"}
