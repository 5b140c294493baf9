"""Touches, cases and planned activities."""

from datetime import date
from typing import cast

import pytest

from projections.replay.playbooks import Playbooks
from projections.replay.view import FlagRow
from projections.views.customer import CaseRow, TodoRow, TouchRow, customer
from tests.given import Expected, Said, day, flag, given
from tests.saying import event_voided

from .telling import call, ended, feedback, planned, standing, tell


def touch(kind: str, at: float, **fields: object) -> Expected:
    return Expected(TouchRow, {"kind": kind, "at": day(at), **fields})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            call(1, contact_id="c1", outcome="interested", direction="inbound"),
            touch("call_made", 1, contacts=("c1",), outcome="interested", direction="inbound", purpose=None),
        ),
        (
            tell("visit_done", 1, purpose="care", contact_ids=["c1", "c2"]),
            touch("visit_done", 1, contacts=("c1", "c2"), purpose="care", deal=None),
        ),
        (
            tell("visit_done", 1, about="deal/D", account_id="A", purpose="survey"),
            touch("visit_done", 1, deal="D", contacts=()),
        ),
        (tell("appointment_made", 1, scheduled_at="2026-02-01T09:00:00Z"), touch("appointment_made", 1)),
        (tell("demo_held", 1), touch("demo_held", 1)),
        (tell("proposal_submitted", 1, kind="formal"), touch("proposal_submitted", 1)),
        (
            tell(
                "message_exchanged",
                1,
                message="m1",
                channel="wechat",
                kind="clicked",
                direction="outbound",
                campaign="x",
            ),
            touch(
                "message_exchanged",
                1,
                message="m1",
                message_kind="clicked",
                channel="wechat",
                direction="outbound",
                campaign="x",
            ),
        ),
        (
            tell("care_given", 1, kind="gift", deal_id="D", channel="letter", contact_id="c1"),
            touch("gift", 1, deal="D", channel="letter", contacts=("c1",)),
        ),
        (tell("care_given", 1, kind="other"), touch("other_care", 1)),
        (feedback(1, "satisfaction", score=9), touch("satisfaction", 1, score=9, message_kind=None)),
        (feedback(1, "praise", contact_id="c1"), touch("praise", 1, contacts=("c1",), score=None)),
        (feedback(1, case="Q-1", resolved=False), touch("complaint", 1, case_number="Q-1", resolved=False)),
    ],
    ids=lambda each: each.name if isinstance(each, Said) else "",
)
def test_what_passes_between_us_and_an_account_is_a_touch(said: Said, expected: Expected) -> None:
    given(customer).when(said).then_all(expected)


def test_a_touch_says_who_did_it_and_for_which_department() -> None:
    (entry,) = given(customer, call(1)).replay.entries
    state = customer.initial("A")
    (key,) = customer.evolve(state, entry._replace(actor="Li", department="销售部"), Playbooks())
    assert touch("call_made", 1, actor="Li", department="销售部").fits(cast("TouchRow", customer.row(state, key)))


def test_a_late_touch_changes_no_other_row() -> None:
    story = given(customer, call(3), call(5)).when(call(1))
    assert [(each.before, each.key.key[1]) for each in story.changes] == [(None, story.sequence)]


def test_reminders_and_plans_are_no_touches() -> None:
    (
        given(customer, planned(1))
        .when(tell("reminder_sent", 2, invoices=["I-1"], level=1, channel="call", plan="p1"))
        .nothing(TouchRow)
        .then(standing(TodoRow, 2, state="done"))
    )


def test_a_case_is_open_until_feedback_says_that_it_is_settled() -> None:
    (
        given(customer, feedback(1, case="Q-1"))
        .then_all(standing(CaseRow, 1, case_number="Q-1", kind="complaint", state="open"))
        .when(feedback(3, "satisfaction", score=8, case="Q\u20101", resolved=True))
        .then_all(
            ended(CaseRow, 1, 3, state="open", entry=2),
            standing(CaseRow, 3, case_number="Q-1", kind="complaint", state="closed", entry=3),
        )
    )


def test_an_objection_that_becomes_a_complaint_changes_its_kind_and_settling_it_does_not() -> None:
    (
        given(customer, feedback(1, "objection", case="Q-1"), feedback(2, "complaint", case="Q-1"))
        .when(feedback(3, "objection", case="Q-1", resolved=True))
        .then_all(
            ended(CaseRow, 1, 2, kind="objection", state="open"),
            ended(CaseRow, 2, 3, kind="complaint", state="open"),
            standing(CaseRow, 3, kind="complaint", state="closed"),
        )
    )


@pytest.mark.parametrize(
    "again", [feedback(5, "complaint", case="Q-1"), feedback(5, "praise", case="Q-1", resolved=False)]
)
def test_a_closed_case_opens_again_by_a_complaint_or_where_it_is_said_to_be_unsettled(again: Said) -> None:
    (
        given(customer, feedback(1, case="Q-1"), feedback(3, case="Q-1", resolved=True))
        .when(again)
        .then(ended(CaseRow, 3, 5, state="closed"), standing(CaseRow, 5, kind="complaint", state="open"))
    )


def test_satisfaction_and_praise_that_say_nothing_of_settling_leave_a_case_as_it_is() -> None:
    (
        given(customer, feedback(1, case="Q-1"))
        .when(feedback(2, "praise", case="Q-1"), feedback(3, "satisfaction", score=2, case="Q-1"))
        .unchanged(CaseRow)
    )


def test_feedback_that_is_neither_objection_nor_complaint_makes_no_case() -> None:
    given(customer).when(feedback(1, "praise", case="Q-1", resolved=True)).nothing(CaseRow)


def test_a_complaint_that_was_settled_at_once_is_a_closed_case() -> None:
    given(customer).when(feedback(1, case="Q-1", resolved=True)).then_all(standing(CaseRow, 1, state="closed"))


def test_a_plan_is_open_until_the_first_activity_that_names_it() -> None:
    (
        given(customer, planned(1, owner="Li", contact_id="c1", agenda="price"))
        .then_all(
            standing(
                TodoRow, 1, todo="p1", kind="call", due_on=date(2026, 1, 20), owner="Li", contact="c1", state="open"
            )
        )
        .when(call(3, plan="p1"), call(4, plan="p1"))
        .then_all(
            ended(TodoRow, 1, 3, state="open", entry=2),
            standing(TodoRow, 3, state="done", entry=3, owner="Li", agenda="price"),
        )
        .flagged()
    )


def test_a_deals_visit_carries_out_no_plan_of_the_account() -> None:
    (
        given(customer, planned(1))
        .when(tell("visit_done", 2, about="deal/D", account_id="A", purpose="care", plan="p1"))
        .unchanged(TodoRow, FlagRow)
    )


def test_a_plan_that_is_made_anew_replaces_the_former_one() -> None:
    (
        given(customer, planned(1))
        .when(planned(2, plan="p\u200b1", due_on="2026-02-20"))
        .then_all(
            ended(TodoRow, 1, 2, due_on=date(2026, 1, 20)),
            standing(TodoRow, 2, todo="p1", due_on=date(2026, 2, 20), state="open"),
        )
    )


def test_a_cancelled_plan_is_open_again_when_it_is_planned_anew_and_done_when_it_is_done_all_the_same() -> None:
    (
        given(customer, planned(1), tell("activity_cancelled", 2, plan="p1"), tell("activity_cancelled", 3, plan="p1"))
        .then_all(ended(TodoRow, 1, 2, state="open"), standing(TodoRow, 2, state="cancelled", entry=3))
        .when(planned(4))
        .then(ended(TodoRow, 2, 4, state="cancelled"), standing(TodoRow, 4, state="open"))
        .when(tell("activity_cancelled", 5, plan="p1"), call(6, plan="p1"))
        .then(ended(TodoRow, 5, 6, state="cancelled"), standing(TodoRow, 6, state="done"))
        .flagged()
    )


@pytest.mark.parametrize("later", [planned(5), tell("activity_cancelled", 5, plan="p1")])
def test_what_is_done_stays_done_and_planning_or_cancelling_it_is_flagged(later: Said) -> None:
    (
        given(customer, planned(1), call(3, plan="p1"))
        .when(later)
        .unchanged(TodoRow)
        .then(flag("plan_is_done", entry=4, from_at=day(5)))
    )


@pytest.mark.parametrize(
    ("first", "state"), [(call(2, plan="p1"), "done"), (tell("activity_cancelled", 2, plan="p1"), "cancelled")]
)
def test_what_names_a_plan_that_is_not_there_yet_waits_flagged_and_then_takes_effect(first: Said, state: str) -> None:
    (
        given(customer)
        .when(first)
        .nothing(TodoRow)
        .flagged("unknown_plan")
        .when(planned(3))
        .then_all(standing(TodoRow, 3, state=state, entry=2))
        .then(flag("unknown_plan", entry=2, from_at=day(2), to_at=day(3)))
        .flagged()
    )


def test_a_late_plan_ends_the_waiting_as_if_it_had_been_there() -> None:
    (
        given(customer, call(2, plan="p1"))
        .when(planned(1))
        .then_all(ended(TodoRow, 1, 2, state="open"), standing(TodoRow, 2, state="done", entry=2))
        .nothing(FlagRow)
    )


def test_a_void_of_the_activity_opens_its_plan_again() -> None:
    (
        given(customer, planned(1), call(3, plan="p1"))
        .when(event_voided("e3", at=day(9)))
        .then_all(standing(TodoRow, 1, state="open"))
        .nothing(TouchRow)
    )


def test_the_cancellation_of_an_appointment_cancels_no_plan() -> None:
    (given(customer, planned(1)).when(tell("activity_cancelled", 2, target={"source": "crm", "id": "e2"})).unchanged())
