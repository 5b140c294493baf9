"""Facts about the customer A, in the words of the domain. `at` is the day on which a fact happened."""

from dataclasses import replace
from typing import Any

from projections.replay.entry import FOREVER
from projections.replay.view import Row
from tests.given import Expected, Said, day


def tell(event: str, at: float, /, about: str | None = None, **data: Any) -> Said:
    """An event of the account, or of another subject."""
    return Said(event, data, day(at), subject=about)


def standing(table: type[Row], since: float, **fields: Any) -> Expected:
    """A row that stands since that day."""
    return Expected(table, {"from_at": day(since), "to_at": FOREVER, **fields})


def ended(table: type[Row], since: float, until: float, **fields: Any) -> Expected:
    """A row that stood from one day until another."""
    return Expected(table, {"from_at": day(since), "to_at": day(until), **fields})


def contact(at: float, id: str = "c1", about: str | None = None, **data: Any) -> Said:
    """A person at the customer, in the newest version of the event."""
    return replace(tell("contact_recorded", at, about, contact_id=id, **{"roles": ["user"], **data}), version=2)


def planned(at: float, plan: str = "p1", due_on: str = "2026-01-20", **data: Any) -> Said:
    """An activity that is to be done."""
    return tell("activity_planned", at, plan=plan, kind="call", due_on=due_on, **data)


def call(at: float, **data: Any) -> Said:
    """A call with the customer."""
    return tell("call_made", at, **data)


def feedback(at: float, kind: str = "complaint", **data: Any) -> Said:
    """Words of the customer."""
    return tell("feedback_given", at, kind=kind, **data)
