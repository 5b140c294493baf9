"""Rules for the payment terms of contracts: planned amounts, days, amendments, acceptances, retention."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from projections.views.receivables import ContractTermRow
from tests.given import Said, day

from .story import (
    Account,
    acceptance,
    amendment,
    contract,
    correction,
    given,
    invoice,
    named,
    payment,
    release,
    term,
    void,
)

SIGNED = (
    term("advance", "signing", "30", 10),
    term("delivery", "delivery", "60", 30),
    term("acceptance", "acceptance", "7"),
)
PROJECT = contract("C-1", "100000.01", *SIGNED, at=0, retention_percent="3", retention_until="2027-06-30")


def planned(account: Account) -> dict[str, str]:
    """Planned amounts by term."""
    return {each.term: str(each.planned) for each in account.terms()}


def column(account: Account, name: str) -> list[Any]:
    """Values of a column by place."""
    return [getattr(each, name) for each in account.terms()]


def test_planned_amounts_are_rounded_and_the_last_term_takes_the_rest() -> None:
    """30 % of 100000.01 is 30000.003, so 30000.00; 60 % is 60000.006, so 60000.01; 7 % is 7000.0007, so 7000.00. The
    retention is the rest: 100000.01 − 30000.00 − 60000.01 − 7000.00 = 3000.00."""
    seen = given(PROJECT)
    assert planned(seen) == {
        "advance": "30000.00",
        "delivery": "60000.01",
        "acceptance": "7000.00",
        "retention": "3000.00",
    }
    assert column(seen, "place") == [1, 2, 3, 4]
    assert column(seen, "retention") == [False, False, False, True]
    assert column(seen, "contract_amount") == [Decimal("100000.01")] * 4


def test_halves_are_rounded_up_in_the_decimals_of_the_currency() -> None:
    """12.5 % of 100 yen is 12.5, so 13; the rest is 87."""
    terms = (term("a", "signing", "12.5"), term("b", "signing", "87.5"))
    assert planned(given(contract("C-1", "100", *terms, currency="JPY"))) == {"a": "13", "b": "87"}


def test_a_contract_without_terms_is_one_term_without_a_name() -> None:
    seen = given(contract("C-1", "1000.00", retention_percent="5"))
    assert [(row.term, row.trigger, str(row.share), str(row.planned)) for row in seen.terms()] == [
        ("", None, "95", "950.00"),
        ("retention", "warranty_end", "5", "50.00"),
    ]


def test_days_are_due_from_their_triggers_and_null_while_these_are_unknown() -> None:
    seen = given(PROJECT, acceptance("C-1", at=3, delivered=date(2026, 2, 1)))
    assert column(seen, "triggered_on") == [None, date(2026, 2, 1), None, date(2027, 6, 30)]
    assert column(seen, "due_on") == [None, date(2026, 3, 3), None, date(2027, 6, 30)]
    assert set(column(seen, "signed_at")) == {day(0)}


def test_a_term_without_agreed_days_has_no_due_day() -> None:
    seen = given(PROJECT, acceptance("C-1", at=3, accepted=date(2026, 2, 1)))
    (row,) = (each for each in seen.terms() if each.term == "acceptance")
    assert (row.days, row.triggered_on, row.due_on) == (None, date(2026, 2, 1), None)


def test_a_day_that_is_agreed_is_due_itself_without_days_and_later_with() -> None:
    on = date(2026, 5, 1)
    seen = given(contract("C-1", "100.00", term("a", "date", "50", on=on), term("b", "date", "50", 10, on)))
    assert column(seen, "due_on") == [on, date(2026, 5, 11)]


def test_a_due_day_beyond_the_calendar_is_none() -> None:
    seen = given(contract("C-1", "100.00", term("a", "date", "100", 3650, date(9999, 12, 30))))
    assert column(seen, "due_on") == [None]


def test_a_term_that_is_due_by_its_invoice_has_no_day_of_its_own() -> None:
    seen = given(
        contract("C-1", "100.00", term("a", "invoice", "100", 30)), invoice("INV-1", "100.00", contract="C-1", term="a")
    )
    assert (column(seen, "triggered_on"), column(seen, "due_on")) == ([None], [None])


def test_terms_say_what_the_law_asks_of_the_contract() -> None:
    seen = given(
        contract("C-1", "100.00", sme_declared=True, buyer_kind="public", late_rate_per_day="0.0003", at=0),
    )
    (row,) = seen.terms()
    assert (row.sme_declared, row.buyer_kind, row.late_rate_per_day) == (True, "public", Decimal("0.0003"))
    assert (row.deal, row.entry) == ("D-1", 2)


def test_an_amendment_replaces_what_it_gives_from_its_time_on() -> None:
    seen = given(PROJECT, amendment("C-1", at=5, amount="200000.00", currency="CNY"))
    assert [str(each.planned) for each in seen.terms()] == ["60000.00", "120000.00", "14000.00", "6000.00"]
    assert str(seen.terms(day(4))[0].planned) == "30000.00"
    seen.story.flagged()


def test_an_amendment_to_fewer_terms_ends_those_that_are_left_over() -> None:
    seen = given(PROJECT, amendment("C-1", at=5, terms=[term("all", "signing", "97")]))
    assert planned(seen) == {"all": "97000.01", "retention": "3000.00"}
    assert len(seen.terms(day(4))) == 4


def test_an_acceptance_stays_with_the_term_of_its_name_through_an_amendment() -> None:
    seen = given(
        PROJECT,
        acceptance("C-1", at=3, delivered=date(2026, 2, 1)),
        amendment(
            "C-1", at=5, terms=[term("second phase", "delivery", "37", 5), term("delivery", "delivery", "60", 60)]
        ),
    )
    assert column(seen, "triggered_on") == [None, date(2026, 2, 1), date(2027, 6, 30)]
    assert column(seen, "due_on") == [None, date(2026, 4, 2), date(2027, 6, 30)]


def test_an_amendment_that_leaves_shares_that_do_not_add_up_is_flagged() -> None:
    seen = given(PROJECT, amendment("C-1", at=5, retention_percent="5"))
    assert planned(seen)["retention"] == "5000.00"
    seen.story.flagged("shares_not_whole")


def test_an_acceptance_without_a_term_is_for_all_that_wait_for_one() -> None:
    seen = given(
        contract("C-1", "100.00", *(term(name, "acceptance", "50", 0) for name in "ab")),
        acceptance("C-1", at=2, of="a", accepted=date(2026, 2, 1)),
        acceptance("C-1", at=3, accepted=date(2026, 3, 1)),
    )
    assert column(seen, "accepted_on") == [date(2026, 2, 1), date(2026, 3, 1)]


def test_a_later_day_for_a_term_that_is_named_replaces_the_earlier_one() -> None:
    seen = given(
        PROJECT,
        acceptance("C-1", at=2, of="delivery", delivered=date(2026, 2, 1)),
        acceptance("C-1", at=3, of="delivery", delivered=date(2026, 2, 9)),
    )
    assert column(seen, "delivered_on")[1] == date(2026, 2, 9)
    assert [each.delivered_on for each in seen.terms(day(2))][1] == date(2026, 2, 1)


def test_an_acceptance_of_a_term_that_there_is_not_is_flagged() -> None:
    seen = given(PROJECT, acceptance("C-1", at=2, of="handover", accepted=date(2026, 2, 1)))
    assert column(seen, "accepted_on") == [None] * 4
    seen.story.flagged("unknown_term")


def test_a_day_of_acceptance_changes_the_rows_of_its_terms_and_no_others() -> None:
    seen = given(PROJECT, acceptance("C-1", at=2, delivered=date(2026, 2, 1)))
    assert sorted(each.place for each in seen.rows_of(ContractTermRow)) == [1, 2, 2, 3, 4]
    assert column(seen, "entry") == [2, 3, 2, 2]


def test_released_retention_adds_up_to_what_is_kept_back_and_no_more() -> None:
    seen = given(PROJECT, release("C-1", "1000", at=4), release("C-1", "2500.00", at=5))
    assert [str(each) for each in column(seen, "released")] == ["0.00", "0.00", "0.00", "3000.00"]
    assert str(seen.terms(day(4))[-1].released) == "1000.00"
    seen.story.flagged("over_released")


def test_a_release_in_another_currency_has_no_effect() -> None:
    seen = given(PROJECT, release("C-1", "1000.00", currency="USD"))
    assert not any(column(seen, "released"))
    seen.story.flagged("wrong_currency")


@pytest.mark.parametrize(
    ("early", "name", "expected"),
    [
        (amendment("C-1", at=0, amount="10.00", currency="CNY"), "planned", ["3.00", "6.00", "0.70", "0.30"]),
        (acceptance("C-1", at=0, delivered=date(2026, 1, 2)), "delivered_on", ["None", "2026-01-02", "None", "None"]),
        (release("C-1", "1000.00", at=0), "released", ["0.00", "0.00", "0.00", "1000.00"]),
    ],
    ids=["amendment", "acceptance", "release"],
)
def test_what_names_a_contract_that_is_not_there_waits_for_it(early: Said, name: str, expected: list[str]) -> None:
    seen = given(early)
    seen.story.flagged("unknown_contract")
    assert seen.terms() == []
    seen.when(contract("C-1", "100000.01", *SIGNED, at=2, retention_percent="3"))
    seen.story.flagged()
    assert [str(each) for each in column(seen, name)] == expected


def test_a_second_contract_of_one_number_is_flagged_and_not_added() -> None:
    seen = given(contract("C-1", "100.00", at=0), contract("C\u20111", "40.00", at=1))
    assert planned(seen) == {"": "100.00"}
    seen.story.flagged("contract_twice")


def test_a_voided_contract_was_never_signed_and_a_corrected_one_counts_as_corrected() -> None:
    wrong = named("wrong", contract("C-1", "100.00", at=0))
    assert given(wrong).when(void(wrong)).terms() == []
    assert planned(given(wrong).when(correction(wrong, contract("C-1", "70.00", at=0)))) == {"": "70.00"}


def test_contracts_touch_no_invoice_and_no_balance() -> None:
    (
        given(PROJECT, invoice("INV-1", "30000.00", contract="C-1", term="advance"))
        .when(payment("P-1", "30000.00", pays={"INV-1": "30000.00"}), release("C-1", "3000.00"))
        .then()
    )
