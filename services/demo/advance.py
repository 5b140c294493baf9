"""Moves of the demo's salespeople: each item of a playbook is met by an event that naturally satisfies it."""

from datetime import datetime, timedelta
from typing import Any

from contracts.events import EVENTS
from contracts.playbooks.playbook import Appraisal, Condition, Item, Satisfier, Stage
from services.demo import collect
from services.demo.cast import day
from services.demo.deal import DealStory, later
from services.demo.details import details
from services.demo.facts import reference

_PLANNED = {
    "call_made": "call", "visit_done": "visit", "demo_held": "demo", "message_exchanged": "message",
    "proposal_submitted": "proposal", "quote_submitted": "other",
}  # fmt: skip
"""Activities that may be planned, by the kind of their plan."""


def advance(deal: DealStory, number: int, stage: Stage, at: datetime) -> datetime:
    """Enter a stage by its milestones, complete it by its criteria and the commitment. Returns when it was done."""
    if deal.playbook.position == "claim":
        at = later(deal, at, 100, 700)
        deal.say("stage_claimed", at, stage=deal.draw.choice(stage.claimed_as))
        return at
    at = enter(deal, stage, at)
    for criterion in stage.criteria:
        at = meet(deal, criterion, "criterion", stage, later(deal, at, 10, 50))
    if stage.commitment is not None:
        at = later(deal, at, 2, 30)
        _commit(deal, number, stage, at)
    return at


def enter(deal: DealStory, stage: Stage, at: datetime) -> datetime:
    """Meet the milestones of a stage and some of its conditions. Returns when it was entered."""
    for milestone in stage.milestones:
        at = meet(deal, milestone, "milestone", stage, later(deal, at, 10, 60))
    others: tuple[Condition | Appraisal, ...] = (*stage.conditions, *stage.appraisal)
    for asked in others:
        if deal.model or deal.draw.random() < (0.6 if asked.satisfied_by else 0.2):
            at = _assess(deal, asked, stage, at + timedelta(minutes=7))
    return at


def meet(deal: DealStory, item: Item, named: str, stage: Stage, at: datetime) -> datetime:
    """Send what satisfies an item, unless it was told: an event that satisfies it, or else the item named outright."""
    if not item.satisfied_by:
        event = "milestone_achieved" if named == "milestone" else "criterion_met"
        if item.key == "cash_in_full":  # finance says so when everything is paid
            at = max(at, deal.settled_at + timedelta(hours=1))
        deal.say(event, at, deal.colleague(stage), **{named: item.key, "proof": "会议纪要"})
        return at
    return _satisfy(deal, item.satisfied_by, stage, at)


def _assess(deal: DealStory, item: Condition | Appraisal, stage: Stage, at: datetime) -> datetime:
    """Meet a condition or appraisal item: by an event that satisfies it, or by saying that it is met; or is not."""
    if item.satisfied_by:
        return _satisfy(deal, item.satisfied_by, stage, at)
    result = "met" if deal.model or deal.draw.random() < 0.8 else "not_met"
    deal.say("condition_assessed", at, deal.colleague(stage), item=item.key, result=result)
    return at


def _satisfy(deal: DealStory, ways: tuple[Satisfier, ...], stage: Stage, at: datetime) -> datetime:
    """Send one of the events that satisfy an item, as often as it takes."""
    if any(map(deal.satisfies, ways)):
        return max(at, deal.settled_at) if any(way.event == "payment_received" for way in ways) else at
    way = deal.draw.choice(ways)
    cls = EVENTS.named(way.event)
    renamed = {} if cls is None else cls.renamed
    wanted: dict[str, Any] = {renamed.get(name, name): value for name, value in way.where.items()}
    wanted |= {name: max(int(least), deal.draw.randrange(6, 11)) for name, least in way.min.items()}
    while not deal.satisfies(way):
        at = act(deal, way.event, at, deal.colleague(stage), **wanted)
    return at


def act(deal: DealStory, event: str, at: datetime, actor: str | None = None, **wanted: Any) -> datetime:
    """Do something: some of it is planned before, and most visits are agreed with the customer. Returns when."""
    data = details(deal, event, at, wanted)
    if event in _PLANNED and deal.draw.random() < 0.3:
        data["plan"] = deal.document("JH")
        due = at + timedelta(days=deal.draw.choice([1, 3, 5]))
        deal.say("activity_planned", at, plan=data["plan"], kind=_PLANNED[event], due_on=day(due), owner=deal.owner,
                 contact_id=deal.contact)  # fmt: skip
        at = later(deal, at, 8, 90)
    if event == "demo_held" and deal.appointments:
        at = act(deal, "visit_done", at, purpose="presentation") + timedelta(hours=1)
    if event == "visit_done" and not deal.appointments and deal.draw.random() < 0.8:
        visited_at = later(deal, at, 24, 90)
        agreed = details(deal, "appointment_made", at, {"scheduled_at": visited_at.isoformat()})
        deal.say("appointment_made", at, **agreed)
        at = visited_at
    if event in ("invoice_issued", "payment_received"):
        return collect.order(deal, at) if event == "invoice_issued" else collect.paid(deal, at)
    deal.say(event, at, actor, **data)
    if event == "contract_signed":
        collect.contract(deal, at)
    return at + timedelta(minutes=5)


def _commit(deal: DealStory, number: int, stage: Stage, at: datetime) -> None:
    """Receive the commitment of a stage; the customer keeps its word, breaks it, or is still bound by it."""
    assert stage.commitment is not None
    due = at + timedelta(days=14)
    said = deal.say("customer_commitment_received", at, stage=number, contact_id=deal.contact,
                    commitment=stage.commitment.zh, proof="邮件", due_on=day(due))  # fmt: skip
    target = reference(said)
    fate = deal.draw.random()
    if fate < 0.7:
        deal.say("commitment_fulfilled", due - timedelta(days=deal.draw.randrange(1, 9)), target=target)
    elif fate < 0.88:
        deal.say("commitment_broken", due + timedelta(days=2), target=target, reason="内部审批推迟")
