"""Facts, grades, plans, merging, people, relationships and referrals."""

from datetime import date
from typing import Any

import pytest

from contracts.events.customer import AccountProfiled, AccountRegistered
from projections.replay.view import FlagRow
from projections.views.customer import (
    AccountPlanRow,
    AliasRow,
    ContactRow,
    FactRow,
    GradeRow,
    ReferralRow,
    RelationshipRow,
    customer,
)
from projections.views.customer.facts import NAMES
from tests.given import Expected, day, flag, given
from tests.saying import event_corrected, event_voided

from .telling import contact, ended, standing, tell

GRADE: dict[str, Any] = {"potential": 4, "standing": 3, "strategic": 2, "method": "abcd 1"}
CELL: dict[str, Any] = {"contact_id": "c1", "level": "personal_need", "content": "product"}


def test_facts_are_the_fields_of_both_events_but_the_note_and_the_deal() -> None:
    fields = AccountRegistered.model_fields.keys() | AccountProfiled.model_fields.keys()
    assert set(NAMES) == fields - {"note", "deal_id"}


def test_what_is_given_replaces_what_was_known_from_its_time_and_what_is_left_out_stays() -> None:
    (
        given(customer, tell("account_registered", 1, name="Acme", region="East", employees=10))
        .when(tell("account_profiled", 5, region="West", scope="local"))
        .then_all(
            standing(FactRow, 1, fact="name", value="Acme", segment="Acme", entry=2),
            standing(FactRow, 1, fact="employees", value="10", segment="10"),
            ended(FactRow, 1, 5, fact="region", value="East"),
            standing(FactRow, 5, fact="region", value="West", entry=3),
            standing(FactRow, 5, fact="scope", value="local"),
        )
    )


def test_a_fact_that_is_said_again_stands_since_it_was_said_first() -> None:
    (
        given(customer, tell("account_profiled", 1, region="East"))
        .when(tell("account_profiled", 5, region="East"))
        .unchanged()
    )


def test_an_empty_list_is_a_value_and_lists_and_long_texts_are_no_segments() -> None:
    (
        given(customer, tell("account_profiled", 1, competitors=["Bolt", "齿轮"], goals="grow"))
        .when(tell("account_profiled", 2, competitors=[]))
        .then_all(
            ended(FactRow, 1, 2, fact="competitors", value='["Bolt", "齿轮"]', segment=None),
            standing(FactRow, 2, fact="competitors", value="[]", segment=None),
            standing(FactRow, 1, fact="goals", value="grow", segment=None),
        )
    )


def test_a_late_profile_lands_at_its_time_and_touches_only_its_own_facts() -> None:
    story = given(customer, tell("account_profiled", 5, region="West"), tell("account_profiled", 3, scope="local"))
    story.when(tell("account_profiled", 1, region="East"))
    story.then(ended(FactRow, 1, 5, fact="region", value="East"), standing(FactRow, 5, fact="region", value="West"))
    assert {each.key.key[1] for each in story.changes} == {"region"}


def test_of_two_that_are_said_at_one_instant_the_later_to_arrive_counts_and_no_interval_is_empty() -> None:
    (
        given(customer, tell("account_profiled", 1, region="East"))
        .when(tell("account_profiled", 1, region="West"))
        .then_all(standing(FactRow, 1, fact="region", value="West", entry=3))
    )


def test_a_profile_without_facts_changes_nothing() -> None:
    given(customer).when(tell("account_profiled", 1, deal_id="D")).unchanged()


def test_a_void_brings_back_what_stood_before() -> None:
    first = tell("account_graded", 1, grade="B", **GRADE)
    second = tell("account_graded", 5, grade="A", **GRADE)
    (
        given(customer, first, second)
        .then_all(ended(GradeRow, 1, 5, grade="B"), standing(GradeRow, 5, grade="A", potential=4, method="abcd 1"))
        .when(event_voided("e3", at=day(9)))
        .then_all(standing(GradeRow, 1, grade="B"))
    )


def test_the_newest_plan_of_a_period_counts() -> None:
    (
        given(
            customer,
            tell("account_plan_set", 1, plan="k1", period="2026", strategy="visit", owner="Li"),
            tell("account_plan_set", 2, plan="k2", period="2026-Q1"),
        )
        .when(tell("account_plan_set", 3, plan="k3", period="2026", potential="more"))
        .then_all(
            ended(AccountPlanRow, 1, 3, plan="k1", strategy="visit", owner="Li"),
            standing(AccountPlanRow, 2, period="2026-Q1", plan="k2"),
            standing(AccountPlanRow, 3, period="2026", plan="k3", strategy=None, potential="more"),
        )
    )


def test_the_latest_merging_counts_and_the_account_that_goes_on_shows_nothing_of_it() -> None:
    merged = {"reason": "twice", "approver": "Chen"}
    (
        given(customer, tell("account_merged", 1, into_account_id="B", **merged))
        .when(tell("account_merged", 3, into_account_id="C", **merged))
        .then_all(ended(AliasRow, 1, 3, into_account="B"), standing(AliasRow, 3, into_account="C"))
        .when(tell("account_merged", 4, about="account/B", into_account_id="A", **merged))
        .unchanged()
    )


def test_merging_an_account_into_itself_is_flagged_and_has_no_effect() -> None:
    (
        given(customer)
        .when(tell("account_merged", 1, into_account_id="A", reason="twice", approver="Chen"))
        .nothing(AliasRow)
        .flagged("merged_into_itself")
    )


def test_the_latest_record_of_a_contact_counts_whole() -> None:
    (
        given(customer, contact(1, position="buyer", personal={"name": "Wang", "birthday": "1980-02-29"}))
        .when(contact(4, roles=["handler", "decision_maker"], department="IT", reports_to="c2", deal_id="D"))
        .then_all(
            ended(ContactRow, 1, 4, contact="c1", roles=("user",), job_title="buyer", birthday=date(1980, 2, 29)),
            standing(
                ContactRow,
                4,
                roles=("handler", "decision_maker"),
                job_title=None,
                department="IT",
                reports_to="c2",
                birthday=None,
                deal="D",
            ),
        )
    )


def test_a_contact_in_the_first_version_has_one_role() -> None:
    said = tell("contact_recorded", 1, contact_id="c1", role="influencer")
    given(customer).when(said).then_all(standing(ContactRow, 1, roles=("influencer",)))


def test_a_contact_recorded_for_a_deal_is_known_on_the_account_that_it_names() -> None:
    (
        given(customer)
        .when(contact(1, about="deal/D-7", account_id="A"))
        .then_all(standing(ContactRow, 1, contact="c1", deal="D-7"))
    )


def test_the_latest_judgement_of_a_cell_counts_and_cells_are_apart() -> None:
    (
        given(
            customer,
            tell("relationship_assessed", 1, reached=True, stance="supporter", decision=3, **CELL),
            tell("relationship_assessed", 2, reached=True, **{**CELL, "content": "company"}),
        )
        .when(tell("relationship_assessed", 5, about="deal/D", account_id="A", reached=False, **CELL))
        .then_all(
            ended(RelationshipRow, 1, 5, content="product", reached=True, stance="supporter", decision=3, deal=None),
            standing(RelationshipRow, 5, content="product", reached=False, stance=None, decision=None, deal="D"),
            standing(RelationshipRow, 2, content="company", reached=True),
        )
    )


@pytest.mark.parametrize("again", ["R-1", "R\u20111"])
def test_of_two_referrals_of_one_name_the_first_counts(again: str) -> None:
    first = tell("referral_received", 1, referral="R-1", referred_name="Bolt", contact_id="c1")
    (
        given(customer, first, tell("referral_received", 2, referral="R-2", referred_name="Gear"))
        .when(tell("referral_received", 3, referral=again, referred_name="Other"))
        .then_all(
            Expected(ReferralRow, {"at": day(1), "referral": "R-1", "referred_name": "Bolt", "contact": "c1"}),
            Expected(ReferralRow, {"at": day(2), "referral": "R-2"}),
        )
        .then(flag("referral_twice", entry=4))
        .when(event_voided("e2", at=day(9)))
        .then(Expected(ReferralRow, {"referral": again, "referred_name": "Other"}))
        .nothing(FlagRow)
    )


def test_a_corrected_fact_holds_from_the_time_of_the_correction() -> None:
    (
        given(customer, tell("account_profiled", 5, region="West"))
        .when(event_corrected("e2", "account_profiled", day(3), {"region": "East"}, at=day(9)))
        .then_all(standing(FactRow, 3, fact="region", value="East", entry=2))
    )
