"""Cash that moves between accounts: no transfer makes money or keeps it, and both accounts are told."""

import pytest

from tests.given import Said, day

from .story import (
    UNIDENTIFIED,
    Told,
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
)

RECEIPT = named("receipt", payment("P-1", "100.00", at=0, account=UNIDENTIFIED))
MOVED = named("moved", transfer("P-1", "100.00", at=1))
PAID = (invoice("INV-1", "100.00", at=0), allocation("P-1", {"INV-1": "100.00"}, at=2))


def source_of(seen: Told) -> Told:
    return seen.seen_by(UNIDENTIFIED)


def test_a_transfer_moves_no_more_than_there_is() -> None:
    seen = given(RECEIPT, transfer("P-1", "150.00", at=1)).then(
        unapplied={"P-1": "100"}, flags=["transfer_exceeds_payment"]
    )
    source_of(seen).then(flags=["transfer_exceeds_payment"])


def test_a_transfer_of_a_mistyped_reference_moves_nothing() -> None:
    seen = given(RECEIPT, transfer("P-l", "100.00", at=1)).then(flags=["unknown_payment"])
    source_of(seen).then(unapplied={"P-1": "100"}, flags=["unknown_payment"])


def test_two_transfers_share_what_there_is_in_their_order() -> None:
    seen = given(RECEIPT, transfer("P-1", "60.00", at=1), transfer("P-1", "60.00", at=2, into="B"))
    seen.then(unapplied={"P-1": "60"})
    seen.seen_by("B").then(unapplied={"P-1": "40"}, flags=["transfer_exceeds_payment"])
    source_of(seen).then(flags=["transfer_exceeds_payment"])


def test_a_transfer_in_another_currency_moves_nothing_and_makes_no_other_money() -> None:
    seen = given(payment("P-1", "100.00", at=0, account=UNIDENTIFIED, currency="AOA"))
    seen.when(transfer("P-1", "100.00", at=1, currency="ARS")).then(flags=["wrong_currency"])
    source_of(seen).then(unapplied={"P-1": "100"}, flags=["wrong_currency"])


def test_a_transfer_of_a_credit_note_makes_no_cash() -> None:
    seen = given(credit_note("CN-1", "40.00", at=0), transfer("CN-1", "40.00", at=1, out_of="A", into="B"))
    seen.then(unapplied={"CN-1": "40"}, flags=["not_cash"])
    seen.seen_by("B").then(flags=["unknown_payment"])


def test_a_payment_corrected_after_its_transfer_moved_only_what_it_was() -> None:
    seen = given(RECEIPT, MOVED, correction(RECEIPT, payment("P-1", "80.00", at=0, account=UNIDENTIFIED)))
    seen.then(unapplied={"P-1": "80"}, flags=["transfer_exceeds_payment"])
    source_of(seen).then(flags=["transfer_exceeds_payment"])


def test_a_payment_voided_after_transfer_and_allocation_pays_nothing() -> None:
    seen = given(RECEIPT, MOVED, *PAID).then()
    seen.when(void(RECEIPT)).then(owes={"INV-1": "100"}, flags=["unknown_payment", "unknown_payment"])
    source_of(seen).then(flags=["unknown_payment"])


def test_a_payment_reversed_where_it_came_in_pays_nothing_where_it_went() -> None:
    seen = given(RECEIPT, MOVED, *PAID).when(reversal("P-1", "100.00", at=3, account=UNIDENTIFIED))
    seen.then(owes={"INV-1": "100"}, flags=["reversed_after_transfer"])
    source_of(seen).then()


def test_a_reversal_takes_first_what_is_left_where_it_came_in_then_the_latest_transfer() -> None:
    seen = given(RECEIPT, transfer("P-1", "30.00", at=1), transfer("P-1", "30.00", at=2, into="B"))
    seen.when(reversal("P-1", "60.00", at=3, account=UNIDENTIFIED))
    source_of(seen).then()
    seen.seen_by("B").then(unapplied={"P-1": "10"}, flags=["reversed_after_transfer"])
    seen.then(unapplied={"P-1": "30"})


def test_a_reversal_follows_a_chain_of_transfers() -> None:
    seen = given(RECEIPT, MOVED, transfer("P-1", "70.00", at=2, out_of="A", into="C"))
    seen.when(reversal("P-1", "100.00", at=3, account=UNIDENTIFIED)).then(flags=["reversed_after_transfer"])
    seen.seen_by("C").then(flags=["reversed_after_transfer"])
    source_of(seen).then()


def test_a_reversal_where_the_cash_went_leaves_the_rest_where_it_came_in() -> None:
    seen = given(RECEIPT, transfer("P-1", "60.00", at=1), reversal("P-1", "100.00", at=2))
    seen.then(flags=["reversal_exceeds_payment"])
    source_of(seen).then(unapplied={"P-1": "40"})


def test_cash_that_went_in_a_circle_is_reversed_once() -> None:
    seen = given(RECEIPT, MOVED, transfer("P-1", "100.00", at=2, out_of="A", into=UNIDENTIFIED))
    seen.when(reversal("P-1", "100.00", at=3, account=UNIDENTIFIED)).then()
    source_of(seen).then()
    source_of(seen.when(reversal("P-1", "5.00", at=4, account=UNIDENTIFIED))).then(flags=["reversal_exceeds_payment"])


@pytest.mark.parametrize(
    "change", [void(MOVED), correction(MOVED, transfer("P-2", "100.00", at=1))], ids=["voided", "of another payment"]
)
def test_a_transfer_that_is_taken_back_leaves_the_cash_where_it_came_in(change: Said) -> None:
    seen = given(RECEIPT, MOVED, change)
    assert not seen.unapplied()
    assert {number: str(row.amount) for number, row in source_of(seen).unapplied().items()} == {"P-1": "100.00"}


def test_a_transfer_corrected_to_another_payment_moves_that_one() -> None:
    other = payment("P-2", "50.00", at=0, account=UNIDENTIFIED)
    seen = given(RECEIPT, other, MOVED, correction(MOVED, transfer("P-2", "20.00", at=1)))
    seen.then(unapplied={"P-2": "20"})
    source_of(seen).then(unapplied={"P-1": "100", "P-2": "30"})


def test_payments_of_one_reference_on_accounts_that_no_transfer_ties_have_nothing_to_do_with_each_other() -> None:
    seen = given(payment("P-1", "70.00", at=0), payment("P-1", "40.00", at=0, account="B")).when(
        reversal("P-1", "40.00", at=1, account="B")
    )
    seen.then(unapplied={"P-1": "70"})
    seen.seen_by("B").then()


def test_unapplied_cash_says_when_it_came_to_the_account_and_what_the_payer_said() -> None:
    receipt = payment("P-1", "100.00", at=0, account=UNIDENTIFIED, remittance="for INV-1")
    other = payment("P-1", "40.00", at=0, account="B", remittance="for INV-2")
    seen = given(receipt, other, transfer("P-1", "60.00", at=2), invoice("INV-1", "10.00", at=0))
    seen.when(allocation("P-1", {"INV-1": "10.00"}, at=3))
    for account, at, said in (("A", 2, "for INV-1"), (UNIDENTIFIED, 0, "for INV-1"), ("B", 0, "for INV-2")):
        part = seen.seen_by(account).unapplied()["P-1"]
        assert (part.received_at, part.remittance) == (day(at), said)


def test_unapplied_credit_has_no_words_of_a_payer() -> None:
    part = given(credit_note("CN-1", "5.00", at=1)).unapplied()["CN-1"]
    assert (part.received_at, part.remittance) == (day(1), None)
