"""Effective history of a journal by the letter of the rules, without the product's fold: voids, corrections.

Naive on purpose: from the messages as JSON, everything at once. Of all that name one target and break no rule the one
with the highest sequence counts; a replacement keeps type, subject and whatever else the event concerns.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.cloudevents.envelope import read_entry
from contracts.events import EVENTS
from contracts.rules.canonical import canonical
from projections.replay.entry import Entry
from tests.faults.recorded import Row

_VOID, _CORRECTION, _PLAYBOOK = "daybook.event_voided.v1", "daybook.event_corrected.v1", "daybook.playbook_published.v1"
_NAMES_A_SUBJECT = {
    "deal_id": "deal",
    "account_id": "account",
    "to_account_id": "account",
    "into_account_id": "account",
    "partner_account_id": "account",
}


@dataclass(frozen=True)
class Told:
    """An event that counts."""

    sequence: int
    event: dict[str, Any]

    @cached_property
    def concerns(self) -> frozenset[str]:
        """Its subject, and every deal and account that its data names."""
        return frozenset({self.event["subject"], *_named(self.event["data"])})

    @cached_property
    def entry(self) -> Entry[Any]:
        """As the interpreters of the rules read it."""
        said = read_entry(canonical(self.event))
        at, event = said.occurred_at, EVENTS.newest(said.event)
        place = self.sequence, at, said.source, said.id, said.subject
        return Entry(*place, said.actor, event, None, said.nanoseconds, said.department)


def effective(rows: Sequence[Row]) -> list[Told]:
    """Return the events of a journal that count, in order of arrival."""
    told = [Told(row.sequence, json.loads(row.message)) for row in rows if row.disposition == "entry"]
    originals = {(each.event["source"], each.event["id"]): each for each in told}
    deciding: dict[int, Told] = {}
    for each in told:
        if each.event["type"] in (_VOID, _CORRECTION):
            named = each.event["data"]["target"]
            target = originals.get((named["source"], named["id"]))
            if target is not None and _may(each, target):
                deciding[target.sequence] = each
    found = []
    for each in told:
        decision = deciding.get(each.sequence)
        if each.event["type"] in (_VOID, _CORRECTION) or (decision and decision.event["type"] == _VOID):
            continue
        found.append(each if decision is None else _replaced(each, decision))
    return found


def _may(decision: Told, target: Told) -> bool:
    event, said = decision.event, target.event
    if said["type"] in (_VOID, _CORRECTION, _PLAYBOOK) or event["subject"] != said["subject"]:
        return False
    if event["type"] == _VOID:
        return True
    return event["data"]["target_type"] == said["type"] and _replaced(target, decision).concerns == target.concerns


def _replaced(target: Told, decision: Told) -> Told:
    replacement = decision.event["data"]["replacement"]
    return Told(target.sequence, target.event | {"time": replacement["time"], "data": replacement["data"]})


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name in _NAMES_A_SUBJECT and isinstance(each, str):
                yield f"{_NAMES_A_SUBJECT[name]}/{each}"
            yield from _named(each)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each)
