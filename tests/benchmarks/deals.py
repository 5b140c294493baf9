"""Story of deals on one playbook, for the benchmarks: the same seed tells the same story, event for event.

It never changes, so that figures of different days can be compared. The main part is told in the order in which it
happened. The aftermath is told later: facts that arrive late, a correction, a void, a withdrawn commitment, a bounced
payment.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from contracts.playbooks.playbook import Playbook
from services.demo.facts import Facts
from tests.benchmarks.advance import DealStory, advance

BEGINNING = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
OWNERS = ["李雷", "韩梅梅", "王芳", "张伟", "刘洋"]
ACCOUNTS = 40


@dataclass(frozen=True, slots=True)
class Story:
    """Events to tell."""

    main: list[dict[str, object]]
    """Sorted by time."""
    aftermath: list[dict[str, object]]
    """Told after the main part; each happened, or corrects what happened, within it."""


def tell(playbook: Playbook, deals: int = 200, seed: int = 7) -> Story:
    """The story of `deals` deals on a playbook."""
    draw = random.Random(seed)
    facts = Facts()
    for number in range(1, ACCOUNTS + 1):
        facts.say("account_registered", f"account/A-{number:03d}", BEGINNING, name=f"客户 {number:03d}")
    stories: list[tuple[DealStory, int, datetime, bool]] = []
    for number in range(1, deals + 1):
        opened = BEGINNING + timedelta(hours=draw.randrange(24 * 240))
        deal = DealStory(number, draw, opened, OWNERS, ACCOUNTS)
        stories.append((deal, *_sell(facts, deal, playbook, draw)))
    won = [(deal, at) for deal, reached, at, _ in stories if reached == len(playbook.stages)]
    for index, (deal, at) in enumerate(won):
        _collect(facts, deal, at, index, draw)
    main = sorted(facts.told, key=lambda event: str(event["time"]))
    looked_at = next(deal for deal, reached, _, is_open in stories if is_open and 4 <= reached < len(playbook.stages))
    late = Facts(numbers=facts.numbers)
    _aftermath(late, main, looked_at, [deal for deal, reached, *_ in stories if 2 <= reached <= 6], won)
    return Story(main, late.told)


def _sell(facts: Facts, deal: DealStory, playbook: Playbook, draw: random.Random) -> tuple[int, datetime, bool]:
    """The deal from its opening on: how many stages it completed, until when, and whether it is still open."""
    at = deal.opened_at
    facts.say(
        "deal_opened", deal.subject, at, deal.owner, playbook=playbook.key, playbook_version=playbook.version,
        name=f"项目 {deal.id}", owner=deal.owner, account_id=deal.account, amount=str(deal.amount),
        currency=deal.currency,
    )  # fmt: skip
    facts.say("call_made", deal.subject, at + timedelta(hours=1), deal.owner, direction="outbound", outcome="callback")
    goal = draw.choices(range(len(playbook.stages) + 1), [2, 3, 3, 3, 3, 3, 3, 2, 8])[0]
    for number, stage in enumerate(playbook.stages[:goal], start=1):
        at = advance(facts, deal, number, stage, at, draw)
        if number == 3 and draw.random() < 0.3:
            deal.amount += 10_000
            facts.say(
                "deal_revised", deal.subject, at + timedelta(minutes=30), deal.owner, amount=str(deal.amount),
                currency=deal.currency, reason="scope grew",
            )  # fmt: skip
        if number == 4 and draw.random() < 0.2:
            deal.owner = draw.choice(OWNERS)
            facts.say("deal_reassigned", deal.subject, at + timedelta(hours=1), owner=deal.owner)
    at += timedelta(hours=5)
    fate = draw.random()
    if goal == len(playbook.stages):
        facts.say("deal_won", deal.subject, at, deal.owner, amount=str(deal.amount), currency=deal.currency)
    elif fate < 0.25:
        facts.say("deal_lost", deal.subject, at, deal.owner, reason="price", competitor="another supplier")
    elif fate < 0.35:
        facts.say("deal_abandoned", deal.subject, at, deal.owner, reason="customer is far ahead of us")
    return goal, at, goal < len(playbook.stages) and fate >= 0.35


def _collect(facts: Facts, deal: DealStory, won_at: datetime, index: int, draw: random.Random) -> None:
    account = f"account/{deal.account}"
    money = {"currency": deal.currency}
    at = won_at
    for part, (share, days) in enumerate(((30, 7), (60, 30), (7, 60)), start=1):
        at += timedelta(days=draw.randrange(3, 20))
        amount = deal.amount * share / 100
        invoice, payment = f"INV-{deal.id}-{part}", f"PAY-{deal.id}-{part}"
        facts.say(
            "invoice_issued", account, at, invoice=invoice, amount=str(amount), deal_id=deal.id,
            contract=deal.contract, due_on=(at + timedelta(days=days)).date().isoformat(), **money,
        )  # fmt: skip
        paid_at = at + timedelta(days=draw.randrange(2, 75))
        kind = (index + part) % 6
        if kind == 0:  # not paid
            continue
        if kind == 1:  # in two parts
            half = (amount / 2).quantize(Decimal("0.01"))
            for suffix, paid, days_later in (("a", half, 0), ("b", amount - half, 12)):
                _pay(facts, deal, f"{payment}{suffix}", invoice, paid, paid, paid_at + timedelta(days=days_later))
        elif kind == 2:  # too much
            _pay(facts, deal, payment, invoice, amount + 1000, amount, paid_at)
        elif kind == 3 and part == 1:  # disputed, reduced by a credit note, the rest paid
            facts.say("receivable_disputed", account, at + timedelta(days=1), invoice=invoice, reason="short delivery")
            credit = (amount / 10).quantize(Decimal("0.01"))
            facts.say(
                "credit_note_issued", account, at + timedelta(days=4), credit_note=f"CN-{deal.id}",
                amount=str(credit), allocations=[{"invoice": invoice, "amount": str(credit)}], **money,
            )  # fmt: skip
            facts.say("dispute_resolved", account, at + timedelta(days=5), invoice=invoice)
            _pay(facts, deal, payment, invoice, amount - credit, amount - credit, paid_at)
        elif kind == 4 and part == 2:  # nobody knew who paid
            facts.say(
                "payment_received", "account/unidentified", paid_at, payment=payment, amount=str(amount), **money,
            )  # fmt: skip
            facts.say(
                "payment_transferred", "account/unidentified", paid_at + timedelta(days=2), payment=payment,
                to_account_id=deal.account, amount=str(amount), **money,
            )  # fmt: skip
            facts.say(
                "payment_allocated", account, paid_at + timedelta(days=3), payment=payment,
                allocations=[{"invoice": invoice, "amount": str(amount)}], **money,
            )  # fmt: skip
        else:
            _pay(facts, deal, payment, invoice, amount, amount, paid_at)


def _pay(
    facts: Facts, deal: DealStory, payment: str, invoice: str, amount: Decimal, allocated: Decimal, at: datetime
) -> None:
    facts.say(
        "payment_received", f"account/{deal.account}", at, payment=payment, amount=str(amount), currency=deal.currency,
        allocations=[{"invoice": invoice, "amount": str(allocated), "deal_id": deal.id}],
    )  # fmt: skip


def _aftermath(
    facts: Facts,
    main: list[dict[str, object]],
    looked_at: DealStory,
    others: list[DealStory],
    won: list[tuple[DealStory, datetime]],
) -> None:
    of_deal = [event for event in main if event["subject"] == looked_at.subject]
    opened = of_deal[0]
    facts.say(  # the deal was worth half as much all along
        "event_corrected", looked_at.subject, _time(opened) + timedelta(days=90), "财务",
        target={"source": opened["source"], "id": opened["id"]}, target_type=opened["type"],
        replacement={"time": opened["time"], "data": {**_data(opened), "amount": str(looked_at.amount / 2)}},
        reason="amount typed with a wrong digit", approver="销售总监",
    )  # fmt: skip
    last = [event for event in of_deal if event["type"] == "daybook.customer_commitment_received.v1"][-1]
    facts.say(  # the customer took back its word on the last completed stage
        "commitment_withdrawn", looked_at.subject, _time(last) + timedelta(days=2), looked_at.owner,
        stage=_data(last)["stage"], reason="budget frozen",
    )  # fmt: skip
    for deal in [each for each in others if each is not looked_at][:5]:  # calls that telephony delivered late
        facts.say(
            "call_made", deal.subject, deal.opened_at + timedelta(hours=3), deal.owner, outcome="interested",
            duration_s=240,
        )  # fmt: skip
    visit = next(event for event in main if event["type"] == "daybook.visit_done.v1")
    facts.say(  # a visit that never took place
        "event_voided", str(visit["subject"]), _time(visit) + timedelta(days=30), "内审",
        target={"source": visit["source"], "id": visit["id"]}, reason="the visit did not take place",
        approver="销售总监",
    )  # fmt: skip
    payments = [event for event in main if event["type"] == "daybook.payment_received.v1"]
    bounced = payments[len(payments) // 2]
    facts.say(
        "payment_reversed", str(bounced["subject"]), _time(bounced) + timedelta(days=6),
        payment=_data(bounced)["payment"], amount=_data(bounced)["amount"], currency=_data(bounced)["currency"],
        reason="returned by the bank",
    )  # fmt: skip


def _time(event: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(event["time"]))


def _data(event: dict[str, object]) -> dict[str, object]:
    data = event["data"]
    assert isinstance(data, dict)
    return data
