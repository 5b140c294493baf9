"""Dealings of the demo beside the evidence: openings, what happens between two stages, and how deals end."""

from datetime import datetime, timedelta

from contracts.playbooks.playbook import Stage
from services.demo.accounts import CUSTOMERS
from services.demo.advance import act, advance, enter
from services.demo.cast import DIRECTOR, END, LOOKED_AT, PEOPLE, day, in_days
from services.demo.deal import DealStory, later

_CHANNELS = ("tender_site", "exhibition", "outbound", "website", "existing_customer", "inbound", "partner", "referral")
_LOSSES = (
    ("price", "价格高于对手"), ("no_decision", "客户没有决定"), ("product", "功能不符"),
    ("relationship", "对手关系更深"), ("timing", "项目推迟"), ("budget", "预算取消"), ("compliance", "资质不符"),
)  # fmt: skip
_PRODUCTS = ("巡检机器人", "调度平台", "能耗监测")


def sell(deal: DealStory) -> None:
    """Tell the deal from its opening on, until it is closed or nothing more happens."""
    draw, wins = deal.draw, deal.process.wins
    stages = deal.playbook.stages
    through = deal.model or draw.random() < 0.3
    goal = 5 if deal.number == LOOKED_AT else len(stages) if through else draw.randrange(wins)
    at = _open(deal)
    for number, stage in enumerate(stages[:goal], start=1):
        at = advance(deal, number, stage, at)
        if number < wins:
            at = _between(deal, number, stage, at)
        elif number == wins:
            at += timedelta(hours=2)
            deal.say("deal_won", at, amount=str(deal.price), currency=deal.currency)
    if goal < wins:
        if deal.number != LOOKED_AT and draw.random() < 0.6:  # it stops within a stage
            at = enter(deal, stages[goal], at)
        _end(deal, goal, at)


def _open(deal: DealStory) -> datetime:
    draw, at = deal.draw, deal.opened_at
    channel = "tender_site" if deal.process.customers == "public" else draw.choice(_CHANNELS)
    referral = f"R-{deal.id}" if channel == "referral" else None
    if referral:
        other = draw.choice(CUSTOMERS["company"])
        deal.facts.say("referral_received", other.subject, at - timedelta(days=5), deal.owner, referral=referral,
                       referred_name=deal.customer.name, contact_id=other.contact(1))  # fmt: skip
    deal.say(
        "deal_opened", at, playbook=deal.playbook.key, playbook_version=deal.playbook.version,
        name=f"{deal.customer.name}项目", owner=deal.owner, account_id=deal.customer.id, product=draw.choice(_PRODUCTS),
        amount=str(deal.amount), currency=deal.currency, expected_close_on=day(at + timedelta(days=90)),
        source_channel=channel, referral=referral,
        tender_ref=f"ZB-{deal.number:04d}" if channel == "tender_site" else None,
        partner_account_id=draw.choice(CUSTOMERS["partner"]).id if channel == "partner" else None,
    )  # fmt: skip
    at = later(deal, at, 1, 30)
    outcome = draw.choice(["callback", "no_answer", "interested"])
    deal.say("call_made", at, contact_id=deal.contact, direction="outbound", outcome=outcome)
    return at


def _between(deal: DealStory, number: int, stage: Stage, at: datetime) -> datetime:
    """Tell what comes to pass after a stage: views of the customer's purchasing, revisions, holds, withdrawals."""
    draw = deal.draw
    if stage.customer_stage is not None and (draw.random() < 0.5 or deal.number == LOOKED_AT):
        observed = min(8, stage.customer_stage.number + draw.choice([0, 0, 1, 1, 2, 3]))
        deal.say("purchase_stage_observed", at + timedelta(hours=1), number=observed, proof="客户来电",
                 confidence=draw.choice(["stated", "inferred"]), contact_id=deal.contact)  # fmt: skip
    if draw.random() < 0.25:
        deal.amount += 10_000
        deal.say("deal_revised", at + timedelta(hours=2), amount=str(deal.amount), currency=deal.currency,
                 expected_close_on=day(at + timedelta(days=draw.choice([45, 75]))), reason="范围扩大")  # fmt: skip
    if number == 2 and draw.random() < 0.2:
        deal.owner = draw.choice(PEOPLE[deal.process.sellers])
        deal.say("deal_reassigned", at + timedelta(hours=3), DIRECTOR, owner=deal.owner, reason="区域调整")
    if deal.number != LOOKED_AT and draw.random() < 0.06:
        return _pause(deal, at)
    if stage.criteria and draw.random() < 0.05:
        return _revoke(deal, stage, at)
    if stage.commitment is not None and deal.number != LOOKED_AT and draw.random() < 0.05:
        at = later(deal, at, 20, 60)
        deal.say("commitment_withdrawn", at, stage=number, reason="预算重新审批")
        at = later(deal, at, 80, 200)
        deal.say("customer_commitment_received", at, stage=number, contact_id=deal.contact, proof="盖章函",
                 due_on=day(at + timedelta(days=10)))  # fmt: skip
    return at


def _pause(deal: DealStory, at: datetime) -> datetime:
    """Put the deal on hold for some weeks."""
    at = later(deal, at, 10, 40)
    back = later(deal, at, 240, 600)
    deal.say("deal_put_on_hold", at, reason="年度预算冻结", reason_code="budget_frozen", until=day(back))
    deal.say("deal_resumed", back, reason="预算已批")
    return back


def _revoke(deal: DealStory, stage: Stage, at: datetime) -> datetime:
    """Take back a criterion that was met too early, and meet it again."""
    item = stage.criteria[0].key
    at = later(deal, at, 10, 40)
    deal.say("evidence_revoked", at, item=item, reason="客户重新提出意见")
    at = later(deal, at, 60, 150)
    deal.say("criterion_met", at, criterion=item, proof="新会议纪要")
    return at


def _end(deal: DealStory, goal: int, at: datetime) -> None:
    """Lose the deal, give it up, put it on hold, or leave it open; some lost ones come back."""
    fate = 1.0 if deal.number == LOOKED_AT else deal.draw.random()
    at = later(deal, at, 20, 400)
    for target in deal.appointments:
        deal.say("activity_cancelled", at, target=target, reason="客户改期")
    if fate < 0.45:
        code, reason = _LOSSES[deal.number % len(_LOSSES)]
        deal.say("deal_lost", at, reason=reason, reason_code=code, competitor="同行公司")
        if fate < 0.07:
            at = later(deal, at, 300, 800)
            deal.say("deal_reopened", at, reason="客户重新启动项目")
            stage = deal.playbook.stages[goal]
            advance(deal, goal + 1, stage, at)
    elif fate < 0.55:
        deal.say("deal_abandoned", at, reason="客户采购已近尾声")
    elif fate < 0.62:
        deal.say(
            "deal_put_on_hold",
            at,
            reason="客户组织调整",
            reason_code="customer_request",
            until=day(at + timedelta(days=60)),
        )
    else:
        _go_on(deal, goal)


def _go_on(deal: DealStory, goal: int) -> None:
    """Work on an open deal in the last weeks: an activity, a view of the customer's purchasing, and plans."""
    if deal.draw.random() < 0.4 and deal.number != LOOKED_AT:
        return
    at = END - timedelta(days=deal.draw.randrange(2, 25), hours=deal.draw.randrange(1, 8))
    if at < deal.opened_at + timedelta(days=2):
        return
    act(deal, "call_made", at)
    observed = goal + 2 if deal.number == LOOKED_AT else min(8, max(1, goal + deal.draw.choice([-1, 0, 0, 1, 2, 3, 4])))
    deal.say("purchase_stage_observed", at + timedelta(hours=1), number=observed, confidence="stated",
             contact_id=deal.contact)  # fmt: skip
    for kind, days in (("visit", 5), ("proposal", 12)):
        deal.say("activity_planned", at + timedelta(hours=2), plan=deal.document("JH"), kind=kind, owner=deal.owner,
                 due_on=in_days(days).isoformat(), contact_id=deal.contact)  # fmt: skip
    late = deal.document("JH")
    deal.say(
        "activity_planned",
        at - timedelta(days=1),
        plan=late,
        kind="call",
        owner=deal.owner,
        due_on=in_days(-2).isoformat(),
    )
    if deal.draw.random() < 0.3:
        deal.say("activity_cancelled", END - timedelta(hours=2), plan=late, reason="客户改期")
    meeting = at + timedelta(hours=3)
    deal.say("appointment_made", meeting, contact_id=deal.contact, place="客户会议室", topic="方案确认",
             scheduled_at=f"{in_days(3).isoformat()}T14:00:00+08:00")  # fmt: skip
