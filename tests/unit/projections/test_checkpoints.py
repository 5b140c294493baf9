"""What comes late into a long history is folded from near where it belongs, whichever way it is sent."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from projections.checkpoints import APART
from projections.entry import Entry
from projections.playbooks import Playbooks
from projections.receivables import receivables
from projections.view import RowKey
from tests.given import given
from tests.unit.projections.receivables.story import invoice

_LENGTH = 1500
_LATE = 100


@pytest.mark.parametrize("step", [-1, 1], ids=["newest first", "oldest first"])
def test_a_late_entry_costs_what_comes_behind_it_and_a_stretch_before(step: int) -> None:
    folded = 0

    def evolve(state: Any, entry: Entry[Any], playbooks: Playbooks) -> Iterable[RowKey]:
        nonlocal folded
        folded += 1
        return receivables.evolve(state, entry, playbooks)

    told = given(replace(receivables, evolve=evolve, names=lambda _: ("all",)))
    told.tell(invoice(f"I-{number}", "100.00", at=number) for number in range(_LENGTH))
    assert folded == _LENGTH
    folded = behind = 0
    late = range(_LENGTH - _LATE, _LENGTH)[::step]
    for place in late:
        told.tell(invoice(f"LATE-{place}", "100.00", at=place - 0.5))
        behind += sum(each.occurred_at >= told.history[-1].said.occurred_at for each in told.replay.entries)
    assert folded <= behind + _LATE * APART + _LENGTH
