"""Classification of any bytes: only an event in canonical form, under its own subject, counts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.cloudevents.envelope import CloudEvent, read_event
from contracts.rules.canonical import canonical
from services.recorder.classify import Unreadable, classify

EVENT = {
    "specversion": "1.0",
    "id": "call-1",
    "source": "crm",
    "type": "daybook.call_made.v1",
    "subject": "deal/D-1",
    "time": "2026-03-31T09:30:00+08:00",
    "data": {"outcome": "interested"},
}
STORED = read_event(EVENT).canonical


def reason(subject: str, message: bytes) -> str:
    found = classify(subject, message)
    assert isinstance(found, Unreadable)
    return found.reason


def test_an_event_in_canonical_form_under_its_own_subject_counts() -> None:
    assert classify("daybook.deal.D-1", STORED) == read_event(EVENT)


def test_an_event_under_another_subject_is_unreadable() -> None:
    assert reason("daybook.deal.D-2", STORED) == "an event about deal/D-1 under the stream's subject daybook.deal.D-2"


def test_an_event_that_is_not_in_canonical_form_is_unreadable() -> None:
    assert "canonical" in reason("daybook.deal.D-1", json.dumps(EVENT).encode())


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (b"", "JSON"),
        (b"garbage", "JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[]", "object"),
        (b"{}", "source"),
        (b"[" * 60_000, "nested"),
        (canonical(EVENT | {"type": "daybook.call_made.v9"}), "daybook.call_made.v9"),
        (canonical(EVENT | {"data": {"outcome": "maybe"}}), "data.outcome"),
        (canonical(EVENT | {"data": {"outcome": "interested", "note": "x" * 60_000}}), "49152"),
    ],
)
def test_the_reason_says_what_is_wrong(message: bytes, word: str) -> None:
    assert word in reason("daybook.deal.D-1", message)


def test_a_reason_can_be_stored() -> None:
    said = reason("daybook.deal.D-1", canonical(EVENT | {"data": {"outcome": "a\u0000b" * 2000}}))
    assert "\x00" not in said
    assert len(said) <= 2000


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_are_judged(message: bytes, subject: str) -> None:
    found = classify(subject, message)
    assert isinstance(found, Unreadable)
    found.reason.encode()


@given(st.data())
def test_an_event_that_was_tampered_with_never_counts_as_what_it_was(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(STORED) - 1))
    message = STORED[:at] + data.draw(st.binary(max_size=3)) + STORED[at + data.draw(st.integers(0, 3)) :]
    found = classify("daybook.deal.D-1", message)
    if isinstance(found, CloudEvent):
        assert found.canonical == message
        assert (found == read_event(EVENT)) == (message == STORED)
    else:
        assert "\x00" not in found.reason
        found.reason.encode()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(EVENT)), _json)
def test_any_value_of_an_attribute_is_judged(name: str, value: object) -> None:
    message = json.dumps(EVENT | {name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = classify("daybook.deal.D-1", message.encode("utf-8", "surrogatepass"))
    if isinstance(found, CloudEvent):
        assert found.canonical == message.encode()
