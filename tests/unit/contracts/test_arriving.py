"""The quick reading of what arrives says nothing that the thorough one does not say."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.cloudevents.cloud_event import CloudEvent, judge
from contracts.cloudevents.envelope import MAX_EVENT_BYTES, read_event, read_members
from contracts.cloudevents.fast_path import judge_quickly
from contracts.events import EVENTS, Registry
from contracts.rules.canonical import MAX_DEPTH, NotCanonical, parse_unique, read_json
from contracts.rules.refusals import Refused

GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "conformance" / "golden").glob("*.json"))]
CALL: dict[str, Any] = {
    "specversion": "1.0",
    "id": "c 1",
    "source": "crm",
    "type": "daybook.call_made.v1",
    "subject": "deal/D-1",
    "time": "2026-03-31T09:30:00.250+08:00",
    "actor": "李 雷",
    "data": {"outcome": "interested", "note": "她说:\n好", "duration_s": 60},
}
TEXT = json.dumps(CALL).encode()
THOROUGH = Registry(*EVENTS)
"""Reads the same events, and none of them quickly."""


def thoroughly(text: bytes) -> Any:
    """Read a text thoroughly: as a `str`, which is never read quickly."""
    try:
        return read_json(text.decode())
    except (NotCanonical, UnicodeDecodeError):
        return NotCanonical


def value_of(text: bytes) -> Any:
    try:
        return read_json(text)
    except NotCanonical:
        return NotCanonical


def judged(value: Any) -> CloudEvent | None:
    try:
        return judge(value, EVENTS)
    except Refused:
        return None


def members(text: bytes, registry: Registry) -> Sequence[CloudEvent | str] | str:
    try:
        return [each if isinstance(each, CloudEvent) else repr(each.problems) for each in read_members(text, registry)]
    except Refused as refused:
        return repr(refused.problems)


def event(text: bytes, registry: Registry) -> CloudEvent | str:
    try:
        return read_event(text, registry)
    except Refused as refused:
        return repr(refused.problems)


def agrees(text: bytes) -> None:
    value = value_of(text)
    assert repr(value) == repr(thoroughly(text))  # repr tells 1 from True, and the order of keys
    if value is not NotCanonical:
        quickly = judge_quickly(value)
        assert quickly is None or quickly == judged(value)
    elif (event_ := judge_quickly(parse_unique(text))) is not None:
        raise AssertionError(f"{text!r} is an event: {event_}")
    assert event(text, EVENTS) == event(text, THOROUGH)
    for whole in (text, b"[" + text + b"," + TEXT + b"]", b"[" + TEXT + b"," + text + b"]"):
        assert members(whole, EVENTS) == members(whole, THOROUGH)


@pytest.mark.parametrize("stored", GOLDEN, ids=lambda stored: json.loads(stored)["type"])
def test_every_kind_of_event_is_judged_quickly_unless_it_is_held_to_more(stored: bytes) -> None:
    value = read_json(stored)
    quickly = judge_quickly(dict(reversed(value.items())))
    assert repr(parse_unique(stored)) == repr(value)
    if EVENTS.get(value["type"]).family in ("correction", "policy") or b"\xf0" in stored:
        assert quickly is None
    else:
        assert quickly == judge(value, EVENTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"datacontenttype": "application/json; charset=utf-8", "dataschema": "urn:x", "sequence": "7"},
        {"actor": None, "department": None, "traceparent": None, "datacontenttype": None},
        {"traceparent": {"any": ["thing"]}},
        {"time": "2026-03-31t01:30:00.25z"},
    ],
)
def test_what_need_not_stand_there_is_read_quickly_as_well(changes: dict[str, Any]) -> None:
    event = CALL | changes
    quickly = judge_quickly(event)
    assert quickly is not None
    assert quickly == judge(event, EVENTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"colour": None},
        {"data_base64": "e30="},
        {"datacontenttype": "text/xml"},
        {"datacontenttype": 1},
        {"type": "daybook.call_made.v9"},
        {"type": ["daybook.call_made.v1"]},
        {"type": None},
        {"time": None},
        {"time": 1},
        {"time": "yesterday"},
        {"subject": "playbook/A-1"},
        {"data": None},
        {"data": []},
        {"data": {"outcome": "splendid"}},
        {"data": {"note": "x" * MAX_EVENT_BYTES}},
        {"actor": "李雷 😀"},
        {f"x{number}": None for number in range(100)},
    ],
)
def test_the_rest_takes_a_closer_look(changes: dict[str, Any]) -> None:
    assert judge_quickly(CALL | changes) is None
    assert judge_quickly([CALL | changes]) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"\xff",
        b"\xef\xbb\xbf" + TEXT,
        TEXT + b"}",
        TEXT.replace(b'"id"', b'"id":"c 1","id"'),
        TEXT.replace(b'"id"', b'"\\u0069d":"c 2","id"'),
        TEXT.replace(b'"id"', b'"id:":"c:1","id"'),
        TEXT.replace(b'"note"', b'"note":"x\\u003ay","note"'),
        TEXT.replace(b'"note"', b'"note":"x","no\\u003Ate"'),
        TEXT.replace(b"60", b"60.0"),
        TEXT.replace(b"60", b"6e1"),
        TEXT.replace(b"60", b"-0"),
        TEXT.replace(b"60", b"060"),
        TEXT.replace(b"60", b"9007199254740992"),
        TEXT.replace(b"60", b"9007199254740991"),
        TEXT.replace(b"60", b"1" * 5000),
        TEXT.replace(b"60", b"NaN"),
        TEXT.replace(b"60", b"-Infinity"),
        TEXT.replace(b"60", b'"\x01"'),
        TEXT.replace(b"60", b'"\\ud800"'),
        TEXT.replace(b"60", b'"\\ud83d\\ude00"'),
        TEXT.replace(b"60", b'"\\x"'),
        TEXT.replace(b"60", b"[1,]"),
        *(TEXT.replace(b"60", b"[" * depth + b"1" + b"]" * depth) for depth in (MAX_DEPTH - 2, MAX_DEPTH - 1, 300)),
        *(b"[" * depth + b"]" * depth for depth in (MAX_DEPTH, MAX_DEPTH + 1, 30_000)),
    ],
)
def test_both_take_the_same_texts(text: bytes) -> None:
    agrees(text)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.sampled_from([*GOLDEN, TEXT]), st.data())
def test_whatever_is_done_to_the_bytes(stored: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(stored)))
    end = data.draw(st.integers(start, min(start + 6, len(stored))))
    agrees(stored[:start] + data.draw(st.binary(max_size=4)) + stored[end:])


@settings(max_examples=300)
@given(st.sampled_from([*GOLDEN, TEXT]), st.data(), _json, st.booleans())
@example(TEXT, None, None, True)
def test_whatever_is_done_to_the_values(text: bytes, data: st.DataObject | None, value: Any, escaped: bool) -> None:
    event = json.loads(text)
    if data is not None:
        place = event if data.draw(st.booleans()) or not event["data"] else event["data"]
        name = data.draw(st.sampled_from(sorted(place)) | st.text(max_size=3))
        place[name] = value
    with suppress(UnicodeEncodeError):  # then there is no such text
        agrees(json.dumps(event, ensure_ascii=escaped, indent=1).encode())


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_people_write(note: str, actor: str) -> None:
    event = CALL | {"actor": actor, "data": {"outcome": "interested", "note": note}}
    agrees(json.dumps(event).encode())


def test_one_event_that_takes_a_closer_look_leaves_the_others_of_a_batch_as_they_are() -> None:
    correction = next(each for each in GOLDEN if b"event_corrected" in each)
    batch = b"[" + b",".join([TEXT, correction, TEXT.replace(b'"60"', b"60")]) + b"]"
    assert read_members(batch) == [read_event(each) for each in (TEXT, correction, TEXT)]
