"""The CloudEvents SDK as a foreign client: what it sends is read, and what the ledger hands out it reads."""

from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracts.cloudevents.envelope import outward, read_binary, read_event
from contracts.rules.canonical import read_json

ATTRIBUTES = {
    "specversion": "1.0",
    "id": "call 1%41",
    "source": "telephony",
    "type": "daybook.call_made.v1",
    "subject": "deal/D-1",
    "time": datetime(2026, 3, 1, 9, 30, 0, 120000, tzinfo=UTC),
    "datacontenttype": "application/json",
    "actor": '王丽 "Li" 100% 😀',
    "department": "sales",
}


@pytest.fixture
def event() -> CloudEvent:
    return CloudEvent(ATTRIBUTES, {"outcome": "interested", "note": "约定下周拜访"})


def test_what_the_sdk_sends_is_the_same_in_both_modes(event: CloudEvent) -> None:
    structured = to_structured(event, JSONFormat())
    binary = to_binary(event, JSONFormat())
    assert structured.headers["content-type"].startswith("application/cloudevents+json")
    headers = {name.lower(): value for name, value in binary.headers.items()}
    read = read_binary(headers, binary.body)
    assert read == read_event(structured.body)
    assert (read.id, read.actor) == (ATTRIBUTES["id"], ATTRIBUTES["actor"])
    assert read_json(read.canonical)["time"] == "2026-03-01T09:30:00.12Z"


def test_what_the_ledger_hands_out_the_sdk_reads(event: CloudEvent) -> None:
    stored = read_event(to_structured(event, JSONFormat()).body).canonical
    told = outward(stored, 7, datetime(2026, 3, 1, 9, 31, tzinfo=UTC))
    read = from_structured(
        HTTPMessage({"content-type": "application/cloudevents+json"}, told), JSONFormat(), CloudEvent
    )
    assert read.get_id() == ATTRIBUTES["id"]
    assert read.get_time() == ATTRIBUTES["time"]
    assert read.get_extension("sequence") == "00000000000000000007"
    assert read.get_extension("recordedtime") == "2026-03-01T09:31:00.000000Z"
