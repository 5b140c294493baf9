"""Seeded events about what is to be done and what is exchanged: few subjects, plans and messages, so that they meet."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.integration.projector.turmoil import Event, event

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_OF_BOTH = ("activity_planned", "message_exchanged", "message_exchanged", "message_exchanged")
_OF_ACCOUNTS = ("payment_promised", "reminder_sent", "referral_received", "contact_recorded")


def followed(seed: int, events: int) -> list[Event]:
    """That many events about four deals and two accounts."""
    draw = Random(seed)
    return [_event(draw, f"f{number}") for number in range(events)]


def _event(draw: Random, id: str) -> Event:
    name = draw.choice((*_OF_BOTH, *_OF_ACCOUNTS))
    of_deal = name in _OF_BOTH and draw.random() < 0.5
    subject = f"deal/D-{draw.randrange(4)}" if of_deal else f"account/A-{draw.randrange(2)}"
    at = _FIRST_DAY + timedelta(hours=draw.randrange(24 * 20))
    said: dict[str, dict[str, Any]] = {
        "activity_planned": {
            "plan": draw.choice("PQ"),
            "kind": draw.choice(["call", "return_visit"]),
            "due_on": f"2026-01-{draw.randint(20, 31)}",
            "owner": draw.choice(["Li", None]),
        },
        "message_exchanged": {
            "message": draw.choice("MN"),
            "channel": draw.choice(["email", "wechat"]),
            "kind": draw.choice(["sent", "sent", "received", "opened", "bounced", "replied"]),
            "campaign": draw.choice(["spring", None]),
        },
        "payment_promised": {
            "invoice": f"I-{draw.randrange(4)}",
            "amount": "10.00",
            "currency": "CNY",
            "promised_on": "2026-01-30",
        },
        "reminder_sent": {"invoices": [f"I-{draw.randrange(4)}"], "level": draw.randint(1, 3), "channel": "email"},
        "referral_received": {"referral": draw.choice("RS"), "referred_name": "Some firm"},
        "contact_recorded": {
            "contact_id": draw.choice("XYZ"),
            "role": "user",
            "personal": {"birthday": draw.choice(["1980-01-26", "1990-02-03"])},
        },
    }
    return event(name, subject, at, id, **said[name])
