"""Rules for money that was given up, and for disputes about a part."""

from tests.given import day

from .story import (
    allocation,
    correction,
    dispute,
    given,
    invoice,
    named,
    payment,
    resolution,
    reversal,
    void,
    write_off,
)


def test_a_write_off_lowers_the_invoice_and_the_balance_from_its_time_on() -> None:
    seen = given(invoice("INV-1", "100.00", at=0, deal="D-1")).when(write_off("INV-1", "30", at=2))
    seen.then(owes={"INV-1": "70"}).then(owes={"INV-1": "100"}, as_of=day(1))
    (moved,) = (each for each in seen.movements() if each.kind == "write_off")
    assert (moved.document, moved.deal, str(moved.amount), moved.at) == ("INV-1", "D-1", "-30.00", day(2))


def test_a_write_off_of_the_rest_settles_the_invoice() -> None:
    (
        given(invoice("INV-1", "100.00"), payment("P-1", "60.00", at=1, pays={"INV-1": "60.00"}))
        .when(write_off("INV-1", "40.00", at=2))
        .then()
    )


def test_a_write_off_beyond_what_is_owed_is_capped() -> None:
    seen = (
        given(invoice("INV-1", "100.00"), payment("P-1", "60.00", at=1, pays={"INV-1": "60.00"}))
        .when(write_off("INV-1", "50.00", at=2))
        .then(flags=["over_written_off"])
    )
    assert [str(each.amount) for each in seen.movements() if each.kind == "write_off"] == ["-40.00"]


def test_a_write_off_of_a_settled_invoice_moves_nothing() -> None:
    seen = (
        given(invoice("INV-1", "60.00"), payment("P-1", "60.00", at=1, pays={"INV-1": "60.00"}))
        .when(write_off("INV-1", "50.00", at=2))
        .then(flags=["over_written_off"])
    )
    assert {each.kind for each in seen.movements()} == {"invoice", "payment"}


def test_what_is_written_off_stays_so_when_the_payment_is_reversed() -> None:
    (
        given(invoice("INV-1", "100.00"), payment("P-1", "60.00", at=1, pays={"INV-1": "60.00"}))
        .when(write_off("INV-1", "40.00", at=2), reversal("P-1", "60.00", at=3))
        .then(owes={"INV-1": "60"})
    )


def test_cash_for_what_is_written_off_stays_unapplied() -> None:
    (
        given(invoice("INV-1", "100.00"), write_off("INV-1", "100.00", at=1))
        .when(payment("P-1", "100.00", at=2, pays={"INV-1": "100.00"}))
        .then(unapplied={"P-1": "100"}, flags=["over_allocated"])
    )


def test_a_write_off_before_its_invoice_waits_for_it() -> None:
    (
        given(write_off("INV-1", "30.00", at=0))
        .then(flags=["write_off_unknown_invoice"])
        .when(invoice("INV-1", "100.00", at=1))
        .then(owes={"INV-1": "70"})
    )


def test_write_offs_and_allocations_that_waited_together_go_in_effective_order() -> None:
    (
        given(payment("P-1", "80.00", at=0))
        .when(write_off("INV-1", "50.00", at=2), allocation("P-1", {"INV-1": "80.00"}, at=1))
        .when(invoice("INV-1", "100.00", at=3))
        .then(flags=["over_written_off"])
    )


def test_a_write_off_in_another_currency_has_no_effect() -> None:
    (
        given(invoice("INV-1", "100.00"))
        .when(write_off("INV-1", "30.00", currency="USD"))
        .then(owes={"INV-1": "100"}, flags=["wrong_currency"])
    )


def test_a_voided_write_off_is_owed_again_and_a_corrected_one_counts_as_corrected() -> None:
    mistaken = named("mistaken", write_off("INV-1", "30.00", at=2))
    given(invoice("INV-1", "100.00"), mistaken).when(void(mistaken)).then(owes={"INV-1": "100"})
    right = write_off("INV-1", "10.00", at=2)
    given(invoice("INV-1", "100.00"), mistaken).when(correction(mistaken, right)).then(owes={"INV-1": "90"})


def test_a_dispute_may_be_about_a_part() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), dispute("INV-1", at=2, amount="30.0"))
    seen.then(owes={"INV-1": "100"}, disputed=["INV-1"])
    assert str(seen.items()["INV-1"].disputed_amount) == "30.00"
    assert seen.items(day(1))["INV-1"].disputed_amount is None


def test_a_dispute_without_an_amount_is_about_all() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), dispute("INV-1", at=2)).then(
        owes={"INV-1": "100"}, disputed=["INV-1"]
    )
    assert seen.items()["INV-1"].disputed_amount is None


def test_a_dispute_about_no_less_than_is_open_is_about_all() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), dispute("INV-1", at=1, amount="60.00"))
    seen.when(payment("P-1", "40.00", at=2, pays={"INV-1": "40.00"})).then(owes={"INV-1": "60"}, disputed=["INV-1"])
    assert seen.items()["INV-1"].disputed_amount is None
    seen.when(reversal("P-1", "40.00", at=3))
    assert str(seen.items()["INV-1"].disputed_amount) == "60.00"


def test_a_later_dispute_replaces_the_part_and_a_resolution_ends_it() -> None:
    seen = given(invoice("INV-1", "100.00", at=0), dispute("INV-1", at=1, amount="30.00"))
    seen.when(dispute("INV-1", at=2, amount="20.00"))
    assert str(seen.items()["INV-1"].disputed_amount) == "20.00"
    seen.when(resolution("INV-1", at=3)).then(owes={"INV-1": "100"})
    assert seen.items()["INV-1"].disputed_amount is None


def test_a_dispute_about_an_amount_in_another_currency_has_no_effect() -> None:
    (
        given(invoice("INV-1", "100.00", at=0))
        .when(dispute("INV-1", at=1, amount="30.00", currency="USD"))
        .then(owes={"INV-1": "100"}, flags=["wrong_currency"])
    )
