"""Seeded turmoil: few subjects, times and documents, so that facts collide as often as they can.

Facts arrive late, are voided, corrected and revived, sometimes before they arrive; deals wait for playbooks that are
published later and withdrawn; payments concern several deals and accounts at once.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from contracts.events.policy import PlaybookPublished
from contracts.playbooks.playbook import Playbook
from tests.playbooks import CLAIMED, PRACTICE, SHORTER

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ITEMS = [item.key for stage in PRACTICE.stages for item in (*stage.milestones, *stage.criteria)]

Event = dict[str, Any]


def published(playbook: Playbook) -> Event:
    """A playbook_published event."""
    return {
        "specversion": "1.0",
        "id": f"playbook-{playbook.key}-{playbook.version}",
        "source": "daybook",
        "type": "daybook.playbook_published.v1",
        "subject": f"playbook/{playbook.key}",
        "time": _FIRST_DAY.isoformat(),
        "data": json.loads(PlaybookPublished(playbook=playbook).model_dump_json(exclude_defaults=True)),
    }


def withdrawn(playbook: Playbook) -> Event:
    """A playbook_withdrawn event."""
    about = {"id": f"withdrawn-{playbook.key}-{playbook.version}", "type": "daybook.playbook_withdrawn.v1"}
    return published(playbook) | about | {"data": {"playbook_version": playbook.version, "reason": "a mistake"}}


def turmoil(
    seed: int,
    events: int,
    deals: int = 12,
    accounts: int = 4,
    corrected: float = 1 / 8,
    playbooks: tuple[Playbook, Playbook, Playbook] = (PRACTICE, SHORTER, CLAIMED),
) -> list[Event]:
    """That many events in order of arrival, and a share of corrections and voids; the playbooks, of the same items,
    come in among them."""
    practice, shorter, claimed = playbooks
    draw = Random(seed)
    told = [_Fact(draw, f"e{number}", deals, accounts).event() for number in range(events)]
    for number in range(int(events * corrected)):
        place = draw.randrange(len(told))
        if told[place]["type"].startswith("daybook.event_") and draw.random() < 0.8:
            continue
        told.insert(draw.randint(max(0, place - 20), len(told)), _correction(draw, f"c{number}", told[place]))
    for playbook, share in ((practice, 0.1), (shorter, 0.5), (claimed, 0.7)):
        told.insert(int(len(told) * share), published(playbook))
    for playbook, share in ((shorter, 0.75), (claimed, 0.8)):
        told.insert(int(len(told) * share), withdrawn(playbook))
    return told


def with_dealings(told: Sequence[Event], seed: int, number: int, deals: int) -> list[Event]:
    """The events with so many dealings among them: purchasing stages seen, commitments kept or not, and activities that
    were done for a department."""
    draw, found = Random(seed), [*told]
    received = [each for each in told if each["type"] == "daybook.customer_commitment_received.v1"]
    for place in range(number):
        at = _FIRST_DAY + timedelta(hours=draw.randrange(24 * 20))
        deal, given = f"deal/D-{draw.randrange(deals)}", draw.choice(received)
        target = {"source": given["source"], "id": given["id"]}
        outcome = draw.choice(["commitment_fulfilled", "commitment_broken"])
        made = draw.choice(
            [
                event("purchase_stage_observed", deal, at, f"d{place}", number=draw.randint(1, 6), confidence="stated"),
                event(outcome, given["subject"], at, f"d{place}", target=target),
                event("call_made", deal, at, f"d{place}", outcome="callback") | {"department": draw.choice("AB")},
            ]
        )
        found.insert(draw.randrange(len(found)), made)
    return found


def event(name: str, subject: str, at: datetime, id: str, source: str = "crm", /, **data: Any) -> Event:
    """Any event; what is None is left out."""
    return {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": f"daybook.{name}.v1",
        "subject": subject,
        "time": at.isoformat(),
        "data": {key: value for key, value in data.items() if value is not None},
    }


class _Fact:
    def __init__(self, draw: Random, id: str, deals: int, accounts: int) -> None:
        self.draw = draw
        self.id = id
        self.deal = f"D-{draw.randrange(deals)}"
        self.account = f"A-{draw.randrange(accounts)}"
        self.at = _FIRST_DAY + timedelta(hours=draw.randrange(24 * 20))
        self.invoice = f"I-{draw.randrange(4)}"
        self.payment = f"P-{draw.randrange(4)}"
        self.amount = draw.choice(["10", "35.50", "100.00"])
        self.currency = draw.choice(["CNY", "CNY", "CNY", "USD"])

    def event(self) -> Event:
        deal = self.draw.random() < 0.65
        name = self.draw.choice(_OF_DEALS if deal else _OF_ACCOUNTS)
        return event(
            name, f"deal/{self.deal}" if deal else f"account/{self.account}", self.at, self.id, **self._data(name)
        )

    def _data(self, name: str) -> dict[str, Any]:
        draw, money = self.draw, {"amount": self.amount, "currency": self.currency}
        allocations: list[dict[str, Any]] = [
            {"invoice": self.invoice, "amount": "10", "deal_id": draw.choice([self.deal, None])},
            {"invoice": "I-0", "amount": "0.5", "deal_id": "D-0"},
        ]
        pays = [{key: value for key, value in each.items() if value is not None} for each in allocations]
        said: dict[str, Callable[[], dict[str, Any]]] = {
            "deal_opened": lambda: {
                "playbook": draw.choice(["practice", "practice", "claimed", "never_published"]),
                "playbook_version": draw.choice([None, None, 1, 2]),
                "owner": draw.choice(["Li", "Han", None]),
                "account_id": self.account,
                **money,
            },
            "deal_revised": lambda: draw.choice([money, {"playbook": "practice", "playbook_version": 2}]),
            "deal_reassigned": lambda: {"owner": draw.choice(["Li", "Wang"])},
            "deal_won": lambda: money if draw.random() < 0.5 else {},
            "deal_put_on_hold": lambda: {"reason": "budget frozen"},
            "stage_claimed": lambda: {"stage": draw.choice(["engaged", "2", "closing", "nonsense"])},
            "call_made": lambda: {"outcome": draw.choice(["interested", "callback"])},
            "appointment_made": lambda: {"scheduled_at": self.at.isoformat()},
            "visit_done": lambda: {"purpose": draw.choice(["survey", "care"]), "account_id": self.account},
            "demo_held": lambda: {"audience": ["users", "technical"]},
            "proposal_submitted": lambda: {"kind": "preliminary"},
            "milestone_achieved": lambda: {"milestone": draw.choice(_ITEMS)},
            "criterion_met": lambda: {"criterion": draw.choice(_ITEMS)},
            "evidence_revoked": lambda: {"item": draw.choice(_ITEMS), "reason": "mistaken"},
            "customer_commitment_received": lambda: {"stage": draw.randint(1, 4)},
            "commitment_withdrawn": lambda: {"stage": draw.randint(1, 4)},
            "contract_signed": lambda: {"contract": "C", "account_id": self.account, **money},
            "invoice_issued": lambda: {
                "invoice": self.invoice,
                "due_on": "2026-02-01",
                "deal_id": draw.choice([self.deal, None]),
                **money,
            },
            "credit_note_issued": lambda: {"credit_note": self.payment, "allocations": pays[:1], **money},
            "payment_received": lambda: {
                "payment": self.payment,
                **money,
                "allocations": pays if self.amount != "10" else [],
            },
            "payment_allocated": lambda: {"payment": self.payment, "currency": self.currency, "allocations": pays},
            "payment_transferred": lambda: {
                "payment": self.payment,
                "to_account_id": draw.choice(["A-0", "A-1"]),
                **money,
            },
            "payment_reversed": lambda: {"payment": self.payment, **money},
            "receivable_disputed": lambda: {"invoice": self.invoice},
            "dispute_resolved": lambda: {"invoice": self.invoice},
        }
        return said[name]() if name in said else {}


_OF_DEALS = [
    *["deal_opened"] * 3,
    *["milestone_achieved", "criterion_met", "customer_commitment_received"] * 3,
    *["call_made", "appointment_made", "visit_done", "proposal_submitted", "demo_held"] * 2,
    "stage_claimed",
    "deal_revised",
    "deal_reassigned",
    "deal_won",
    "deal_lost",
    "deal_abandoned",
    "deal_reopened",
    "deal_put_on_hold",
    "deal_resumed",
    "evidence_revoked",
    "commitment_withdrawn",
    "contract_signed",
]
_OF_ACCOUNTS = [
    *["invoice_issued", "payment_received"] * 3,
    "credit_note_issued",
    "payment_allocated",
    "payment_transferred",
    "payment_reversed",
    "receivable_disputed",
    "dispute_resolved",
]


def _correction(draw: Random, id: str, target: Event) -> Event:
    """A void or a correction; now and then one that breaks a rule and has no effect."""
    named: dict[str, Any] = {
        "target": {"source": target["source"], "id": target["id"]},
        "reason": "typed wrongly",
        "approver": "Li",
    }
    at = _FIRST_DAY + timedelta(days=30)
    subject = target["subject"] if draw.random() < 0.9 else f"deal/D-{draw.randrange(3)}"
    if draw.random() < 0.4 or target["type"].startswith("daybook.event_"):
        return event("event_voided", subject, at, id, **named)
    moved = datetime.fromisoformat(target["time"]) + timedelta(hours=draw.randint(-48, 48))
    data = dict(target["data"])
    if "amount" in data and not data.get("allocations"):
        data["amount"] = "77.70"
    if "account_id" in data and draw.random() < 0.2:
        data["account_id"] = "A-other"
    named |= {"target_type": target["type"], "replacement": {"time": moved.isoformat(), "data": data}}
    return event("event_corrected", subject, at, id, **named)
