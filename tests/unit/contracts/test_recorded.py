"""The quick reading of stored events says nothing that the thorough one does not say."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from contracts.cloudevents.cloud_event import judge
from contracts.cloudevents.envelope import CloudEvent, Refused, read_event
from contracts.cloudevents.fast_path import read_canonical
from contracts.events import EVENTS
from contracts.rules.canonical import NotCanonical, canonical, read_json

GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "conformance" / "golden").glob("*.json"))]
CALL = {
    "specversion": "1.0",
    "id": "c 1",
    "source": "crm",
    "type": "daybook.call_made.v1",
    "subject": "deal/D-1",
    "time": "2026-03-31T09:30:00+08:00",
    "data": {"outcome": "interested", "note": "她说:\n好"},
}
STORED = read_event(CALL).canonical


def thoroughly(stored: bytes) -> CloudEvent | None:
    try:
        event = judge(read_json(stored), EVENTS, recorded=True)
    except (Refused, NotCanonical):
        return None
    return event if event.canonical == stored else None


def agrees(stored: bytes) -> None:
    quickly = read_canonical(stored)
    assert quickly is None or quickly == thoroughly(stored)


@pytest.mark.parametrize("stored", GOLDEN, ids=lambda stored: json.loads(stored)["type"])
def test_every_kind_of_event_is_read_quickly_unless_it_is_held_to_more(stored: bytes) -> None:
    thorough = thoroughly(stored)
    assert thorough is not None
    quick = read_canonical(stored)
    if thorough.event.family in ("correction", "policy") or b"\xf0" in stored:
        assert quick is None
    else:
        assert quick == thorough


def test_both_write_every_character_in_the_same_way() -> None:
    for start in range(0, 0x110000, 0x400):
        text = "".join(map(chr, range(start, start + 0x400)))
        if not 0xD800 <= start < 0xE000:
            assert to_json(text) == canonical(text)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"null",
        b"[]",
        b"1",
        b"\xff",
        STORED + b" ",
        STORED.replace(b'"id"', b' "id"'),
        STORED.replace(b'{"data"', b'{"actor":null,"data"'),
        STORED.replace(b'{"data"', b'{"actor":"Li","actor":"Li","data"'),
        STORED.replace(b'{"data"', b'{"dataschema":"x","data"'),
        STORED.replace(b'"interested"}', b'"interested","outcome":"interested"}'),
        STORED.replace(b'"note"', b'"duration_s":1.0,"note"'),
        STORED.replace(b'"note"', b'"duration_s":9007199254740993,"note"'),
        STORED.replace(b'"note"', b'"duration_s":-0,"note"'),
        STORED.replace(b'"note"', b'"duration_s":NaN,"note"'),
        STORED.replace(b"\\n", b"\\u000a"),
        STORED.replace(b"\\n", b"\\ud800"),
        STORED.replace(b"deal/D-1", b"playbook/D-1"),
        STORED.replace(b"daybook.call_made.v1", b"daybook.call_made.v9"),
        STORED.replace(b'"daybook.call_made.v1"', b"[]"),
        STORED.replace(b"+08:00", b"+00:00"),
        STORED.replace(b"2026", b"0001"),
        b'{"data":' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 30_000,
    ],
)
def test_what_is_not_canonical_is_not_taken(stored: bytes) -> None:
    assert stored != STORED
    assert read_canonical(stored) is None
    assert thoroughly(stored) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.sampled_from(GOLDEN), st.data())
def test_whatever_is_done_to_the_bytes(stored: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(stored)))
    end = data.draw(st.integers(start, min(start + 6, len(stored))))
    agrees(stored[:start] + data.draw(st.binary(max_size=4)) + stored[end:])


@settings(max_examples=300)
@given(st.sampled_from(GOLDEN), st.data(), _json, st.sampled_from([canonical, to_json]))
@example(STORED, None, None, canonical)
def test_whatever_is_done_to_the_values(stored: bytes, data: st.DataObject | None, value: Any, write: Any) -> None:
    event = json.loads(stored)
    if data is not None:
        place = event if data.draw(st.booleans()) or not event["data"] else event["data"]
        name = data.draw(st.sampled_from(sorted(place)) | st.text(max_size=3))
        place[name] = value
    try:
        text = write(event)
    except (NotCanonical, ValueError):
        return  # there is no such text
    agrees(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_people_write(note: str, actor: str) -> None:
    said = CALL | {"actor": actor, "data": {"outcome": "interested", "note": note}}
    try:
        stored = read_event(said).canonical
    except Refused:
        return
    agrees(stored)
    if all(ord(each) < 0x10000 for each in note + actor):
        assert read_canonical(stored) == read_event(said)
