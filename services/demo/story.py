"""The story of the demo's deals: the same seed tells the same story, event for event.

The main part is told in the order in which it happened. The aftermath is told later: facts that arrive late, a
correction, a void, a withdrawn commitment, a bounced payment. What it changes is what "known at" is about.
"""

import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, cycle
from typing import Any

from contracts.playbooks.playbook import Playbook
from services.demo.cast import BEGINNING, DEPARTMENTS, DIRECTOR, END, LOOKED_AT, MODELS, OPENED, process_of
from services.demo.collect import HABITS
from services.demo.customers import know
from services.demo.deal import DealStory, Telling
from services.demo.dealings import sell
from services.demo.facts import Facts, reference

Event = dict[str, Any]
_SPAN = END - BEGINNING


@dataclass(frozen=True, slots=True)
class Story:
    """Story of the demo: the events to tell, and which deal is worth a closer look."""

    main: list[Event]
    """Sorted by time."""
    aftermath: list[Event]
    """Told after the main part; each happened, or corrects what happened, within it."""
    deal: str
    """An open deal that the aftermath changes."""
    account: str
    """Its account."""
    owner: str
    """Its owner at the end."""
    earlier: date

    @property
    def digest(self) -> str:
        """Digest of all events, by which the demo knows this story again."""
        told = json.dumps([*self.main, *self.aftermath], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    """A day on which that deal stood at an earlier stage."""


def tell(playbooks: Iterable[Playbook], deals: int = 200, seed: int = 7) -> Story:
    """The story of `deals` deals on the playbooks that are shipped."""
    draw = random.Random(seed)  # noqa: S311 - a story, not a secret
    telling = Telling(Facts(departments=DEPARTMENTS), draw, cycle(HABITS), count(1))
    shipped = {(each.key, each.version): each for each in playbooks}
    know(telling)
    looked_at, others = None, []
    for number in range(1, deals + 1):
        process = process_of(number)
        deal = DealStory(telling, number, shipped[process.playbook, process.version], _opening(number, draw))
        sell(deal)
        if number == LOOKED_AT:
            looked_at = deal
        else:
            others.append(deal)
    assert looked_at is not None
    ends = END.isoformat()
    main = sorted((each for each in telling.facts.told if each["time"] <= ends), key=lambda each: str(each["time"]))
    late = Facts(numbers=telling.facts.numbers, departments=DEPARTMENTS)
    _aftermath(late, main, looked_at, others)
    second = _of(main, looked_at, "customer_commitment_received")[1]
    return Story(main, late.told, looked_at.id, looked_at.customer.id, looked_at.owner, _time(second).date())


def _opening(number: int, draw: random.Random) -> datetime:
    """When a deal is opened; those that go through their whole process early."""
    if number in OPENED:
        return datetime.fromisoformat(OPENED[number])
    days = number * 3 if number in MODELS else draw.randrange(_SPAN.days - 3)
    return BEGINNING + timedelta(days=days, hours=draw.randrange(8), minutes=draw.randrange(60))


def _aftermath(facts: Facts, main: list[Event], looked_at: DealStory, others: list[DealStory]) -> None:
    opened, *_ = _of(main, looked_at, "deal_opened")
    facts.say(  # the deal was worth half as much all along
        "event_corrected", looked_at.subject, _time(opened) + timedelta(days=60), "钱进",
        target=reference(opened), target_type=opened["type"],
        replacement={"time": opened["time"], "data": {**opened["data"], "amount": str(looked_at.amount / 2)}},
        reason="金额多打一位", approver=DIRECTOR,
    )  # fmt: skip
    last = _of(main, looked_at, "customer_commitment_received")[-1]
    facts.say(  # the customer took back its word on the last completed stage
        "commitment_withdrawn", looked_at.subject, _time(last) + timedelta(days=2), looked_at.owner,
        stage=last["data"]["stage"], reason="预算冻结",
    )  # fmt: skip
    for deal in others[:5]:  # calls that telephony delivered late
        facts.say("call_made", deal.subject, deal.opened_at + timedelta(hours=3), deal.owner, outcome="interested",
                  duration_s=240)  # fmt: skip
    visit = next(each for each in main if each["type"] == "daybook.visit_done.v1")
    facts.say(  # a visit that never took place
        "event_voided", visit["subject"], _time(visit) + timedelta(days=30), DIRECTOR,
        target=reference(visit), reason="没有拜访", approver=DIRECTOR,
    )  # fmt: skip
    won, *_ = (each for each in main if each["type"] == "daybook.deal_won.v1")
    facts.say(  # the CRM says once more that a deal was won, with another amount
        "deal_won", won["subject"], _time(won) + timedelta(days=1), won["actor"], amount="88000",
        currency=won["data"]["currency"],
    )  # fmt: skip
    reminded, *_ = (each for each in main if each["type"] == "daybook.reminder_sent.v1")
    facts.say(  # a reminder with a mistyped number
        "reminder_sent", reminded["subject"], _time(reminded) + timedelta(days=1), "钱进", level=1, channel="email",
        invoices=["INV-0000"],
    )  # fmt: skip
    payments = [each for each in main if each["type"] == "daybook.payment_received.v1" and "payer" in each["data"]]
    bounced = payments[len(payments) // 2]
    facts.say(
        "payment_reversed", bounced["subject"], _time(bounced) + timedelta(days=6), reason="银行退回",
        **{name: bounced["data"][name] for name in ("payment", "amount", "currency")},
    )  # fmt: skip


def _of(main: list[Event], deal: DealStory, name: str) -> list[Event]:
    return [each for each in main if each["subject"] == deal.subject and each["type"].split(".")[1] == name]


def _time(event: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(event["time"])
