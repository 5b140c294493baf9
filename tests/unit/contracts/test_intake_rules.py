"""Rules of the door hold what is sent, in every form; what is recorded is read without them."""

import json
import sys
from typing import Any

import pytest

from contracts.cloudevents.envelope import CloudEvent, Refused, read_binary, read_event, read_members, read_recorded
from contracts.cloudevents.intake_rules import let_in
from contracts.rules.canonical import canonical
from contracts.types.references import reference_key

BLANKS = [" ", "\u00a0", "\u3000 ", "\u200b", "\ufeff", "\u00ad\u034f", "\u3164", "\u2800", "\U000e0100"]
NONCHARACTERS = ["\ufffe", "\uffff", "\ufdd0", "\ufdef", "\U0001fffe", "\U000affff", "\U0010ffff"]


def event(name: str, subject: str, data: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    head = {"specversion": "1.0", "id": "e-1", "source": "crm", "type": f"daybook.{name}.v1", "subject": subject}
    return head | {"time": "2026-03-02T09:00:00+08:00", "data": data} | attributes


def invoice(**changes: Any) -> dict[str, Any]:
    data = {"invoice": "INV-1", "amount": "100.00", "currency": "CNY", "due_on": "2026-04-30"}
    return event("invoice_issued", "account/A-1", data | changes)


def payment(reference: str) -> dict[str, Any]:
    paid = [{"invoice": "INV-1", "amount": "1.00"}, {"invoice": reference, "amount": "1.00"}]
    data = {"payment": "P-1", "amount": "10.00", "currency": "CNY", "allocations": paid}
    return event("payment_received", "account/A-1", data)


def correction(data: dict[str, Any], time: str = "2026-03-02T09:00:00Z", **changes: Any) -> dict[str, Any]:
    said = {"target": {"source": "crm", "id": "x"}, "target_type": "daybook.invoice_issued.v1", "reason": "typed wrong"}
    return event(
        "event_corrected",
        "account/A-1",
        said | {"approver": "Wang", "replacement": {"time": time, "data": data}} | changes,
    )


def problems(sent: dict[str, Any]) -> list[tuple[str, str]]:
    """The faults that are named, which are the same in every form."""
    raw = json.dumps(sent).encode()
    with pytest.raises(Refused) as structured:
        read_event(raw)
    (member,) = read_members(b"[" + raw + b"]")
    assert isinstance(member, Refused)
    assert [(each.field, each.reason) for each in member.problems] == [
        (each.field, each.reason) for each in structured.value.problems
    ]
    attributes = {name: value for name, value in sent.items() if name != "data"}
    if all(str(value).isascii() for value in attributes.values()):
        with pytest.raises(Refused) as binary:
            read_binary(
                {f"ce-{name}": f'"{value}"' for name, value in attributes.items()}, json.dumps(sent["data"]).encode()
            )
        assert binary.value.problems == structured.value.problems
    return [(each.field, each.reason) for each in structured.value.problems]


@pytest.mark.parametrize("blank", BLANKS)
def test_a_text_that_shows_nothing_is_refused(blank: str) -> None:
    words = "must show something: it holds blanks and invisible characters alone"
    assert problems(invoice(invoice=blank)) == [("data.invoice", words)]
    assert problems(payment(blank)) == [("data.allocations.1.invoice", words)]
    assert problems(event("deal_reassigned", "deal/D-1", {"owner": blank})) == [("data.owner", words)]
    assert problems(event("deal_lost", "deal/D-1", {}, actor=blank)) == [("actor", words)]
    data = invoice(invoice=blank)["data"]
    assert problems(correction(data, approver=blank)) == [
        ("data.approver", words),
        ("data.replacement.data.invoice", words),
    ]


@pytest.mark.parametrize("noncharacter", NONCHARACTERS)
def test_a_noncharacter_is_refused_wherever_it_stands(noncharacter: str) -> None:
    words = f"holds U+{ord(noncharacter):04X}, which stands for no character"
    assert problems(invoice(invoice=f"INV-{noncharacter}1")) == [("data.invoice", words)]
    assert problems(event("deal_lost", "deal/D-1", {"reason": f"价格{noncharacter}"})) == [("data.reason", words)]
    assert problems(event("deal_lost", "deal/D-1", {}, department=f"销售{noncharacter}")) == [("department", words)]


@pytest.mark.parametrize(
    "text",
    ["INV\u200b-1", " INV-1", "发票１", "\ufdf0", "\ufffd", "\\ufffe", "A\u3000", "😀\ufe0f", "\u0301"],
)
def test_a_text_that_shows_something_keeps_its_characters(text: str) -> None:
    read = read_event(invoice(invoice=text))
    assert json.loads(read.canonical)["data"]["invoice"] == text


def test_currencies_are_those_of_the_time_of_the_event() -> None:
    of_its_day = invoice(currency="BGN") | {"time": "2025-06-30T09:00:00Z"}
    assert json.loads(read_event(of_its_day).canonical)["data"]["currency"] == "BGN"
    words = "must be a currency of its day: BGN was in use until 2025-12-31"
    late = invoice(currency="BGN") | {"time": "2026-11-29T09:00:00Z"}
    assert problems(late) == [("data.currency", words)]
    data = invoice(currency="BGN")["data"]
    assert read_event(correction(data, "2025-06-30T09:00:00Z"))
    assert problems(correction(data, "2026-11-29T09:00:00Z")) == [("data.replacement.data.currency", words)]


@pytest.mark.parametrize(
    "sent",
    [
        invoice(invoice=" "),
        invoice(invoice="A\ufffe"),
        invoice(currency="BGN") | {"time": "2026-11-29T09:00:00Z"},
        payment("\u200b"),
        event("deal_reassigned", "deal/D-1", {"owner": "\u00a0"}, actor=" "),
        correction(invoice(currency="HRK", invoice=" ")["data"], approver="\u3000"),
    ],
)
def test_what_is_recorded_is_not_held_to_the_rules_of_the_door(sent: dict[str, Any]) -> None:
    assert problems(sent)
    stored = canonical(sent)
    read = read_recorded(stored)
    assert isinstance(read, CloudEvent)
    assert read.canonical == stored


def test_no_text_that_the_door_refuses_is_let_in_quickly() -> None:
    said = read_event(invoice())
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or 0x7F <= code < 0xA0:
            continue  # no characters, and control characters, which no contract allows
        if not reference_key(chr(code)) or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
            stored = said.canonical.replace(b"INV-1", json.dumps(chr(code), ensure_ascii=False)[1:-1].encode())
            assert not let_in(stored, said.occurred_at, said.event), hex(code)
    assert let_in(said.canonical, said.occurred_at, said.event)
