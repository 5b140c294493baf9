"""Entries that have nothing to do with each other are folded apart; what comes late is folded among its own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import RowKey
from projections.views.receivables import receivables
from tests.given import Said, Story, given
from tests.unit.projections.receivables.story import (
    acceptance,
    allocation,
    amendment,
    contract,
    invoice,
    named,
    payment,
    promise,
    reminder,
    reversal,
    void,
    write_off,
)

_LENGTH = 500


class _Counted:
    """A story of one account, and how many entries were folded."""

    def __init__(self, **other: Any) -> None:
        self.folded = 0
        self.story: Story = given(replace(receivables, evolve=self._evolve, **other))

    def _evolve(self, state: Any, entry: Entry[Any], playbooks: Playbooks) -> Iterable[RowKey]:
        self.folded += 1
        return receivables.evolve(state, entry, playbooks)

    def cost(self, *told: Said) -> int:
        """Number of entries that these make it fold."""
        before = self.folded
        self.story.tell(*told)
        return self.folded - before


def _paid(number: int) -> tuple[Said, Said]:
    return (
        invoice(f"I-{number}", "100.00", at=number),
        named(f"p{number}", payment(f"P-{number}", "100.00", at=number + 0.5, pays={f"I-{number}": "100.00"})),
    )


@pytest.fixture
def paid() -> _Counted:
    """Many invoices, each paid by a payment of its own."""
    counted = _Counted()
    assert counted.cost(*(each for number in range(_LENGTH) for each in _paid(number))) == 2 * _LENGTH
    return counted


def test_a_late_entry_folds_what_has_to_do_with_it_and_nothing_else(paid: _Counted) -> None:
    assert paid.cost(invoice("LATE", "100.00", at=1)) == 1
    assert paid.cost(payment("LATE", "100.00", at=0.25, pays={"I-0": "50.00", "LATE": "50.00"})) == 4


def test_a_correction_or_void_folds_what_has_to_do_with_its_target_and_nothing_else(paid: _Counted) -> None:
    assert paid.cost(void(_paid(7)[1])) == 1


def test_what_one_allocation_ties_together_is_folded_together_from_then_on(paid: _Counted) -> None:
    assert paid.cost(allocation("P-3", {"I-4": "1.00"}, at=_LENGTH)) == 1
    assert paid.cost(reversal("P-3", "1.00", at=4)) == 6


def test_contracts_tie_no_invoices_together(paid: _Counted) -> None:
    signed = contract("C-1", "100.00", at=2)
    assert paid.cost(*(invoice(f"C-{n}", "1.00", at=_LENGTH + n, contract="C-1") for n in range(3))) == 3
    assert paid.cost(acceptance("C-1", at=3, accepted=date(2026, 1, 6)), signed) == 3
    assert paid.cost(amendment("C-1", at=2.5, retention_percent="5")) == 3
    assert paid.cost(invoice("C-9", "1.00", at=1, contract="C-1")) == 1


def test_a_promise_a_reminder_and_a_write_off_are_folded_with_their_invoices(paid: _Counted) -> None:
    assert paid.cost(promise("I-4", "1.00", at=4)) == 3
    assert paid.cost(write_off("I-5", "1.00", at=5)) == 3
    assert paid.cost(reminder("I-4", "I-5", at=5)) == 3 + 3 + 1
    assert paid.cost(invoice("NEW", "1.00", at=4)) == 1


def test_a_payment_for_everything_folds_nothing_twice() -> None:
    counted = _Counted()
    numbers = range(_LENGTH)
    assert counted.cost(*(invoice(f"I-{n}", "1.00", at=n) for n in numbers)) == _LENGTH
    assert counted.cost(payment("ALL", "500.00", at=_LENGTH, pays={f"I-{n}": "1.00" for n in numbers})) == 1


def test_a_long_chain_folds_on_as_it_grows() -> None:
    chained = _Counted()
    for number in range(_LENGTH):
        pays = {f"I-{number}": "50.00", f"I-{number + 1}": "50.00"}
        chained.story.tell(
            invoice(f"I-{number}", "100.00", at=number), payment(f"P-{number}", "100.00", at=number + 0.5, pays=pays)
        )
    assert chained.cost(invoice("NEW", "1.00", at=_LENGTH), allocation("P-0", {"NEW": "1.00"}, at=_LENGTH)) == 2


def _raises(*_: Any) -> Any:
    raise KeyError("boom")


@pytest.mark.parametrize("broken", ["partition_keys", "merge", "evolve", "row"])
def test_whatever_raises_where_parts_come_together_makes_the_view_stale_and_leaves_its_rows(broken: str) -> None:
    story = given(receivables)
    story.tell(*_paid(1), *_paid(2))
    before = story.replay.rows()
    (cell,) = story.replay._view_states
    raising: dict[str, Any] = {broken: _raises}
    cell.view = replace(receivables, **raising)
    story.tell(allocation("P-1", {"I-2": "1.00"}, at=5))
    assert "KeyError: 'boom'" in story.replay.stale["receivables"]
    assert story.replay.rows() == before
    cell.view = receivables
    story.tell(*_paid(3))
    assert not story.replay.stale
    other = given(receivables)
    other.tell(*_paid(1), *_paid(2), allocation("P-1", {"I-2": "1.00"}, at=5), *_paid(3))
    assert story.replay.rows() == other.replay.rows()
