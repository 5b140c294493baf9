"""Checks that the cost of an entry does not depend on how many invoices and payments the account has."""

import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import RowKey
from projections.views.receivables import fold, receivables
from projections.views.receivables.state import Account
from tests.given import Said

from .story import (
    UNIDENTIFIED,
    acceptance,
    allocation,
    contract,
    dispute,
    given,
    invoice,
    payment,
    promise,
    reminder,
    resolution,
    reversal,
    term,
    transfer,
    write_off,
)

_Touched = list[RowKey]
_FOLDER = Path(fold.__file__).parent


@cache
def _busy_account(size: int) -> list[Entry[Any]]:
    """`size` open invoices, as many payments that paid half of each, as many asks that wait, and as many contracts."""
    numbers = range(size)
    facts = [
        *(invoice(f"INV-{n}", "100.00", at=0) for n in numbers),
        *(payment(f"P-{n}", "60.00", at=1, pays={f"INV-{n}": "50.00"}) for n in numbers),
        *(allocation(f"LATE-{n}", {f"INV-{n}": "10.00"}, at=2) for n in numbers),
        *(payment(f"T-{n}", "50.00", at=1, account=UNIDENTIFIED) for n in numbers),
        *(transfer(f"T-{n}", "10.00", at=2) for n in numbers),
        *(contract(f"C-{n}", "100.00", term("rest", "acceptance", "100"), at=0) for n in numbers),
    ]
    return list(given(*facts).story.replay.entries)


_NEXT = {
    "an invoice": (invoice("NEW", "100.00", at=5), 3),
    "a payment that pays two invoices": (payment("NEW", "20.00", at=5, pays={"INV-1": "10.00", "INV-2": "10.00"}), 7),
    "a payment that something waited for": (payment("LATE-3", "10.00", at=5), 5),
    "an allocation": (allocation("P-1", {"INV-4": "10.00"}, at=5), 4),
    "an allocation that waits": (allocation("P-1", {"LATE": "10.00"}, at=5), 1),
    "a reversal of applied cash": (reversal("P-8", "40.00", at=5), 5),
    "a transfer that tops up": (transfer("T-1", "10.00", at=5), 3),
    "a dispute": (dispute("INV-7", at=5), 2),
    "a needless resolution": (resolution("INV-9", at=5), 1),
    "a write-off": (write_off("INV-10", "10.00", at=5), 4),
    "a promise": (promise("INV-11", "10.00", at=5), 1),
    "a reminder of two invoices": (reminder("INV-12", "INV-13", at=5), 2),
    "a contract of one term and retention": (
        contract("NEW", "100.00", term("rest", "acceptance", "95"), at=5, retention_percent="5"),
        2,
    ),
    "an acceptance": (acceptance("C-1", at=5, accepted=date(2026, 1, 6)), 2),
}


@pytest.mark.long_cases
@pytest.mark.parametrize("size", [20, 2000])
def test_an_entry_touches_as_many_rows_on_a_large_account_as_on_a_small_one(size: int) -> None:
    state, touched = _fold(_followed(_busy_account(size), *(fact for fact, _ in _NEXT.values())))
    assert max(map(len, touched[: -len(_NEXT)])) == 5
    assert {name: len(keys) for name, keys in zip(_NEXT, touched[-len(_NEXT) :], strict=True)} == {
        name: expected for name, (_, expected) in _NEXT.items()
    }
    assert len(state.items) == size + 1


@pytest.mark.parametrize("fact", [fact for fact, _ in _NEXT.values()], ids=list(_NEXT))
def test_an_entry_runs_as_many_lines_on_a_large_account_as_on_a_small_one(fact: Said) -> None:
    lines = _lines_run(20, fact)
    assert lines > 10
    assert lines == _lines_run(500, fact)


def test_a_reversal_costs_what_the_payment_paid_and_no_more() -> None:
    pays = {f"INV-{n}": "1.00" for n in range(10)}
    wide = [payment("WIDE", "100.00", at=5, pays=pays), reversal("WIDE", "93.00", at=6)]
    _, touched = _fold(_followed(_busy_account(20), *wide))
    # Of three invoices the old and the new interval and what is taken back; the cash, the movement.
    assert len(touched[-1]) == 3 * 3 + 1 + 1


def _followed(entries: list[Entry[Any]], *facts: Said) -> list[Entry[Any]]:
    more = (each for fact in facts for each in given(fact).story.replay.entries)
    return [*entries, *(each._replace(sequence=entries[-1].sequence + place) for place, each in enumerate(more, 1))]


def _fold(entries: list[Entry[Any]]) -> tuple[Account, list[_Touched]]:
    state = receivables.initial("A")
    touched = []
    for entry in entries:
        keys = list(receivables.evolve(state, entry, Playbooks()))
        for key in keys:
            receivables.row(state, key)
        touched.append(keys)
    return state, touched


def _lines_run(size: int, fact: Said) -> int:
    """Lines of the view's own code that folding and rendering one more entry runs."""
    *before, last = _followed(_busy_account(size), fact)
    state, _ = _fold(before)
    lines = count()

    def trace(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        if Path(frame.f_code.co_filename).parent != _FOLDER:
            return None
        if event == "line":
            next(lines)
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        for key in receivables.evolve(state, last, Playbooks()):
            receivables.row(state, key)
    finally:
        sys.settrace(tracing)
    return next(lines)
