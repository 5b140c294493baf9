"""Moves of the salespeople in the story of deals: each item is met by the event that naturally satisfies it."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.events import EVENTS
from contracts.playbooks.playbook import Item, Stage
from services.demo.facts import Facts


def meet(facts: Facts, deal: "DealStory", item: Item, explicit: str, at: datetime) -> None:
    """Send what satisfies an item: the first event that it says satisfies it, otherwise the item named outright."""
    satisfier = next(iter(item.satisfied_by), None)
    if satisfier is None:
        named = "milestone" if explicit == "milestone_achieved" else "criterion"
        facts.say(explicit, deal.subject, at, deal.owner, **{named: item.key})
        return
    cls = EVENTS.named(satisfier.event)
    renamed = {} if cls is None else cls.renamed
    for number in range(satisfier.at_least):
        data = _DETAILS.get(satisfier.event, _nothing)(deal, at)
        for name, value in satisfier.where.items():
            field = renamed.get(name, name)
            present = data.get(field)
            data[field] = [*(each for each in present if each != value), value] if isinstance(present, list) else value
        facts.say(satisfier.event, deal.subject, at + timedelta(minutes=number), deal.owner, **data)


class DealStory:
    """One deal of the story: who sells it to whom, for how much."""

    def __init__(self, number: int, draw: random.Random, opened_at: datetime, owners: list[str], accounts: int) -> None:
        self.id = f"D-{number:04d}"
        self.subject = f"deal/{self.id}"
        self.account = f"A-{draw.randrange(accounts) + 1:03d}"
        self.owner = draw.choice(owners)
        self.opened_at = opened_at
        self.amount = Decimal(draw.randrange(20, 400)) * 5000
        self.currency = draw.choices(["CNY", "USD"], [4, 1])[0]
        self.contract = f"C-{number:04d}"


def advance(facts: Facts, deal: DealStory, number: int, stage: Stage, at: datetime, draw: random.Random) -> datetime:
    """Enter a stage by its milestones, complete it by its criteria and the commitment. Returns when it was done."""
    for item in stage.milestones:
        at += timedelta(hours=draw.randrange(20, 90))
        meet(facts, deal, item, "milestone_achieved", at)
    for item in stage.criteria:
        at += timedelta(hours=draw.randrange(10, 60))
        meet(facts, deal, item, "criterion_met", at)
    if stage.commitment is not None:
        at += timedelta(hours=draw.randrange(2, 30))
        facts.say("customer_commitment_received", deal.subject, at, deal.owner, stage=number, proof="mail")
    return at


def _nothing(deal: DealStory, at: datetime) -> dict[str, Any]:
    return {}


def _visit(deal: DealStory, at: datetime) -> dict[str, Any]:
    return {"purpose": "introduction", "account_id": deal.account, "place": "customer's office"}


def _demo(deal: DealStory, at: datetime) -> dict[str, Any]:
    return {"audience": ["users", "technical"]}


def _proposal(deal: DealStory, at: datetime) -> dict[str, Any]:
    return {
        "kind": "preliminary", "receipt": "signed", "amount": str(deal.amount), "currency": deal.currency,
    }  # fmt: skip


def _appointment(deal: DealStory, at: datetime) -> dict[str, Any]:
    return {
        "scheduled_at": (at + timedelta(days=3)).isoformat(), "place": "customer's office", "topic": "first meeting",
    }  # fmt: skip


def _contact(deal: DealStory, at: datetime) -> dict[str, Any]:
    return {"contact_id": f"P-{deal.id}", "roles": ["handler"], "account_id": deal.account}


def _contract(deal: DealStory, at: datetime) -> dict[str, Any]:
    shares = (("signing", 30, 7), ("delivery", 60, 30), ("acceptance", 7, 30))
    return {
        "contract": deal.contract,
        "account_id": deal.account,
        "amount": str(deal.amount),
        "currency": deal.currency,
        "terms": [
            {"term": trigger, "trigger": trigger, "share": str(share), "days": days} for trigger, share, days in shares
        ],
        "retention_percent": "3",
        "retention_until": (at + timedelta(days=365)).date().isoformat(),
    }


_DETAILS = {
    "visit_done": _visit,
    "demo_held": _demo,
    "proposal_submitted": _proposal,
    "appointment_made": _appointment,
    "contact_recorded": _contact,
    "contract_signed": _contract,
}
