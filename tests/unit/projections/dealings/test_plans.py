"""Plans: open until the first activity that names them, or until they are cancelled."""

from datetime import date

import pytest

from projections.views.dealings import dealings
from tests.given import Said, day, given
from tests.saying import said

from .rows import cancelled, plan, planned


def test_a_plan_is_open_with_all_that_it_says() -> None:
    (
        given(dealings)
        .when(planned("p1", at=day(1), kind="call", due_on="2026-01-09", owner="Li", contact_id="c1", agenda="price"))
        .then_all(
            plan(
                plan="p1",
                from_at=day(1),
                kind="call",
                due_on=date(2026, 1, 9),
                owner="Li",
                contact="c1",
                agenda="price",
                state="open",
                entry=2,
            )
        )
    )


@pytest.mark.parametrize(
    "activity",
    [
        said("call_made", day(3), plan="p1"),
        said("visit_done", day(3), plan="p1", purpose="survey"),
        said("demo_held", day(3), plan="p1"),
        said("proposal_submitted", day(3), plan="p1", kind="formal"),
        said("appointment_made", day(3), plan="p1", scheduled_at="2026-02-01T09:00:00+08:00"),
        said("message_exchanged", day(3), plan="p1", message="m1", channel="email", kind="sent"),
        said("quote_submitted", day(3), plan="p1", quote="q1", amount="90.00", currency="CNY"),
        Said("care_given", {"kind": "gift", "plan": "p1", "deal_id": "D"}, day(3), subject="account/A"),
        Said(
            "reminder_sent",
            {"invoices": ["I-1"], "level": 1, "channel": "call", "plan": "p1", "deal_id": "D"},
            day(3),
            subject="account/A",
        ),
    ],
    ids=lambda fact: fact.name,
)
def test_the_first_event_that_names_a_plan_does_it(activity: Said) -> None:
    (
        given(dealings, planned("p1", at=day(1)))
        .when(activity, said("call_made", day(4), plan="p1"))
        .then_all(
            plan(from_at=day(1), to_at=day(3), state="open", entry=2), plan(from_at=day(3), state="done", entry=3)
        )
    )


def test_an_activity_that_names_no_plan_or_another_one_does_none() -> None:
    (
        given(dealings, planned("p1", at=day(1)))
        .when(said("call_made"), said("call_made", plan="p2"))
        .then_all(plan(plan="p1", state="open"))
    )


def test_a_plan_is_named_as_people_see_it() -> None:
    (
        given(dealings, planned("call Li", at=day(1)))
        .when(said("call_made", day(2), plan="call\u00a0Li\u200b"))
        .then(plan(plan="call Li", state="done"))
    )


def test_a_plan_that_an_activity_names_before_it_was_planned_is_done_from_the_beginning() -> None:
    (
        given(dealings, said("call_made", day(1), plan="p1"))
        .when(planned("p1", at=day(2)))
        .then_all(plan(from_at=day(2), state="done", entry=2))
    )


def test_a_cancelled_plan_is_not_open_any_more() -> None:
    story = given(dealings, planned("p1", at=day(1))).when(cancelled(day(2), plan="p1"))
    story.then_all(plan(to_at=day(2), state="open"), plan(from_at=day(2), state="cancelled", entry=3))
    story.when(cancelled(day(3), plan="p1"), cancelled(day(3), plan="p2")).unchanged()


def test_a_plan_that_is_done_cannot_be_cancelled_or_planned_anew() -> None:
    story = given(dealings, planned("p1", at=day(1)), said("call_made", day(2), plan="p1"))
    story.when(cancelled(day(3), plan="p1"), planned("p1", at=day(4), kind="demo")).unchanged()
    story.then(plan(state="done", kind="visit"))


def test_a_plan_made_anew_has_new_values_and_is_open_again() -> None:
    story = given(dealings, planned("p1", at=day(1), owner="Li")).when(planned("p1", at=day(2), due_on="2026-03-01"))
    story.then(plan(from_at=day(2), due_on=date(2026, 3, 1), owner=None, state="open", entry=3))
    story.when(cancelled(day(3), plan="p1"), planned("p1", at=day(4)))
    story.then(plan(from_at=day(4), state="open"), plan(from_at=day(3), to_at=day(4), state="cancelled"))


def test_a_cancelled_plan_that_is_carried_out_all_the_same_is_done() -> None:
    (
        given(dealings, planned("p1", at=day(1)), cancelled(day(2), plan="p1"))
        .when(said("call_made", day(3), plan="p1"))
        .then(plan(from_at=day(3), state="done"))
    )
