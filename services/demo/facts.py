"""Facts that the demo's emitting systems send: CloudEvents with running ids, one numbering per source."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.events import EVENTS

SOURCES: dict[str, str] = {
    "crm": "deal_opened,deal_reassigned,deal_revised,deal_won,deal_lost,deal_abandoned,deal_reopened,"
    "appointment_made,visit_done,demo_held,proposal_submitted,milestone_achieved,criterion_met,evidence_revoked,"
    "account_registered,contact_recorded,customer_commitment_received,commitment_withdrawn,contract_signed,"
    "event_corrected,event_voided",
    "telephony": "call_made",
    "billing": "invoice_issued,credit_note_issued,receivable_disputed,dispute_resolved,payment_allocated,"
    "payment_transferred",
    "bank": "payment_received,payment_reversed",
}
"""The emitting systems and the events that each may send."""

_SENDER = {event: source for source, events in SOURCES.items() for event in events.split(",")}
_TYPES = {each.event_name(): each.type for each in sorted(EVENTS, key=lambda each: each.version())}
"""Newest version of each event."""


@dataclass(slots=True)
class Facts:
    """Collects events in the order in which they are told."""

    told: list[dict[str, Any]] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    """The last number that each source used."""

    def say(self, event: str, subject: str, at: datetime, actor: str | None = None, **data: Any) -> dict[str, Any]:
        """Makes a fact of the system that is responsible for it."""
        source = _SENDER[event]
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
        self.told.append(said)
        return said
