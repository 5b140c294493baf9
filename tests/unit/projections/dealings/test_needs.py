"""Needs of the customer, and the stage of its own purchasing: what was said last stands."""

from datetime import date

from projections.views.dealings import dealings
from tests.given import day, given
from tests.saying import said

from .rows import need, purchase_stage


def test_a_need_shows_what_was_recorded_of_it() -> None:
    recorded = said(
        "need_recorded",
        day(2),
        need="n1",
        kind="hidden",
        budget="500.00",
        currency="CNY",
        needed_by="2026-06-30",
        motive="personal",
        priority="high",
        follow_on=True,
        contact_id="c1",
        project_size="3 halls",
    )
    (
        given(dealings)
        .when(recorded)
        .then_all(
            need(
                need="n1",
                from_at=day(2),
                kind="hidden",
                budget="500.00",
                currency="CNY",
                needed_by=date(2026, 6, 30),
                motive="personal",
                priority="high",
                follow_on=True,
                contact="c1",
                project_size="3 halls",
                entry=2,
            )
        )
    )


def test_a_later_record_of_a_need_replaces_the_earlier_one_whole() -> None:
    (
        given(
            dealings,
            said("need_recorded", day(1), need="n1", kind="hidden", budget="500.00", currency="CNY"),
            said("need_recorded", day(1), need="n2", kind="hidden"),
        )
        .when(said("need_recorded", day(3), need="n1\u200b", kind="explicit"))
        .then_all(
            need(need="n1", to_at=day(3), kind="hidden", budget="500.00"),
            need(need="n1", from_at=day(3), kind="explicit", budget=None, currency=None),
            need(need="n2", kind="hidden"),
        )
    )


def test_the_latest_observation_of_the_purchasing_stage_stands() -> None:
    observed = said("purchase_stage_observed", day(4), number=4, confidence="stated", contact_id="c1")
    story = given(dealings, observed)
    story.when(said("purchase_stage_observed", day(2), number=2, confidence="inferred"))
    story.then_all(
        purchase_stage(from_at=day(2), to_at=day(4), number=2, confidence="inferred", entry=3),
        purchase_stage(from_at=day(4), number=4, confidence="stated", contact="c1", entry=2),
    )


def test_an_observation_of_the_same_stage_is_a_new_one() -> None:
    (
        given(dealings, said("purchase_stage_observed", day(2), number=2, confidence="stated"))
        .when(said("purchase_stage_observed", day(9), number=2, confidence="stated"))
        .then(purchase_stage(from_at=day(9), number=2, entry=3))
    )


def test_of_two_observations_at_one_instant_the_one_recorded_last_stands() -> None:
    (
        given(dealings, said("purchase_stage_observed", day(2), number=2, confidence="stated"))
        .when(said("purchase_stage_observed", day(2), number=3, confidence="stated"))
        .then_all(purchase_stage(number=3, from_at=day(2)))
    )
