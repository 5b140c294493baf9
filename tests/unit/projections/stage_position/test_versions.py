"""A deal keeps the playbook version that it was opened with, until it is moved."""

from projections.views.stage_position import stage_position
from tests.given import day, flag, given
from tests.playbooks import CLAIMED, PRACTICE, SHORTER, item, playbook, stage
from tests.saying import (
    commitment,
    criterion,
    deal_opened,
    deal_through,
    event_corrected,
    evidence_revoked,
    milestone,
    position,
    said,
    stage_claimed,
)

LATER = playbook("later", stage("only", "0.4", (item("begun"),), (item("done"),)))
LATER_2 = playbook("later", stage("only", "0.5", (item("begun"),), (item("done"),)), version=2)


def test_a_deal_has_the_version_that_its_opening_names() -> None:
    given(stage_position, SHORTER).when(deal_opened(playbook_version=1)).then(position(version=1))


def test_without_one_the_highest_published_before_counts() -> None:
    given(stage_position, LATER_2, LATER).when(deal_opened("later")).then(position(version=2))


def test_a_deal_keeps_its_version_when_another_is_published() -> None:
    given(stage_position, *deal_through(2)).when(SHORTER).unchanged().then(position(version=1, stage=2))


def test_while_the_playbook_is_unknown_the_deal_has_no_stage() -> None:
    told = given(stage_position).when(deal_opened("later"), milestone("begun"))
    told.then_all(position(playbook="later", version=None, stage=None, phase=None, probability="0"))
    told.flagged("unknown_playbook").then(flag("unknown_playbook", entry=2, detail="later"))


def test_a_playbook_published_later_judges_all_that_was_said() -> None:
    told = given(stage_position, deal_opened("later", at=day(1)), milestone("begun", at=day(2)))
    told.when(LATER).flagged().then_all(
        position(version=1, stage=None, from_at=day(1), to_at=day(2)),
        position(version=1, stage=1, phase="entered", from_at=day(2)),
    )


def test_the_first_published_later_counts() -> None:
    given(stage_position, deal_opened("later")).when(LATER_2, LATER).then(position(version=2))


def test_a_deal_that_names_a_version_waits_for_that_one() -> None:
    told = given(stage_position, deal_opened("later", playbook_version=2)).when(LATER)
    told.flagged("unknown_playbook").then(position(version=2, stage=None))
    told.when(LATER_2, milestone("begun")).flagged().then(position(version=2, stage=1))


def test_from_a_move_on_all_evidence_is_judged_by_the_new_version() -> None:
    told = given(stage_position, SHORTER, deal_opened(at=day(0), playbook_version=1), *deal_through(1)[1:])
    told.tell(milestone("proposal_delivered", at=day(1)))
    told.then(position(version=1, stage=1, phase="completed"))
    told.when(said("deal_revised", at=day(3), playbook_version=2)).then(
        position(version=2, stage=2, phase="entered", from_at=day(3), since=day(3)),
        position(version=1, stage=1, phase="completed", to_at=day(3)),
    )


def test_a_move_that_leaves_the_deal_at_its_stage_does_not_begin_it_anew() -> None:
    told = given(
        stage_position, SHORTER, deal_opened(at=day(0), playbook_version=1), milestone("interested", at=day(2))
    )
    told.when(said("deal_revised", at=day(5), playbook_version=2)).then(
        position(version=2, stage=1, phase="entered", from_at=day(5), since=day(2))
    )


def test_what_was_taken_back_before_a_move_stays_taken_back() -> None:
    told = given(stage_position, SHORTER, *deal_through(1, "entered"), evidence_revoked(item="interested"))
    told.when(said("deal_revised", playbook_version=2)).then(position(version=2, stage=None))


def test_a_deal_may_move_to_another_playbook() -> None:
    told = given(stage_position, LATER, *deal_through(1), milestone("begun")).flagged("unknown_item")
    told.when(said("deal_revised", at=day(3), playbook="later")).then(
        position(playbook="later", version=1, stage=1, phase="entered", since=day(3))
    )


def test_a_move_that_lies_before_the_opening_does_nothing_and_is_flagged() -> None:
    moves = [said("deal_revised", at=day(1), playbook="later"), said("deal_revised", at=day(1), playbook_version=2)]
    told = given(stage_position, LATER, SHORTER, *moves).flagged("not_opened")
    told.when(deal_opened(at=day(2), playbook_version=1)).then_all(
        position(playbook="practice", version=1, from_at=day(2))
    )
    told.flagged("moved_before_opening", "moved_before_opening").then(
        flag("moved_before_opening", entry=4), flag("moved_before_opening", entry=5)
    )


def test_a_move_is_none_before_an_opening_that_names_the_same_playbook() -> None:
    told = given(stage_position, said("deal_revised", at=day(1), playbook="practice", amount="5", currency="CNY"))
    told.when(deal_opened(at=day(2))).flagged().then(position(playbook="practice", amount="5"))


def test_a_move_whose_opening_turns_out_to_be_earlier_counts_after_all() -> None:
    told = given(
        stage_position, LATER, deal_opened(at=day(3), id="o"), said("deal_revised", at=day(1), playbook="later")
    )
    told.flagged("moved_before_opening")
    told.when(event_corrected("o", "deal_opened", day(0), {"playbook": "practice"}))
    told.flagged().then(position(playbook="later", from_at=day(1)))


def test_naming_its_own_playbook_alone_moves_a_deal_nowhere() -> None:
    told = given(stage_position, *deal_through(1), SHORTER)
    told.when(said("deal_revised", playbook="practice")).unchanged().then(position(version=1))


def test_a_move_to_an_unknown_version_is_flagged_and_waits() -> None:
    told = given(stage_position, *deal_through(1)).when(said("deal_revised", at=day(3), playbook_version=2))
    told.flagged("unknown_playbook").then(position(version=2, stage=None, from_at=day(3)))
    told.when(SHORTER).flagged().then(position(version=2, stage=1, from_at=day(3)))


def test_a_move_there_and_back_at_one_instant_is_no_move() -> None:
    told = given(stage_position, *deal_through(2)[:-1], commitment(2, at=day(2)), SHORTER)
    told.when(said("deal_revised", at=day(3), playbook_version=2), said("deal_revised", at=day(3), playbook_version=1))
    told.then(position(version=1, stage=2, phase="completed", from_at=day(2), since=day(2)))


def test_of_two_publications_of_one_version_the_first_counts() -> None:
    other = playbook("practice", stage("other", "0.9", (item("other_begun"),), (item("other_done"),)))
    told = given(stage_position, other).when(*deal_through(1))
    told.then(position(stage=1, phase="completed", probability=str(PRACTICE.stages[0].probability)))


def test_a_deal_may_move_between_evidence_and_claims() -> None:
    told = given(stage_position, CLAIMED, *deal_through(1), stage_claimed("engaging"), criterion("pain_agreed"))
    told.then(position(playbook="practice", stage=1, phase="completed"))
    told.when(said("deal_revised", playbook="claimed")).then(position(playbook="claimed", stage=2, phase="entered"))
    told.when(said("deal_revised", playbook="practice")).then(position(playbook="practice", stage=1, phase="completed"))
