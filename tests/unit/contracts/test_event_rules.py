"""Rules across the fields of an event: each refusal names the field and says what to give."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import EVENTS
from contracts.rules.refusals import problems_of

REFERENCE = {"source": "crm", "id": "a-1"}
ACCEPTED = {"contract": "HT-1", "account_id": "A-1"}
TARGET = {"target": "T-1", "metric": "deals_opened", "period": "2026", "value": "8"}
SIGNED = TARGET | {"metric": "signed_amount", "value": "1000000", "currency": "CNY"}
NEED = {"need": "monitoring", "kind": "explicit"}
DISPUTE = {"invoice": "I-1"}
DRAFT = {"plan": "K-1"}


def problems(name: str, **data: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        EVENTS.read(f"daybook.{name}.v1", json.dumps(data))
    return [(each.field, each.reason) for each in problems_of(refused.value)]


def taken(name: str, **data: Any) -> None:
    EVENTS.read(f"daybook.{name}.v1", json.dumps(data))


def test_either_a_plan_or_an_appointment_is_cancelled() -> None:
    either = [("plan", "give either plan or target, one of the two")]
    assert problems("activity_cancelled") == either
    assert problems("activity_cancelled", plan="P-1", target=REFERENCE) == either
    taken("activity_cancelled", plan="P-1")
    taken("activity_cancelled", target=REFERENCE)


def test_satisfaction_has_a_score_and_nothing_else_has() -> None:
    assert problems("feedback_given", kind="satisfaction") == [
        ("score", "is missing: kind satisfaction has a score from 0 to 10")
    ]
    assert problems("feedback_given", kind="praise", score=9) == [
        ("score", "is for kind satisfaction only, not for praise")
    ]
    assert problems("feedback_given", kind="satisfaction", score=11) == [("score", "must be at most 10")]
    taken("feedback_given", kind="satisfaction", score=0)
    taken("feedback_given", kind="complaint", case="K-1")


def test_a_delivery_is_confirmed_an_acceptance_or_both() -> None:
    assert problems("acceptance_confirmed", **ACCEPTED) == [
        ("accepted_on", "give delivered_on, accepted_on or both"),
    ]
    taken("acceptance_confirmed", **ACCEPTED, delivered_on="2026-03-01")
    taken("acceptance_confirmed", **ACCEPTED, accepted_on="2026-03-01")
    taken("acceptance_confirmed", **ACCEPTED, delivered_on="2026-03-01", accepted_on="2026-03-09")


@pytest.mark.parametrize("metric", ["signed_amount", "collected_amount", "net_invoiced"])
def test_a_target_for_an_amount_has_a_currency(metric: str) -> None:
    assert problems("target_set", **TARGET | {"metric": metric}) == [
        ("currency", f"is missing: {metric} is an amount"),
    ]
    taken("target_set", **SIGNED | {"metric": metric})


def test_a_target_for_a_count_or_a_rate_has_no_currency() -> None:
    assert problems("target_set", **TARGET, currency="CNY") == [
        ("currency", "is for amounts only: deals_opened is none"),
    ]
    taken("target_set", **TARGET)
    taken("target_set", **TARGET | {"metric": "completion_rate", "value": "0.6"})


def test_a_target_for_an_amount_has_the_decimals_of_its_currency() -> None:
    assert problems("target_set", **SIGNED | {"value": "0.5", "currency": "JPY"}) == [
        ("value", "0.5 has more than the 0 decimals of JPY"),
    ]


def test_an_unknown_metric_is_refused() -> None:
    [(field, reason)] = problems("target_set", **TARGET | {"metric": "happiness"})
    assert field == "metric"
    assert "'deals_opened'" in reason


@pytest.mark.parametrize("value", ["-1", "01", "1e3", "1.23456", "1,000", 8, None])
def test_an_aim_is_a_plain_decimal(value: object) -> None:
    [(field, reason)] = problems("target_set", **TARGET | {"value": value})
    assert field == "value"
    assert "up to 15 digits" in reason


@pytest.mark.parametrize("period", ["2026", "2026-Q1", "2026-Q4", "2026-01", "2026-12"])
def test_a_period_is_a_year_a_quarter_or_a_month(period: str) -> None:
    taken("target_set", **TARGET | {"period": period})
    taken("account_plan_set", **DRAFT, period=period)


@pytest.mark.parametrize("period", ["26", "2026-Q5", "2026-13", "2026-00", "2026-3", "2026-03-01", "2026Q1", "0026"])
def test_other_spellings_of_a_period_are_refused(period: str) -> None:
    says = [("period", "must be a year, quarter or month such as 2026, 2026-Q1 or 2026-03")]
    assert problems("target_set", **TARGET | {"period": period}) == says
    assert problems("account_plan_set", **DRAFT, period=period) == says


def test_a_budget_is_money_in_its_currency() -> None:
    assert problems("need_recorded", **NEED, budget="100") == [
        ("currency", "is missing: budget and currency are given together"),
    ]
    assert problems("need_recorded", **NEED, currency="CNY") == [
        ("budget", "is missing: budget and currency are given together"),
    ]
    assert problems("need_recorded", **NEED, budget="1.234", currency="CNY") == [
        ("budget", "1.234 has more than the 2 decimals of CNY"),
    ]
    taken("need_recorded", **NEED)
    taken("need_recorded", **NEED, budget="1.23", currency="CNY")


def test_a_disputed_amount_has_a_currency() -> None:
    assert problems("receivable_disputed", **DISPUTE, amount="100") == [
        ("currency", "is missing: amount and currency are given together"),
    ]
    taken("receivable_disputed", **DISPUTE)
    taken("receivable_disputed", **DISPUTE, amount="100", currency="CNY")


@pytest.mark.parametrize(
    ("name", "data", "concerned"),
    [
        ("account_merged", {"into_account_id": "A-2", "reason": "one customer", "approver": "Wu"}, {"account/A-2"}),
        (
            "deal_opened",
            {"playbook": "channel", "account_id": "A-1", "partner_account_id": "A-9"},
            {"account/A-1", "account/A-9"},
        ),
        ("care_given", {"kind": "training", "deal_id": "D-1"}, {"deal/D-1"}),
    ],
)
def test_an_event_concerns_the_deals_and_accounts_that_its_fields_name(
    name: str, data: dict[str, Any], concerned: set[str]
) -> None:
    assert EVENTS.read(f"daybook.{name}.v1", json.dumps(data)).concerns() == concerned


@pytest.mark.parametrize(
    "name", ["appointment_made", "call_made", "visit_done", "demo_held", "proposal_submitted", "message_exchanged"]
)
def test_an_activity_is_about_a_deal_or_about_an_account(name: str) -> None:
    assert EVENTS.get(f"daybook.{name}.v1").subjects == {"deal", "account"}
