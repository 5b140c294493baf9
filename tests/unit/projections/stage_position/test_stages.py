"""Entering and completing stages (domain.md §3, from seed 004)."""

from projections.views.stage_position import PositionRow, stage_position
from tests.given import day, given
from tests.playbooks import item, playbook, stage
from tests.saying import (
    commitment,
    criterion,
    deal_opened,
    deal_through,
    milestone,
    position,
)


def test_an_opened_deal_is_before_the_first_stage() -> None:
    given(stage_position).when(deal_opened(at=day(1))).then_all(
        position(playbook="practice", version=1, stage=None, phase=None, probability="0", since=day(1), from_at=day(1))
    )


def test_a_stage_is_entered_when_all_its_milestones_are_done() -> None:
    given(stage_position, *deal_through(1), milestone("visit_held")).when(milestone("survey_made")).then(
        position(stage=2, phase="entered", probability="0.1")
    )


def test_one_missing_milestone_keeps_the_deal_at_the_stage_before() -> None:
    given(stage_position, *deal_through(1)).when(milestone("visit_held")).unchanged(PositionRow).then(
        position(stage=1, phase="completed")
    )


def test_a_stage_is_not_entered_before_the_previous_one_is_completed() -> None:
    given(stage_position, *deal_through(1, "entered")).when(milestone("visit_held"), milestone("survey_made")).then(
        position(stage=1, phase="entered", probability="0")
    )


def test_a_stage_is_completed_by_all_criteria_and_the_commitment() -> None:
    told = given(stage_position, *deal_through(2, "entered"), criterion("pain_agreed"), criterion("roles_mapped"))
    told.then(position(stage=2, phase="entered"))
    told.when(commitment(2)).then(position(stage=2, phase="completed", probability="0.2"))


def test_a_commitment_without_all_criteria_completes_nothing() -> None:
    told = given(stage_position, *deal_through(2, "entered"), criterion("pain_agreed"))
    told.when(commitment(2)).unchanged(PositionRow).then(position(stage=2, phase="entered", probability="0.1"))


def test_a_stage_that_asks_for_no_commitment_is_completed_by_its_criteria() -> None:
    short = playbook("short", stage("only", "0.4", (item("begun"),), (item("done"),), commitment=False))
    told = given(stage_position, short, deal_opened("short"), milestone("begun"))
    told.when(criterion("done")).then(position(stage=1, phase="completed", probability="0.4"))


def test_completing_a_stage_does_not_start_the_next() -> None:
    given(stage_position).when(*deal_through(2)).then(position(stage=2, phase="completed"))


def test_the_probability_steps_up_at_completion_alone() -> None:
    told = given(stage_position, *deal_through(3, "entered")).then(position(stage=3, probability="0.2"))
    told.when(criterion("exchange_agreed"), commitment(3)).then(position(stage=3, probability="0.25"))


def test_the_probability_is_zero_before_the_first_completion() -> None:
    given(stage_position).when(*deal_through(1, "entered")).then(position(stage=1, probability="0"))


def test_the_last_stage_can_be_completed() -> None:
    given(stage_position).when(*deal_through(4)).then(position(stage=4, phase="completed", probability="0.3"))


def test_early_evidence_counts_as_soon_as_the_stages_before_allow() -> None:
    told = given(stage_position, deal_opened(at=day(1)), milestone("visit_held", at=day(2)))
    told.tell(milestone("survey_made", at=day(3)), milestone("interested", at=day(4)), commitment(1, at=day(5)))
    told.then(position(stage=1, phase="entered", since=day(4)))
    told.when(criterion("meeting_confirmed", at=day(6))).then(
        position(stage=2, phase="entered", probability="0.1", since=day(6))
    )


def test_no_stage_is_jumped() -> None:
    told = given(stage_position, deal_opened(), *deal_through(4)[4:])
    told.then_all(position(stage=None, phase=None))


def test_several_stages_may_be_taken_at_one_instant() -> None:
    told = given(stage_position, deal_opened(at=day(1)), *deal_through(4)[2:])
    told.when(milestone("interested", at=day(20))).then_all(
        position(stage=None, from_at=day(1), to_at=day(20)), position(stage=4, phase="completed", since=day(20))
    )


def test_entry_dates_from_the_latest_of_the_items_needed_whatever_arrives_last() -> None:
    told = given(stage_position, deal_opened(at=day(1)))
    told.tell(milestone("interested", at=day(9)), criterion("meeting_confirmed", at=day(4)), commitment(1, at=day(7)))
    told.then_all(
        position(stage=None, from_at=day(1), to_at=day(9)), position(stage=1, phase="completed", from_at=day(9))
    )


def test_a_late_fact_lands_at_its_time() -> None:
    told = given(stage_position, deal_opened(at=day(1)), criterion("meeting_confirmed", at=day(10)))
    told.tell(commitment(1, at=day(11)))
    told.when(milestone("interested", at=day(5), id="late")).then_all(
        position(stage=None, from_at=day(1), to_at=day(5)),
        position(stage=1, phase="entered", from_at=day(5), to_at=day(11), entry=told.sequence),
        position(stage=1, phase="completed", from_at=day(11)),
    )


def test_evidence_before_the_opening_counts_from_the_opening_on() -> None:
    given(stage_position, milestone("interested", at=day(1))).nothing(PositionRow).when(
        deal_opened(at=day(3))
    ).then_all(position(stage=1, phase="entered", from_at=day(3), since=day(3)))
