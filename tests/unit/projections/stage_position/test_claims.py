"""Claims of a foreign CRM: never evidence, and the position where the playbook says so."""

import pytest

from projections.views.stage_position import stage_position
from tests.given import day, given
from tests.playbooks import CLAIMED
from tests.saying import deal_opened, deal_through, evidence_revoked, position, stage_claimed


def test_where_evidence_decides_a_claim_changes_nothing() -> None:
    given(stage_position, *deal_through(1)).when(stage_claimed("demo"), stage_claimed("nonsense")).unchanged().then(
        position(stage=1, phase="completed")
    ).flagged()


def test_where_claims_decide_the_latest_claim_is_the_position() -> None:
    told = given(stage_position, CLAIMED, deal_opened("claimed"), stage_claimed("closing"))
    told.when(stage_claimed("engaging")).then(position(stage=2, phase="entered", completed=1))


def test_a_claim_has_the_probability_of_the_stage_claimed() -> None:
    told = given(stage_position, CLAIMED, deal_opened("claimed"))
    told.when(stage_claimed("prospecting")).then(position(stage=1, probability="0.05"))
    told.when(stage_claimed("engaging")).then(position(stage=2, probability="0.15"))


@pytest.mark.parametrize("word", ["engaging", "ENGAGING", "2", "in talks", " Engaged "])
def test_a_claim_names_a_stage_by_key_number_or_word_in_any_case(word: str) -> None:
    given(stage_position, CLAIMED, deal_opened("claimed")).when(stage_claimed(word)).then(position(stage=2))


def test_a_claim_of_an_unknown_stage_is_flagged_and_has_no_effect() -> None:
    told = given(stage_position, CLAIMED, deal_opened("claimed"), stage_claimed("engaging"))
    told.when(stage_claimed("Contract")).then(position(stage=2)).flagged("unknown_stage_claimed")


def test_before_the_first_claim_a_deal_has_no_stage() -> None:
    given(stage_position, CLAIMED).when(deal_opened("claimed")).then(position(stage=None, probability="0"))


def test_a_claim_before_the_opening_counts_from_the_opening_on() -> None:
    told = given(stage_position, CLAIMED, stage_claimed("engaging", at=day(1)))
    told.when(deal_opened("claimed", at=day(2))).then_all(position(stage=2, from_at=day(2)))


def test_claiming_the_same_stage_again_changes_nothing() -> None:
    told = given(stage_position, CLAIMED, deal_opened("claimed"), stage_claimed("engaging"))
    told.when(stage_claimed("Engaged")).unchanged()


def test_a_revoked_claim_gives_way_to_the_one_before() -> None:
    told = given(stage_position, CLAIMED, deal_opened("claimed"), stage_claimed("1"), stage_claimed("3", id="wrong"))
    told.when(evidence_revoked(target="wrong")).then(position(stage=1)).flagged()
