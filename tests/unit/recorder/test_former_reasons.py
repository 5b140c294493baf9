"""Reasons that earlier versions gave: each is believed where it is true of the message, and nowhere else."""

from typing import Any

import pytest

from contracts.cloudevents.envelope import CloudEvent, read_recorded
from contracts.rules.canonical import canonical
from services.recorder.former_reasons import Known, was_refused

INVOICE = {"invoice": "I-1", "amount": "10.00", "currency": "CNY", "due_on": "2026-04-30"}
PAYMENT = {"payment": "P-1", "amount": "10.00", "currency": "CNY"}
ALLOCATED = {"payment": "P-1", "currency": "CNY", "document": "payment", "series": "1"}
PAID = {"invoice": "I-1", "amount": "5.00"}


def message(name: str, data: dict[str, Any], subject: str = "account/A-1") -> CloudEvent:
    said = {"specversion": "1.0", "source": "crm", "id": "1", "type": f"daybook.{name}.v1", "subject": subject}
    return read_recorded(canonical(said | {"time": "2026-04-01T09:00:00Z", "data": data}))


def correction(data: dict[str, Any], of: str = "invoice_issued") -> CloudEvent:
    replacement = {"time": "2026-04-01T09:00:00Z", "data": data}
    named = {"target": {"source": "crm", "id": "0"}, "target_type": f"daybook.{of}.v1", "replacement": replacement}
    return message("event_corrected", named | {"reason": "wrong", "approver": "Chen"})


NOT_ACTIVE = "not an active ISO 4217 currency code such as CNY"
OPENED = {"playbook": "project", "source_channel": "tender_site", "partner_account_id": "A-7"}
RESUMED = correction({}, "deal_resumed")
WITHDRAWN = message("playbook_withdrawn", {"playbook_version": 1, "reason": "replaced"}, "playbook/project")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (WITHDRAWN, "type: unknown event type 'daybook.playbook_withdrawn.v1'"),
        (message("invoice_issued", INVOICE | {"currency": "BGN"}), f"data.currency: {NOT_ACTIVE}: BGN"),
        (message("invoice_issued", INVOICE | {"currency": "QQQ"}), f"data.currency: {NOT_ACTIVE}: QQQ"),
        (correction(INVOICE | {"currency": "QQQ"}), f"data.replacement.data.currency: {NOT_ACTIVE}: QQQ"),
        (message("invoice_issued", INVOICE | {"series": "2026"}), "data.series: unknown field"),
        (
            message("payment_received", PAYMENT | {"allocations": [PAID, PAID | {"series": "2026"}]}),
            "data.allocations.1.series: unknown field",
        ),
        (
            message("payment_allocated", ALLOCATED | {"allocations": [PAID]}),
            "data.document: unknown field; data.series: unknown field",
        ),
        (message("call_made", {}), "subject: call_made is about deal/<id>, not account"),
        (
            message("call_made", {"plan": "P", "steps": ["pain"]}),
            "subject: call_made is about deal/<id>, not account; data.plan: unknown field; data.steps: unknown field",
        ),
        (
            message("deal_opened", OPENED, "deal/D-1"),
            "data.source_channel: unknown field; data.partner_account_id: unknown field",
        ),
        (correction(OPENED, "deal_opened"), "data.replacement.data.source_channel: unknown field"),
        (RESUMED, "data.target_type: unknown event type daybook.deal_resumed.v1"),
        (
            message("invoice_issued", INVOICE | {"amount": "10.001"}),
            "data.amount: 10.001 has more than the 2 decimals of CNY",
        ),
        (
            correction(INVOICE | {"amount": "10.001"}),
            "data.replacement.data.amount: 10.001 has more than the 2 decimals of CNY",
        ),
    ],
)
def test_a_reason_that_was_true_is_believed(event: CloudEvent, reason: str) -> None:
    assert was_refused(event, reason)


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "odd",
        "type: unknown event type 'daybook.invoice_issued.v1'",
        f"data.currency: {NOT_ACTIVE}: CNY",
        f"data.currency: {NOT_ACTIVE}: BGN",
        f"data.invoice: {NOT_ACTIVE}: QQQ",
        "data.series: unknown field",
        "data.document: unknown field",
        "data.invoice: unknown field",
        "data.amount: 10.00 has more than the 2 decimals of CNY",
        "data.amount: 10.00 has more than the 0 decimals of CNY",
        "data.amount: 10.00 has more than the 0 decimals of JPY",
        "data.amount: 10.001 has more than the 2 decimals of CNY",
        "data.amount: . has more than the 2 decimals of CNY",
        "data.allocations.0.series: unknown field",
        "data.plan: unknown field",
        "subject: invoice_issued is about deal/<id>, not account",
        "subject: call_made is about deal/<id>, not account",
        "data.target_type: unknown event type daybook.call_made.v1",
    ],
)
def test_no_entry_is_hidden_behind_a_reason_that_was_never_true(reason: str) -> None:
    assert not was_refused(message("invoice_issued", INVOICE), reason)


def test_one_true_reason_does_not_carry_another() -> None:
    event = message("invoice_issued", INVOICE | {"series": "2026"})
    assert not was_refused(event, "data.series: unknown field; data.amount: odd")


def test_a_document_of_a_proposal_was_always_known() -> None:
    proposal = message("proposal_submitted", {"kind": "formal", "document": "D-1"}, "deal/D-1")
    assert not was_refused(proposal, "data.document: unknown field")


@pytest.mark.parametrize(
    ("shown", "event", "reason"),
    [
        (
            message("call_made", {"plan": "P"}, "deal/D-1"),
            message("call_made", {"plan": "Q"}, "deal/D-1"),
            "data.plan: unknown field",
        ),
        (message("call_made", {}), message("call_made", {}), "subject: call_made is about deal/<id>, not account"),
        (
            message("deal_resumed", {}, "deal/D-1"),
            RESUMED,
            "data.target_type: unknown event type daybook.deal_resumed.v1",
        ),
    ],
)
def test_what_an_entry_shows_was_known_from_then_on(shown: CloudEvent, event: CloudEvent, reason: str) -> None:
    known = Known()
    assert was_refused(event, reason)
    assert not known.contradicts(event.type, reason)
    known.note(shown.type, shown.canonical)
    assert known.contradicts(event.type, reason)


def test_who_knew_series_may_not_have_known_what_came_later() -> None:
    known = Known()
    known.note("daybook.invoice_issued.v1", message("invoice_issued", INVOICE | {"series": "2026"}).canonical)
    assert known.contradicts("daybook.payment_received.v1", "data.series: unknown field")
    assert not known.contradicts("daybook.payment_received.v1", "data.remittance: unknown field")
