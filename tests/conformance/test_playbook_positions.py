"""Checks of every shipped playbook: deals can go through the playbook's stages, one after the other."""

import pytest

from contracts.playbooks.playbook import Playbook
from contracts.playbooks.shipped import shipped
from projections.replay.rulebook import Rulebook
from projections.views.stage_position import stage_position
from tests.given import given
from tests.saying import deal_opened, deal_through, position, stage_claimed


def of(kind: str) -> list[Playbook]:
    return [each for each in shipped() if each.position == kind]


@pytest.mark.parametrize("playbook", of("evidence"), ids=lambda each: each.key)
def test_every_stage_is_entered_and_completed_by_its_own_items(playbook: Playbook) -> None:
    for number, stage in enumerate(playbook.stages, start=1):
        before = playbook.stages[number - 2].probability if number > 1 else 0
        given(stage_position, playbook).when(*deal_through(number, "entered", playbook)).then(
            position(stage=number, phase="entered", probability=before)
        ).flagged()
        given(stage_position, playbook).when(*deal_through(number, "completed", playbook)).then(
            position(stage=number, phase="completed", probability=stage.probability)
        ).flagged()


@pytest.mark.parametrize("playbook", of("claim"), ids=lambda each: each.key)
def test_every_word_of_a_claim_leads_to_its_stage(playbook: Playbook) -> None:
    words = Rulebook(playbook).words
    assert set(words.values()) == set(range(1, len(playbook.stages) + 1))
    for word, stage in words.items():
        told = given(stage_position, playbook, deal_opened(playbook.key))
        told.when(stage_claimed(word)).then(position(stage=stage, phase="entered")).flagged()
