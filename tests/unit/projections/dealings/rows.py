"""Rows that tests of dealings expect, and facts that only they tell."""

from datetime import datetime
from typing import Any

from projections.replay.entry import FOREVER
from projections.replay.view import Row
from projections.views.dealings import ActivityRow, AppointmentRow, CommitmentRow, NeedRow, PlanRow, PurchaseStageRow
from tests.given import Expected, Said
from tests.saying import said


def activity(**fields: Any) -> Expected:
    return Expected(ActivityRow, fields)


def appointment(**fields: Any) -> Expected:
    return Expected(AppointmentRow, fields)


def plan(**fields: Any) -> Expected:
    return _standing(PlanRow, fields)


def commitment_row(**fields: Any) -> Expected:
    return _standing(CommitmentRow, fields)


def purchase_stage(**fields: Any) -> Expected:
    return _standing(PurchaseStageRow, fields)


def need(**fields: Any) -> Expected:
    return _standing(NeedRow, fields)


def planned(name: str, at: datetime | None = None, **data: Any) -> Said:
    return said("activity_planned", at, plan=name, **({"kind": "visit", "due_on": "2026-02-01"} | data))


def cancelled(at: datetime | None = None, plan: str | None = None, target: str | None = None) -> Said:
    named = {"source": "crm", "id": target} if target else None
    return said("activity_cancelled", at, plan=plan, target=named)


def kept(target: str, at: datetime | None = None) -> Said:
    return said("commitment_fulfilled", at, target={"source": "crm", "id": target})


def broken(target: str, at: datetime | None = None) -> Said:
    return said("commitment_broken", at, target={"source": "crm", "id": target})


def _standing(row: type[Row], fields: dict[str, Any]) -> Expected:
    """A row of an interval; the one that stands, unless `from_at` or `to_at` say which."""
    return Expected(row, fields if {"from_at", "to_at"} & fields.keys() else {"to_at": FOREVER, **fields})
