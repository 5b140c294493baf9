"""Evidence that only repeats what was there before comes and goes at the same cost however long the deal is."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import RowKey
from projections.views.stage_position import stage_position
from tests.given import Said, Story, day, given
from tests.saying import (
    call_made,
    criterion,
    deal_opened,
    event_corrected,
    event_voided,
    evidence_revoked,
    milestone,
    said,
)

_CALLS = 40


class _Deal:
    """A long deal, and how many entries were folded."""

    def __init__(self, *more: Said) -> None:
        self.folded = 0
        calls = [call_made(at=day(1 + number), id=f"c{number}") for number in range(_CALLS)]
        self.story: Story = given(replace(stage_position, evolve=self._evolve), deal_opened(at=day(0)), *calls, *more)
        self.folded = 0

    def _evolve(self, state: Any, entry: Entry[Any], playbooks: Playbooks) -> Iterable[RowKey]:
        self.folded += 1
        return stage_position.evolve(state, entry, playbooks)

    def cost(self, *told: Said) -> int:
        """Number of entries that these make it fold; the rows are those of folding all anew."""
        self.folded = 0
        self.story.tell(*told)
        folded = self.folded
        anew = given(stage_position)
        anew.replay.load(self.story.history, self.story.playbooks)
        assert anew.replay.rows() == self.story.replay.rows()
        return folded


@pytest.fixture
def deal() -> _Deal:
    return _Deal()


def test_a_late_call_that_repeats_is_not_folded(deal: _Deal) -> None:
    assert deal.cost(*(call_made(at=day(1.5 + number)) for number in reversed(range(5, 30)))) == 0


def test_a_void_of_a_call_that_repeats_folds_nothing(deal: _Deal) -> None:
    assert deal.cost(*(event_voided(f"c{number}", at=day(99)) for number in range(5, 30))) == 0


def test_a_correction_of_a_call_that_repeats_folds_nothing(deal: _Deal) -> None:
    assert deal.cost(event_corrected("c20", "call_made", day(9.5), {"outcome": "no_answer"}, at=day(99))) == 0


def test_what_was_inserted_can_be_removed(deal: _Deal) -> None:
    assert deal.cost(call_made(at=day(9.5), id="late"), event_voided("late", at=day(99))) == 0


def test_a_late_call_of_a_department_is_folded_where_it_is_the_first_of_one_that_the_stage_names(deal: _Deal) -> None:
    def call(at: float, department: str) -> Said:
        return replace(call_made(at=day(at), id=f"{department}{at}"), department=department)

    assert deal.cost(call(30.5, "C"), event_voided("C30.5", at=day(99))) == 0
    assert deal.cost(call(20.5, "A")) > 0
    assert deal.cost(call(25.5, "A"), event_voided("A25.5", at=day(99))) == 0
    assert deal.cost(call(15.5, "A")) > 0
    assert deal.cost(event_voided("A20.5", at=day(99))) == 0
    assert deal.cost(event_voided("A15.5", at=day(99))) > 0


def test_a_call_without_which_an_item_is_met_later_is_folded_anew(deal: _Deal) -> None:
    assert deal.cost(event_voided("c0", at=day(99))) == _CALLS
    assert deal.cost(call_made(at=day(0.5))) > _CALLS
    assert deal.cost(event_voided("c1", at=day(99))) == 0


@pytest.mark.parametrize(
    "fact",
    [
        said("deal_reassigned", owner="Wu", at=day(5.5)),
        said("deal_lost", at=day(5.5)),
        said("stage_claimed", stage="engaging", at=day(5.5)),
        evidence_revoked("c3", at=day(5.5)),
        said("commitment_withdrawn", stage=1, at=day(5.5)),
        milestone("no_such_item", at=day(5.5)),
        criterion("no_such_item", at=day(5.5)),
        said("customer_commitment_received", stage=50, at=day(5.5)),
    ],
    ids=lambda fact: fact.name,
)
def test_what_rows_depend_on_is_always_folded_anew(deal: _Deal, fact: Said) -> None:
    assert deal.cost(fact) > _CALLS - 10


@pytest.mark.parametrize(
    "before",
    [
        evidence_revoked("c30", at=day(35.5)),
        said("commitment_withdrawn", stage=1, at=day(35.5)),
        said("deal_revised", playbook_version=1, at=day(35.5)),
    ],
    ids=lambda fact: fact.name,
)
def test_where_evidence_was_taken_back_or_the_playbook_changed_everything_is_folded_anew(before: Said) -> None:
    deal = _Deal(before)
    assert deal.cost(call_made(at=day(20.5))) > 0
    assert deal.cost(event_voided("c20", at=day(99))) > 0


def test_before_its_opening_is_known_a_deal_is_folded_anew() -> None:
    deal = _Deal(event_voided("opened", at=day(99)))
    deal.story = given(replace(stage_position, evolve=deal._evolve), *(call_made(at=day(each)) for each in range(2, 9)))
    assert deal.cost(call_made(at=day(1))) == 8
