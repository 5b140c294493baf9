"""Details of what the demo's salespeople do: the data of each event, as its deal and the moment suggest."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.demo.accounts import profile
from services.demo.cast import day

if TYPE_CHECKING:
    from services.demo.deal import DealStory

Data = dict[str, Any]
Wanted = Mapping[str, Any]
"""Values that a playbook wants some fields to have."""


def details(deal: "DealStory", event: str, at: datetime, wanted: Wanted) -> Data:
    """Data of an event that suits its deal, with what is wanted; a list has it beside its other members."""
    make = _DETAILS.get(event)
    told = make(deal, at, wanted) if make else {}
    for name, value in wanted.items():
        present = told.get(name)
        told[name] = [*(each for each in present if each != value), value] if isinstance(present, list) else value
    return told


def _call(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    steps = deal.draw.choice([["rapport"], ["rapport", "pain"], ["rapport", "pain", "appointment"]])
    return {"contact_id": deal.contact, "direction": "outbound", "outcome": "interested", "steps": steps,
            "duration_s": deal.draw.randrange(60, 900)}  # fmt: skip


def _message(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    direction = "inbound" if wanted.get("kind") in ("replied", "received", "clicked") else "outbound"
    return {"message": f"M-{deal.id}", "channel": "wechat", "direction": direction, "kind": "sent",
            "contact_id": deal.contact}  # fmt: skip


def _visit(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    note = "双方确认下一步" if deal.draw.random() < 0.7 else None
    return {"purpose": "introduction", "account_id": deal.customer.id, "contact_ids": [deal.contact],
            "place": "客户现场", "duration_s": 5400, "note": note}  # fmt: skip


def _demo(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"audience": ["users", "technical"], "place": "线上", "note": "演示反馈良好"}


def _proposal(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"kind": "preliminary", "document": deal.document("FA"), "receipt": "签收单", "amount": str(deal.amount),
            "currency": deal.currency, "valid_until": day(at + timedelta(days=60))}  # fmt: skip


def _quote(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"quote": deal.document("BJ"), "amount": str(deal.price), "currency": deal.currency,
            "valid_until": day(at + timedelta(days=30)), "incentives": deal.draw.choice([["discount"], ["bundle"]]),
            "payment_options": ["single", "instalments"]}  # fmt: skip


def _appointment(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"contact_id": deal.contact, "scheduled_at": (at + timedelta(days=3)).isoformat(), "place": "客户会议室",
            "topic": "项目交流", "attendees": [deal.owner]}  # fmt: skip


def _contact(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    """Of a decision maker each time another one."""
    role = wanted.get("roles", "handler")
    place = {"handler": 1, "influencer": 2, "decision_maker": 3 + len(deal.shown("contact_recorded")), "user": 4}[role]
    return {"contact_id": deal.customer.contact(place), "roles": [role], "account_id": deal.customer.id,
            "position": "项目负责人", "duties": "采购与实施", "preferred_channel": "wechat"}  # fmt: skip


def _profile(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return profile(deal.customer)


def _relationship(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"contact_id": deal.contact, "content": "product", "account_id": deal.customer.id, "stance": "supporter",
            "decision": 1, "influence": 2, "motivation": "organisational"}  # fmt: skip


def _need(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    name = "后续扩建" if wanted.get("follow_on") else "个人业绩" if wanted.get("kind") == "hidden" else "项目需求"
    budget = deal.amount * deal.draw.choice([9, 11, 12]) / 10
    return {"need": name, "kind": "explicit", "pain": "人工成本高，响应慢", "expectation": "一年内见效",
            "budget": str(budget), "currency": deal.currency, "needed_by": day(at + timedelta(days=120)),
            "motive": "personal" if wanted.get("kind") == "hidden" else "organisational", "contact_id": deal.contact,
            "project_size": "三个站点", "project_value": "年节约两成", "priority": deal.draw.choice(["high", "medium"]),
            }  # fmt: skip


def _contract(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    process, deal.contract = deal.process, f"C-{next(deal.contracts):04d}"
    terms = [{"term": name, "trigger": name, "share": share, "days": days} for name, share, days in process.terms]
    kept = {} if process.retention == "0" else {"retention_percent": process.retention,
                                                "retention_until": day(at + timedelta(days=deal.warranty))}  # fmt: skip
    law = {"buyer_kind": profile(deal.customer)["buyer_kind"], "sme_declared": deal.draw.random() < 0.9}
    return {"contract": deal.contract, "account_id": deal.customer.id, "amount": str(deal.price),
            "currency": deal.currency, "terms": [_given(each) for each in terms], **kept, **law}  # fmt: skip


def _given(term: Data) -> Data:
    return {name: value for name, value in term.items() if value is not None}


def _care(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"kind": "service", "contact_id": deal.contact, "channel": "phone", "note": "使用情况良好"}


def _feedback(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"kind": "satisfaction", "score": deal.draw.randrange(6, 11), "contact_id": deal.contact}


def _planned(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"plan": deal.document("JH"), "due_on": day(at + timedelta(days=20)), "owner": deal.owner,
            "contact_id": deal.contact, "agenda": "核对付款节点"}  # fmt: skip


def _reminder(deal: "DealStory", at: datetime, wanted: Wanted) -> Data:
    return {"invoices": deal.invoices[:1], "level": 1 + len(deal.shown("reminder_sent")), "channel": "call",
            "contact_id": deal.contact, "finance_notified": True}  # fmt: skip


_DETAILS: Mapping[str, Callable[["DealStory", datetime, Wanted], Data]] = {
    "call_made": _call,
    "message_exchanged": _message,
    "visit_done": _visit,
    "demo_held": _demo,
    "proposal_submitted": _proposal,
    "quote_submitted": _quote,
    "appointment_made": _appointment,
    "contact_recorded": _contact,
    "account_profiled": _profile,
    "relationship_assessed": _relationship,
    "need_recorded": _need,
    "contract_signed": _contract,
    "care_given": _care,
    "feedback_given": _feedback,
    "activity_planned": _planned,
    "reminder_sent": _reminder,
}
