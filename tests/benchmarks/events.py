"""The events that are measured with: telephone calls of about 400 bytes in canonical form."""

import itertools
import json
from typing import Any

from contracts.cloudevents.envelope import MAX_BATCH, read_event
from services.stream.append import Appended, append, message_of
from tests.ledger import Ledger

SUBJECTS = 1000
"""Deals that the events are about, in turn."""

_numbers = itertools.count(1)


def next_number() -> int:
    """One that no other event of this process has."""
    return next(_numbers)


def new_event() -> dict[str, Any]:
    """An event that nobody has sent yet."""
    number = next_number()
    return {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": "crm",
        "type": "daybook.call_made.v1",
        "subject": f"deal/D-{number % SUBJECTS}",
        "time": "2026-03-31T09:30:00+08:00",
        "actor": "王 伟",
        "data": {"contact_id": "C-1", "duration_s": 240, "outcome": "interested", "note": "x" * 150},
    }


def body(count: int) -> bytes:
    """One new event, or a list of them, as a sender writes it."""
    return json.dumps(new_event() if count == 1 else [new_event() for _ in range(count)]).encode()


async def fill(ledger: Ledger, events: int) -> None:
    """Append so many to a ledger's stream, as intake would."""
    nc = await ledger.nats()
    for start in range(0, events, MAX_BATCH):
        messages = [message_of(read_event(new_event())) for _ in range(min(MAX_BATCH, events - start))]
        outcome = await append(nc, ledger.settings.stream, messages)
        assert isinstance(outcome, Appended), outcome
