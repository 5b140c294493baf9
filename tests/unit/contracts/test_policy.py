"""Policies are looked up by name and day; each says from which source it comes."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.policy import NoSuchPolicy, NotInForce, PolicyRow, in_force, parse, policies, policy_rows
from contracts.rules.refusals import reasons_of

ORDER_802 = date(2025, 6, 1)
SIGNED = date(2026, 1, 15)
"""Day on which a contract was signed: it decides which statutory terms and rate hold."""


def version(from_on: str, values: str = "{ limit = 10 }", more: str = "") -> str:
    return f"""
[[policies.versions]]
from_on = "{from_on}"
values = {values}
sentence = {{ zh = "规则", en = "Rule" }}

[[policies.versions.sources]]
kind = "own"
title = {{ zh = "来源", en = "Source" }}
confirmed = true
{more}"""


def policy(*versions: str, name: str = "limits", unit: str = "days") -> str:
    head = f'[[policies]]\nname = "{name}"\nnames = {{ zh = "限额", en = "Limits" }}\nunit = "{unit}"\n'
    return head + "".join(versions)


def mistakes(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        parse(text)
    return [(".".join(map(str, at)), reason) for at, reason in reasons_of(caught.value)]


@pytest.mark.parametrize(
    ("day", "rate", "since"),
    [
        ("2024-07-22", "0.0335", "2024-07-22"),
        ("2024-10-20", "0.0335", "2024-07-22"),
        ("2024-10-21", "0.0310", "2024-10-21"),
        ("2025-05-19", "0.0310", "2024-10-21"),
        ("2025-05-20", "0.0300", "2025-05-20"),
        ("2026-02-24", "0.0300", "2025-05-20"),
    ],
)
def test_the_version_in_force_is_the_latest_that_began_by_that_day(day: str, rate: str, since: str) -> None:
    found = in_force("loan_prime_rate", date.fromisoformat(day))
    assert found.value("one_year") == Decimal(rate)
    assert found.id == f"loan_prime_rate {since}"


def test_a_day_before_the_first_version_is_refused() -> None:
    with pytest.raises(NotInForce, match="late_interest holds from 2025-06-01 on, not on 2025-05-31"):
        in_force("late_interest", date(2025, 5, 31))


def test_an_unknown_policy_is_named_with_those_that_exist() -> None:
    with pytest.raises(NoSuchPolicy, match="there is no policy 'late_intrest'; there are statutory_terms, late_inte"):
        in_force("late_intrest", ORDER_802)


def test_an_unknown_value_is_named_with_those_that_the_policy_has() -> None:
    with pytest.raises(NoSuchPolicy, match="visit_rhythm has no value 'E'; it has A, B, C, D"):
        in_force("visit_rhythm", ORDER_802).value("E")


@pytest.mark.parametrize("each", policies(), ids=lambda each: each.name)
def test_every_policy_says_its_rule_and_sources_in_both_languages(each: Any) -> None:
    for one in each.versions:
        for names in (each.names, one.sentence, *(source.title for source in one.sources)):
            assert re.search("[\u4e00-\u9fff]", names.zh), names
            assert re.search("[a-zA-Z]", names.en), names
            assert not re.search("[\u4e00-\u9fff]", names.en), names


def test_what_nobody_has_read_is_marked() -> None:
    unread = {f"{each.name} {one.from_on}" for each in policies() for one in each.versions if not one.confirmed}
    assert unread == {"statutory_terms 2025-06-01", "loan_prime_rate 2026-03-20"}


def test_a_source_outside_is_confirmed_only_with_an_address_and_what_was_read_there() -> None:
    unread = version("2026-01-01").replace('kind = "own"', 'kind = "statute"')
    read = version("2026-01-01", more='url = "https://example.org/802"\nsays = "30 days"\n')
    assert mistakes(policy(unread)) == [
        (
            "policies.0.versions.0.sources.0.confirmed",
            "is true only with `url`, where it was read, and `says`, what is said there",
        )
    ]
    assert parse(policy(read.replace('kind = "own"', 'kind = "statute"')))[0].versions[0].confirmed


def test_a_version_begins_after_the_one_before() -> None:
    assert mistakes(policy(version("2026-01-01"), version("2026-01-01"))) == [
        ("policies.0.versions.1.from_on", "must be later than 2026-01-01, where the version before begins")
    ]


def test_a_value_that_one_version_lacks_would_be_a_gap_and_is_refused() -> None:
    assert mistakes(policy(version("2026-01-01", "{ a = 1, b = 2 }"), version("2026-02-01", "{ a = 1, c = 2 }"))) == [
        ("policies.0.versions.1.values", "has other keys than the version before: b, c")
    ]


def test_a_policy_without_a_version_or_a_version_without_a_source_is_refused() -> None:
    assert mistakes(policy()) == [("policies.0.versions", "is missing")]
    without = version("2026-01-01").partition("[[policies.versions.sources]]")[0]
    assert mistakes(policy(without)) == [("policies.0.versions.0.sources", "is missing")]


def test_a_name_stands_for_one_policy() -> None:
    assert mistakes(policy(version("2026-01-01")) + policy(version("2026-02-01"))) == [
        ("policies.1.name", "the name 'limits' is used twice")
    ]


@pytest.mark.parametrize(
    ("unit", "value", "reason"),
    [
        ("days", '"1.5"', "must be a whole number: it is in days"),
        ("rate_per_day", "5", "must be a fraction from 0 to 1"),
        ("probability", "-1", "must be a fraction from 0 to 1"),
        ("days", '"ten"', 'must be a whole number, or a decimal as text such as "0.0005"'),
        ("days", "true", 'must be a whole number, or a decimal as text such as "0.0005"'),
    ],
)
def test_a_value_fits_its_unit(unit: str, value: str, reason: str) -> None:
    assert mistakes(policy(version("2026-01-01", f"{{ limit = {value} }}"), unit=unit)) == [
        ("policies.0.versions.0.values.limit", reason)
    ]


def test_rows_for_sql_hold_until_the_next_version_begins() -> None:
    assert [each for each in policy_rows() if each.name == "loan_prime_rate"][1:3] == [
        PolicyRow("loan_prime_rate", "one_year", Decimal("0.0310"), date(2024, 10, 21), date(2025, 5, 20)),
        PolicyRow("loan_prime_rate", "one_year", Decimal("0.0300"), date(2025, 5, 20), date(2026, 3, 20)),
    ]
    for row in policy_rows():
        assert in_force(row.name, row.from_on).value(row.key) == row.value
        if row.until_on is not None:
            assert in_force(row.name, row.until_on - timedelta(days=1)).version.from_on == row.from_on
            assert in_force(row.name, row.until_on).version.from_on == row.until_on


def due_on(buyer: str, start: date, agreed: int | None) -> date:
    """Due date by Order 802, article 9. The term begins on `start`: delivery or, where that is agreed, acceptance."""
    terms = in_force("statutory_terms", SIGNED)
    days = terms.value(f"{buyer}_not_agreed") if agreed is None else Decimal(agreed)
    if buyer == "public":
        days = min(days, terms.value("public_longest"))
    return start + timedelta(days=int(days))


@pytest.mark.parametrize(
    ("buyer", "start", "agreed", "due"),
    [
        ("public", date(2026, 2, 1), None, date(2026, 3, 3)),
        ("public", date(2026, 2, 10), 90, date(2026, 4, 11)),
        ("public", date(2026, 2, 10), 45, date(2026, 3, 27)),
        ("large_enterprise", date(2026, 2, 1), None, date(2026, 4, 2)),
        ("large_enterprise", date(2026, 2, 1), 90, date(2026, 5, 2)),
    ],
)
def test_the_statutory_terms_give_the_due_dates_of_order_802(
    buyer: str, start: date, agreed: int | None, due: date
) -> None:
    assert due_on(buyer, start, agreed) == due


def test_the_statutory_rate_gives_the_interest_of_order_802() -> None:
    """600,000 due on 3 March: 200,000 paid on the 13th, 100,000 disputed, the rest open on 31 March."""
    due, rate = (
        due_on("public", date(2026, 2, 1), None),
        in_force("late_interest", SIGNED).value("not_agreed"),
    )
    paid = 200_000 * rate * (date(2026, 3, 13) - due).days
    still_open = 300_000 * rate * (date(2026, 3, 31) - due).days
    assert (paid, still_open) == (Decimal(1000), Decimal(4200))


def test_each_reminder_comes_later_than_the_one_before() -> None:
    ladder = in_force("reminder_ladder", ORDER_802)
    assert [ladder.value(str(level)) for level in range(1, 6)] == [-3, 1, 15, 30, 60]


def test_better_grades_are_harder_to_reach_and_seen_more_often() -> None:
    grades, rhythm = in_force("account_grades", ORDER_802), in_force("visit_rhythm", ORDER_802)
    assert [grades.value(each) for each in "ABC"] == [4**3, 3**3, 2**3]
    assert [rhythm.value(each) for each in "ABCD"] == [30, 60, 90, 180]


def test_a_commit_is_likelier_than_a_best_case() -> None:
    categories = in_force("forecast_categories", ORDER_802)
    assert (categories.value("commit"), categories.value("best")) == (Decimal("0.75"), Decimal("0.50"))


def test_periods_in_days() -> None:
    found = {(each.name, each.key): each.value for each in policy_rows()}
    assert found["follow_up", "horizon"] == 14
    assert found["data_quality", "late_entry"] == 2
    assert found["data_quality", "unapplied"] == found["data_quality", "disputed"] == 30
    assert found["life_cycle", "recent"] == 365
