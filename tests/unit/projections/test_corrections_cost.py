"""Checks that the cost to fold a void or correction, and to find its target, does not grow with its subject."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import count
from types import FrameType
from typing import Any

import pytest

from projections.views.receivables import receivables
from projections.views.stage_position import stage_position
from tests.given import Said, Story, day, given
from tests.saying import call_made, deal_opened, event_corrected, event_voided
from tests.unit.projections.receivables.story import correction, invoice, named, payment, void

_SHORT, _LONG = 20, 2000
_SEARCHING = 400
"""Lines that looking up some entries in order of time may run more in the long history."""


def _paid(number: int) -> tuple[Said, Said]:
    pays = {f"I-{number}": "100.00"}
    return (
        named(f"i{number}", invoice(f"I-{number}", "100.00", at=number)),
        named(f"p{number}", payment(f"P-{number}", "100.00", at=number + 0.5, pays=pays)),
    )


@cache
def _account(length: int) -> Story:
    story = given(receivables, *(each for number in range(length // 2) for each in _paid(number)))
    story.tell(void(_paid(1)[1]))
    return story


@cache
def _deal(length: int) -> Story:
    story = given(stage_position, deal_opened(at=day(0)))
    story.tell(call_made(at=day(1 + number / 100), id=f"c{number}") for number in range(length))
    story.tell(event_voided("c1", at=day(99)))
    return story


_PAID = _paid(7)[1]
_FACTS: dict[str, tuple[Callable[[int], Story], Said]] = {
    "a void on an account": (_account, void(_PAID)),
    "a correction on an account": (_account, correction(_PAID, payment("P-7", "90.00", at=7.25))),
    "a correction that breaks a rule": (
        _account,
        event_corrected("p7", "account_registered", day(1), {"name": "Acme"}, at=day(99)),
    ),
    "a void that waits": (_account, event_voided("nowhere", at=day(99))),
    "a late invoice": (_account, invoice("NEW", "1.00", at=5.25)),
    "a void on a deal": (_deal, event_voided("c7", at=day(99))),
    "a late call": (_deal, call_made(at=day(1.075))),
}


@pytest.mark.parametrize("what", list(_FACTS))
def test_it_costs_hardly_more_on_a_long_subject_than_on_a_short_one(what: str) -> None:
    story, fact = _FACTS[what]
    assert _lines_run(story(_LONG), fact) <= _lines_run(story(_SHORT), fact) + _SEARCHING


def test_a_view_whose_entries_hang_together_would_not_pass() -> None:
    def tied(length: int) -> Story:
        view = replace(receivables, partition_keys=lambda _: ("all",))
        return given(view, *(each for number in range(length // 2) for each in _paid(number)))

    assert _lines_run(tied(_LONG), void(_PAID)) > _lines_run(tied(_SHORT), void(_PAID)) + _SEARCHING


def _lines_run(story: Story, fact: Said) -> int:
    """Lines of the projections' own code that it takes to take one more entry."""
    lines = count()

    def trace(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        if "/projections/" not in frame.f_code.co_filename or "/tests/" in frame.f_code.co_filename:
            return None
        if event == "line":
            next(lines)
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        story.tell(fact)
    finally:
        sys.settrace(tracing)
    return next(lines)
