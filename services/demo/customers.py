"""Customers of the demo: what is known of each account, its people, plans, targets, messages and care."""

from datetime import datetime, timedelta
from typing import Any

from services.demo.accounts import CUSTOMERS, Customer, profile
from services.demo.cast import BEGINNING, DIRECTOR, END, PEOPLE, in_days
from services.demo.deal import Telling

_PEOPLE = (
    (["handler"], "采购经理", "采购部"),
    (["influencer"], "技术主管", "技术部"),
    (["decision_maker"], "总经理", "管理层"),
    (["user", "influencer"], "车间主任", "用户部门"),
)
"""Roles, position and department of an account's people; the later ones are not known everywhere."""
_GRADES = (
    ("B", 3, 4, 3), ("C", 2, 3, 3), ("D", 1, 2, 2), ("A", 5, 5, 4), ("C", 2, 2, 4), ("B", 4, 4, 4), ("C", 3, 3, 2),
)  # fmt: skip
"""Grades, and the scores of potential, standing and strategic value that lead to them; one is lower than they say."""
_CELLS = (
    ("enterprise_need", "product"), ("enterprise_need", "company"), ("personal_need", "product"),
    ("personal_bond", "company"),
)  # fmt: skip
"""Levels and contents of relationships, in the order in which they are reached."""
_PLANS = (
    (1, "2026", "在用两个系统", "新厂区三个项目", "先试点后推广", "售前两人"),
    (3, "2026", "在谈一个项目", "五个站点", "以样板站点带动", "售前一人、研发一人"),
    (3, "2026-Q1", "方案已提交", "一个站点", "一季度签约", "售前一人"),
    (17, "2026", "年度框架在谈", "八个街道", "参加年度招标", "投标小组"),
)
"""Account, period, status, potential, strategy and resources."""
_GOALS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("playbook/project", "signed_amount", "2026-Q1", "6000000", {"currency": "CNY"}),
    ("playbook/project", "signed_amount", "2026-Q1", "1500000", {"currency": "CNY", "owner": PEOPLE["销售部"][0]}),
    ("playbook/project", "collected_amount", "2026", "9000000", {"currency": "CNY"}),
    ("playbook/project", "deals_opened", "2026-03", "8", {}),
    ("playbook/project", "deals_opened", "2026", "12", {"region": "华东"}),
    ("playbook/project", "deals_completed", "2026-Q1", "6", {"stage": "signing"}),
    ("playbook/project", "completion_rate", "2026-Q1", "0.60", {"stage": "demo_and_exchange"}),
    ("playbook/project", "median_stay_days", "2026-Q1", "14", {"stage": "planning"}),
    ("playbook/project", "median_wait_days", "2026-Q1", "10", {"stage": "visit_and_survey"}),
    ("playbook/project", "median_work_days", "2026-Q1", "7", {"stage": "signing"}),
    ("playbook/project", "call_to_meeting_rate", "2026", "0.20", {}),
    ("playbook/project", "discount_rate", "2026", "0.08", {}),
    ("playbook/government", "visits_with_appointment", "2026-Q1", "1.00", {}),
    ("playbook/government", "collection_rate", "2026-Q1", "0.95", {}),
    ("playbook/government", "days_to_collect", "2026-Q1", "60", {}),
    ("playbook/b2b", "satisfaction_mean", "2026", "8", {}),
    ("playbook/b2b", "referrals", "2026", "10", {}),
    ("account/A-0001", "net_invoiced", "2026", "2000000", {"currency": "CNY"}),
    ("account/A-0003", "net_invoiced", "2026", "3000000", {"currency": "CNY"}),
    ("account/A-0003", "net_invoiced", "2026-Q1", "800000", {"currency": "CNY"}),
)
"""Subject, metric, period, value and scope of the targets."""
_CAMPAIGNS = (("2025秋季样板参观", datetime.fromisoformat("2025-09-15T10:00+00:00")),
              ("2026智慧运维白皮书", datetime.fromisoformat("2026-01-12T10:00+00:00")),
              ("2026春季研讨会", datetime.fromisoformat("2026-03-09T10:00+00:00")))  # fmt: skip
_FATES = (
    ("opened", "clicked", "replied"),
    ("opened",),
    (),
    ("opened", "clicked"),
    ("bounced",),
    ("opened", "unsubscribed"),
)
"""Fates of messages, one customer after the other."""


def know(telling: Telling) -> None:
    """Tell all that is known of all accounts."""
    everybody = [each for customers in CUSTOMERS.values() for each in customers]
    for customer in everybody:
        seller = PEOPLE["渠道部" if customer.kind == "partner" else "销售部"][customer.number % 2]
        _introduce(telling, customer, seller)
        _write(telling, customer, seller)
        _care(telling, customer, seller)
    for number, (account, period, status, potential, strategy, resources) in enumerate(_PLANS):
        telling.facts.say(
            "account_plan_set", f"account/A-{account:04d}", BEGINNING + timedelta(days=150, minutes=number), DIRECTOR,
            plan=f"KAP-{account:04d}", period=period, status=status, potential=potential, strategy=strategy,
            resources=resources, owner=PEOPLE["销售部"][account % 5],
        )  # fmt: skip
    for number, (subject, metric, period, value, scope) in enumerate(_GOALS, start=1):
        at = BEGINNING + timedelta(days=160, minutes=number)
        telling.facts.say("target_set", subject, at, DIRECTOR, target=f"T-{number:03d}", metric=metric, period=period,
                          value=value, **scope)  # fmt: skip
    twice, at = "account/A-0041", BEGINNING + timedelta(days=60)
    telling.facts.say("account_registered", twice, at, name="杭州装备制造公司（重复）")
    telling.facts.say("account_merged", twice, at + timedelta(days=30), DIRECTOR, into_account_id="A-0005",
                      reason="重复建档", approver=DIRECTOR)  # fmt: skip


def _introduce(telling: Telling, customer: Customer, seller: str) -> None:
    """Register the account, grade it, and record its people and what they think of us."""
    at, number = BEGINNING + timedelta(minutes=customer.number), customer.number
    say = telling.facts.say
    say("account_registered", customer.subject, at, seller, name=customer.name, region=customer.region)
    say("account_profiled", customer.subject, at + timedelta(hours=1), seller, **profile(customer))
    if customer.kind == "consumer":
        say("contact_recorded", customer.subject, at + timedelta(hours=2), seller, contact_id=customer.contact(1),
            roles=["decision_maker", "user"])  # fmt: skip
        return
    grade, potential, standing, strategic = _GRADES[number % len(_GRADES)]
    say("account_graded", customer.subject, at + timedelta(hours=2), seller, grade=grade, potential=potential,
        standing=standing, strategic=strategic, method="乘积法 1")  # fmt: skip
    for place, (roles, position, department) in enumerate(_PEOPLE[: 2 + number % 3], start=1):
        person = customer.contact(place)
        say("contact_recorded", customer.subject, at + timedelta(hours=3, minutes=place), seller, contact_id=person,
            roles=roles, position=position, department=department, preferred_channel="wechat",
            reports_to=customer.contact(3) if place < 3 < 2 + number % 3 else None,
            personal={"birthday": f"19{70 + place}-{1 + (number * 5 + place) % 12:02d}-{1 + number % 28:02d}"},
            )  # fmt: skip
        stance = ("supporter", "neutral", "opponent", "neutral")[(number + place) % 4]
        for level, content in _CELLS[: (number + place) % 5]:
            say("relationship_assessed", customer.subject, at + timedelta(days=number + place), seller,
                contact_id=person, level=level, content=content, reached=True, stance=stance, decision=place % 4,
                influence=(place + 1) % 4, motivation=("organisational", "personal", "both")[number % 3])  # fmt: skip


def _write(telling: Telling, customer: Customer, seller: str) -> None:
    """Send the campaigns' messages; who replies is answered."""
    for place, (campaign, sent_at) in enumerate(_CAMPAIGNS):
        at = sent_at + timedelta(minutes=customer.number)
        about = {"message": f"MC{place}-{customer.number}", "channel": ("email", "wechat", "sms")[place],
                 "campaign": campaign, "contact_id": customer.contact(1)}  # fmt: skip

        def said(kind: str, at: datetime, about: dict[str, str] = about, **more: str) -> None:
            telling.facts.say("message_exchanged", customer.subject, at, kind=kind, **{**about, **more})

        said("sent", at, direction="outbound")
        fate = _FATES[(customer.number + place) % len(_FATES)]
        for step, kind in enumerate(fate, start=1):
            said(kind, at + timedelta(hours=step * 5), direction="inbound" if kind == "replied" else "outbound")
        if fate[-1:] == ("replied",):
            said("sent", at + timedelta(hours=15 + customer.number), message=f"MC{place}-{customer.number}-A",
                 direction="outbound")  # fmt: skip


def _care(telling: Telling, customer: Customer, seller: str) -> None:
    """Visit again, greet, ask how satisfied the customer is, and settle complaints."""
    say, number = telling.facts.say, customer.number
    service, contact = PEOPLE["客服部"][0], customer.contact(1)
    at = BEGINNING + timedelta(days=40 + number)
    say("care_given", customer.subject, at, service, kind="return_visit", contact_id=contact, channel="phone")
    say("care_given", customer.subject, datetime.fromisoformat("2026-02-13T09:00+00:00"), service, kind="holiday",
        contact_id=contact, channel="wechat", note="春节问候")  # fmt: skip
    if number % 4 == 0:
        say("visit_done", customer.subject, at + timedelta(days=90), seller, purpose="care", contact_ids=[contact],
            place="客户现场", note="了解使用情况")  # fmt: skip
        say("feedback_given", customer.subject, at + timedelta(days=91), service, kind="satisfaction",
            score=6 + number % 5, contact_id=contact)  # fmt: skip
    if number % 6 == 1:
        case = f"TS-{number:03d}"
        say("feedback_given", customer.subject, at + timedelta(days=100), service, kind="complaint", case=case,
            text="响应慢", contact_id=contact)  # fmt: skip
        if number % 12 == 1:
            say("feedback_given", customer.subject, at + timedelta(days=108), service, kind="complaint", case=case,
                resolved=True, contact_id=contact)  # fmt: skip
    if number % 5 == 3 and customer.kind != "consumer":
        say("activity_planned", customer.subject, END - timedelta(days=9), seller, plan=f"HF-{number:03d}",
            kind="return_visit", owner=seller, due_on=in_days(number % 10).isoformat(), contact_id=contact)  # fmt: skip
