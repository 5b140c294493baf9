"""Revoked and voided evidence and withdrawn commitments move a deal back; nothing is deleted."""

from projections.views.stage_position import PositionRow, stage_position
from tests.given import day, flag, given
from tests.playbooks import by, item, playbook, stage
from tests.saying import (
    call_made,
    commitment,
    commitment_withdrawn,
    criterion,
    deal_opened,
    deal_through,
    event_corrected,
    event_voided,
    evidence_revoked,
    milestone,
    position,
    said,
    visit_done,
)


def test_a_withdrawn_commitment_moves_the_deal_back() -> None:
    given(stage_position, *deal_through(stage=4)).when(commitment_withdrawn(stage=4, at=day(30))).then(
        position(stage=4, phase="entered", probability="0.25", since=day(30))
    )


def test_a_withdrawn_commitment_of_an_earlier_stage_takes_the_later_ones_with_it() -> None:
    given(stage_position, *deal_through(4)).when(commitment_withdrawn(2)).then(
        position(stage=2, phase="entered", probability="0.1")
    )


def test_a_commitment_given_again_counts_again() -> None:
    told = given(stage_position, *deal_through(4), commitment_withdrawn(2))
    told.when(commitment(2)).then(position(stage=4, phase="completed", probability="0.3"))


def test_a_withdrawal_takes_back_what_else_the_commitment_met() -> None:
    asked_twice = item("asked_twice", by("customer_commitment_received", stage=1, at_least=2))
    odd = playbook("odd", stage("a", "0.1", (item("begun"),)), stage("b", "0.2", (asked_twice,), (item("done"),)))
    told = given(stage_position, odd, deal_opened("odd"), milestone("begun"))
    told.when(commitment(1), commitment_withdrawn(1), commitment(1)).then(position(stage=1, phase="completed"))
    told.when(commitment(1)).then(position(stage=2, phase="entered"))


def test_revoking_a_milestone_moves_the_deal_to_the_stage_before() -> None:
    told = given(stage_position, *deal_through(3)).when(evidence_revoked(item="survey_made"))
    told.then(position(stage=1, phase="completed", probability="0.1"))


def test_revoking_a_criterion_takes_the_completion_back() -> None:
    told = given(stage_position, *deal_through(3)).when(evidence_revoked(item="pain_agreed"))
    told.then(position(stage=2, phase="entered", probability="0.1"))


def test_a_revocation_counts_from_its_own_time_and_the_history_shows_both() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(2), id="m"))
    told.when(evidence_revoked(target="m", at=day(5))).then_all(
        position(stage=None, from_at=day(0), to_at=day(2)),
        position(stage=1, from_at=day(2), to_at=day(5)),
        position(stage=None, from_at=day(5)),
    )


def test_revoking_an_event_takes_it_back_for_every_item() -> None:
    told = given(stage_position, *deal_through(1), visit_done("survey", id="v"))
    told.tell(milestone("survey_made"))
    told.when(evidence_revoked(target="v")).then(position(stage=1, phase="completed"))
    told.when(milestone("visit_held")).then(position(stage=2, phase="entered"))


def test_revoking_an_item_leaves_what_its_evidence_meets_elsewhere() -> None:
    told = given(stage_position, *deal_through(1), visit_done("survey"), evidence_revoked(item="survey_made"))
    told.when(milestone("survey_made")).then(position(stage=2, phase="entered"))


def test_other_evidence_for_the_same_item_keeps_it_met() -> None:
    told = given(stage_position, deal_opened(), milestone("interested", id="first"), call_made("interested"))
    told.when(evidence_revoked(target="first")).unchanged(PositionRow).then(position(stage=1, phase="entered"))


def test_more_of_the_same_evidence_keeps_it_met() -> None:
    told = given(stage_position, deal_opened(), milestone("interested", id="first"), milestone("interested", id="more"))
    told.when(evidence_revoked(target="first")).unchanged(PositionRow).then(position(stage=1, phase="entered"))
    told.when(evidence_revoked(target="more")).then(position(stage=None))


def test_evidence_after_a_revocation_counts_again() -> None:
    told = given(stage_position, deal_opened(), milestone("interested"), evidence_revoked(item="interested"))
    told.when(milestone("interested")).then(position(stage=1, phase="entered"))


def test_revoking_takes_an_item_below_the_number_that_it_asks_for() -> None:
    told = given(stage_position, *deal_through(2, "entered"), criterion("pain_agreed"), commitment(2))
    told.tell(said("contact_recorded", id="one", contact_id="c1", role="user"))
    told.tell(said("contact_recorded", id="two", contact_id="c2", role="user"))
    told.then(position(stage=2, phase="completed"))
    told.when(evidence_revoked(target="one")).then(position(stage=2, phase="entered"))
    told.when(said("contact_recorded", contact_id="c3", role="user")).then(position(stage=2, phase="completed"))


def test_revoking_a_commitment_event_takes_it_back() -> None:
    told = given(stage_position, *deal_through(2)[:-1], commitment(2, id="word"))
    told.then(position(stage=2, phase="completed"))
    told.when(evidence_revoked(target="word")).then(position(stage=2, phase="entered"))


def test_revoking_what_is_not_evidence_is_flagged() -> None:
    told = given(stage_position, deal_opened(id="o"))
    told.when(evidence_revoked(target="o")).flagged("revoked_unknown")
    told.when(evidence_revoked(target="never")).flagged("revoked_unknown", "revoked_unknown")
    told.when(evidence_revoked(item="interested")).then(flag("revoked_unknown", entry=told.sequence))


def test_revoking_what_was_taken_back_already_is_flagged() -> None:
    told = given(stage_position, deal_opened(), milestone("interested", id="m"), evidence_revoked(item="interested"))
    told.when(evidence_revoked(target="m")).flagged("revoked_unknown")
    told.when(evidence_revoked(item="interested")).flagged("revoked_unknown", "revoked_unknown")


def test_revoking_an_unknown_item_is_flagged() -> None:
    given(stage_position, deal_opened()).when(evidence_revoked(item="invented")).flagged("unknown_item")


def test_withdrawing_what_was_never_given_is_flagged() -> None:
    told = given(stage_position, deal_opened()).when(commitment_withdrawn(1)).flagged("withdrawn_unknown")
    told.when(commitment_withdrawn(9)).flagged("withdrawn_unknown", "unknown_stage")


def test_voided_evidence_never_happened() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("interested", at=day(2), id="m"))
    told.when(event_voided("m", at=day(9))).then_all(position(stage=None, from_at=day(0)))


def test_corrected_evidence_counts_as_it_should_have_been() -> None:
    told = given(stage_position, deal_opened(at=day(0)), milestone("visit_held", at=day(2), id="m"))
    told.when(event_corrected("m", "milestone_achieved", day(4), {"milestone": "interested"}, at=day(9))).then_all(
        position(stage=None, from_at=day(0), to_at=day(4)), position(stage=1, phase="entered", from_at=day(4))
    )
