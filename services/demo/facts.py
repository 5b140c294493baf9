"""Facts that the demo's emitting systems send: CloudEvents with running ids, one numbering per source."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.events import EVENTS

SOURCES: dict[str, str] = {
    "crm": "deal_opened,deal_reassigned,deal_revised,deal_won,deal_lost,deal_abandoned,deal_reopened,deal_put_on_hold,"
    "deal_resumed,stage_claimed,appointment_made,visit_done,demo_held,proposal_submitted,quote_submitted,"
    "activity_planned,activity_cancelled,milestone_achieved,criterion_met,condition_assessed,evidence_revoked,"
    "account_registered,account_profiled,account_graded,account_plan_set,contact_recorded,relationship_assessed,"
    "need_recorded,purchase_stage_observed,referral_received,customer_commitment_received,commitment_withdrawn,"
    "commitment_fulfilled,commitment_broken,contract_signed,contract_amended,event_corrected,event_voided",
    "telephony": "call_made",
    "marketing": "message_exchanged",
    "service": "acceptance_confirmed,care_given,feedback_given",
    "finance": "reminder_sent,payment_promised,retention_released,receivable_written_off",
    "operations": "target_set,account_merged",
    "billing": "invoice_issued,credit_note_issued,receivable_disputed,dispute_resolved,payment_allocated,"
    "payment_transferred",
    "bank": "payment_received,payment_reversed",
}
"""The emitting systems and the events that each may send."""

SENDER = {event: source for source, events in SOURCES.items() for event in events.split(",")}
"""The system that sends an event."""
_TYPES = {each.event_name(): each.type for each in sorted(EVENTS, key=lambda each: each.version())}
"""Newest version of each event."""


@dataclass(slots=True)
class Facts:
    """Collects events in the order in which they are told."""

    told: list[dict[str, Any]] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    """The last number that each source used."""
    departments: Mapping[str, str] = field(default_factory=dict)
    """Departments of the people who act."""

    def say(self, event: str, subject: str, at: datetime, actor: str | None = None, **data: Any) -> dict[str, Any]:
        """Makes a fact of the system that is responsible for it."""
        source = SENDER[event]
        self.numbers[source] += 1
        said: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{source}-{self.numbers[source]:06d}",
            "source": source,
            "type": _TYPES[event],
            "subject": subject,
            "time": at.isoformat(),
            "data": {name: value for name, value in data.items() if value is not None},
        }
        if actor is not None:
            said["actor"] = actor
            if actor in self.departments:
                said["department"] = self.departments[actor]
        self.told.append(said)
        return said


def reference(event: Mapping[str, Any]) -> dict[str, Any]:
    """The identity of an event, as others refer to it."""
    return {"source": event["source"], "id": event["id"]}
