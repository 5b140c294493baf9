"""Facts that sources say of a deal, in the words of the domain. `at` is when a fact happened; see `tests.given`."""

from datetime import datetime
from typing import Any, Literal

from contracts.playbooks.playbook import Playbook
from projections.replay.entry import FOREVER
from projections.views.stage_position import PositionRow
from tests.given import Expected, Said, instant
from tests.playbooks import PRACTICE


def position(**fields: Any) -> Expected:
    """An interval of a deal; the last one, unless `from_at` or `to_at` say which."""
    return Expected(PositionRow, fields if {"from_at", "to_at"} & fields.keys() else {"to_at": FOREVER, **fields})


def said(name: str, /, at: datetime | None = None, id: str | None = None, **data: Any) -> Said:
    """Any event of the story's subject."""
    return Said(name, {key: value for key, value in data.items() if value is not None}, at, id)


def deal_opened(playbook: str = "practice", at: datetime | None = None, id: str | None = None, **data: Any) -> Said:
    return said("deal_opened", at, id, playbook=playbook, **data)


def deal_through(
    stage: int, phase: Literal["entered", "completed"] = "completed", playbook: Playbook = PRACTICE
) -> list[Said]:
    """A deal opened and taken to a stage, everything explicit."""
    told = [deal_opened(playbook.key)]
    for number, each in enumerate(playbook.stages[:stage], start=1):
        told += [milestone(item.key) for item in each.milestones]
        if number < stage or phase == "completed":
            told += [criterion(item.key) for item in each.criteria]
            told += [commitment(number)] if each.commitment else []
    return told


def milestone(key: str, at: datetime | None = None, id: str | None = None) -> Said:
    return said("milestone_achieved", at, id, milestone=key)


def criterion(key: str, at: datetime | None = None, id: str | None = None) -> Said:
    return said("criterion_met", at, id, criterion=key)


def commitment(stage: int, at: datetime | None = None, id: str | None = None) -> Said:
    return said("customer_commitment_received", at, id, stage=stage)


def commitment_withdrawn(stage: int, at: datetime | None = None, id: str | None = None) -> Said:
    return said("commitment_withdrawn", at, id, stage=stage)


def evidence_revoked(
    target: str | None = None, item: str | None = None, at: datetime | None = None, id: str | None = None
) -> Said:
    """Evidence taken back: that of one event (its id), or all so far for an item."""
    named = {"source": "crm", "id": target} if target else None
    return said("evidence_revoked", at, id, target=named, item=item, reason="mistaken")


def call_made(outcome: str = "interested", at: datetime | None = None, id: str | None = None) -> Said:
    return said("call_made", at, id, outcome=outcome)


def visit_done(purpose: str = "survey", at: datetime | None = None, id: str | None = None) -> Said:
    return said("visit_done", at, id, purpose=purpose)


def appointment_made(at: datetime | None = None, id: str | None = None) -> Said:
    return said("appointment_made", at, id, scheduled_at="2026-02-01T09:00:00+08:00")


def stage_claimed(stage: str, at: datetime | None = None, id: str | None = None) -> Said:
    return said("stage_claimed", at, id, stage=stage)


def event_voided(target: str, at: datetime | None = None, id: str | None = None, **more: Any) -> Said:
    return said("event_voided", at, id, target={"source": "crm", "id": target}, reason="error", approver="Li", **more)


def event_corrected(
    target: str,
    type: str,
    time: datetime,
    data: dict[str, Any],
    at: datetime | None = None,
    id: str | None = None,
    nanoseconds: int = 0,
    version: int = 1,
) -> Said:
    """A full replacement of the event with that id."""
    return said(
        "event_corrected",
        at,
        id,
        target={"source": "crm", "id": target},
        target_type=f"daybook.{type}.v{version}",
        replacement={"time": instant(time, nanoseconds), "data": data},
        reason="error",
        approver="Li",
    )
