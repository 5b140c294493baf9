import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.cloudevents.cloud_event import judge
from contracts.cloudevents.envelope import (
    MAX_BATCH,
    MAX_EVENT_BYTES,
    MAX_SENT_BYTES,
    Refused,
    is_json,
    outward,
    read_batch,
    read_binary,
    read_event,
    read_members,
    read_recorded,
    reading_members,
)
from contracts.events import EVENTS
from contracts.rules.canonical import canonical, read_json
from contracts.types.references import reference_key

CALL: dict[str, Any] = {
    "specversion": "1.0",
    "id": "call-1",
    "source": "telephony",
    "type": "daybook.call_made.v1",
    "subject": "deal/D-1",
    "time": "2026-03-01T09:30:00+08:00",
    "actor": "王丽",
    "department": "sales",
    "correlationid": "process 7",
    "causationid": '"quoted\\"',
    "data": {"direction": "outbound", "duration_s": 300, "outcome": "interested", "note": "约定下周拜访\n😀"},
}
line = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(reference_key)
event_id = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)
calls = st.fixed_dictionaries(
    {
        "specversion": st.just("1.0"),
        "id": event_id,
        "source": st.just("telephony"),
        "type": st.just("daybook.call_made.v1"),
        "subject": st.just("deal/D-1"),
        "time": st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
            datetime.isoformat
        ),
        "data": st.fixed_dictionaries({}, optional={"note": line, "duration_s": st.integers(0, 604_800)}),
    },
    optional={"actor": line, "department": line, "correlationid": event_id, "causationid": event_id},
)


def _binary(event: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    headers = {f"ce-{name}": quote(value, safe="") for name, value in event.items() if name != "data"}
    return headers | {"content-type": "application/json"}, json.dumps(event["data"]).encode()


def _faults(raw: Any) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        read_event(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    return {each.field: each.reason for each in refused.value.problems}


@given(calls)
@example(CALL)
def test_structured_binary_and_batch_give_the_same_bytes(event: dict[str, Any]) -> None:
    structured = read_event(json.dumps(event, indent=2).encode())
    kept = event | {"time": event["time"].replace("+00:00", "Z")}
    if "." in kept["time"]:
        kept["time"] = kept["time"].rstrip("Z").rstrip("0") + "Z"
    assert structured.canonical == canonical(kept)
    assert read_binary(*_binary(event)) == structured
    assert read_event(event) == structured
    [batched] = read_batch(json.dumps([event]).encode())
    assert batched == structured
    assert read_recorded(structured.canonical) == structured


def test_the_department_is_read_quickly_and_at_a_closer_look() -> None:
    closer = read_event(CALL | {"traceparent": None, "datacontenttype": "application/json ; charset=utf-8"})
    for said in (read_event(CALL), closer, read_recorded(closer.canonical), judge(CALL, EVENTS)):
        assert said.department == "sales"
    assert read_event({name: value for name, value in CALL.items() if name != "department"}).department is None


def test_the_spelling_of_a_zero_offset_is_irrelevant_and_the_senders_offset_is_kept() -> None:
    spelt = {
        read_event(CALL | {"time": f"2026-03-01T01:30:00{offset}"}).canonical
        for offset in ("Z", "z", "+00:00", "-00:00")
    }
    assert len(spelt) == 1
    read = read_event(CALL)
    assert read.occurred_at == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    assert read_json(read.canonical)["time"] == "2026-03-01T09:30:00+08:00"


def test_attributes_about_the_sending_are_read_and_left_out() -> None:
    sending = {
        "datacontenttype": "application/json; charset=UTF-8",
        "dataschema": "urn:x",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "x=y",
    }
    assert read_event(CALL | sending).canonical == read_event(CALL).canonical


def test_an_attribute_that_is_null_is_absent() -> None:
    absent = {name: value for name, value in CALL.items() if name != "actor"}
    assert read_event(CALL | {"actor": None, "data_base64": None, "x": None}) == read_event(absent)


def test_every_field_at_fault_is_named_at_once() -> None:
    bad = CALL | {"id": " 1", "time": "yesterday", "colour": "red", "data": {"outcome": "great", "duration_s": -1}}
    del bad["subject"]
    assert _faults(bad) == {
        "id": "must be 1 to 128 printable ASCII characters, without a space at either end",
        "time": "must be a time with offset such as 2026-03-31T09:30:00+08:00, not 'yesterday'",
        "subject": "is missing",
        "colour": "unknown field",
        "data.outcome": "must be 'interested', 'callback', 'not_interested', 'no_answer' or 'other'",
        "data.duration_s": "must be at least 0",
    }


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"specversion": "0.3"}, "specversion", "must be '1.0'"),
        ({"id": 7}, "id", "must be text"),
        ({"id": "x" * 129}, "id", "must be 1 to 128 printable ASCII"),
        ({"source": "//crm.example/x"}, "source", "must be 1 to 64 letters, digits, - and _"),
        ({"type": "com.example.call"}, "type", "unknown event type 'com.example.call'"),
        ({"type": "daybook.call_made.v9"}, "type", "unknown event type"),
        ({"type": None}, "type", "is missing"),
        ({"type": 1}, "type", "must be text"),
        ({"subject": "deal/a.b"}, "subject", "must be deal/<id>, account/<id> or playbook/<key>"),
        ({"subject": "playbook/A-1"}, "subject", "call_made is about account/<id> or deal/<id>, not playbook"),
        ({"time": 1772357400}, "time", "must be a time with offset, as text"),
        ({"time": "2026-03-01T09:30:00"}, "time", "must be a time with offset"),
        ({"actor": "a\x00b"}, "actor", "no control characters"),
        ({"actor": "x" * 201}, "actor", "must have at most 200 characters"),
        ({"datacontenttype": "text/xml"}, "datacontenttype", "application/json"),
        ({"datacontenttype": 3}, "datacontenttype", "application/json"),
        ({"data_base64": "e30="}, "data_base64", "data is JSON, in `data`"),
        ({"data": None}, "data", "is missing"),
        ({"data": [1]}, "data", "data is a JSON object"),
        ({"data": {"duration_s": True}}, "data.duration_s", "must be a whole number"),
        ({"data": {"duration_s": "300"}}, "data.duration_s", "must be a whole number"),
        ({"data": {"contact_id": "a b"}}, "data.contact_id", "must be 1 to 64 letters"),
        ({"data": {"note": ""}}, "data.note", "at least one character"),
        ({"data": {"nuance": "x"}}, "data.nuance", "unknown field"),
    ],
)
def test_a_fault_names_its_field_in_plain_words(change: dict[str, Any], field: str, reason: str) -> None:
    faults = _faults(CALL | change)
    assert list(faults) == [field]
    assert reason in faults[field]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"[]", "an event is a JSON object"),
        (b'"x"', "an event is a JSON object"),
        (b"{", "not JSON"),
        (b'{"actor":"\\ud800"}', "half of a surrogate pair"),
        (b'{"data":' + b"[" * 40 + b"]" * 40 + b"}", "nested more than 32 deep"),
    ],
)
def test_what_is_no_event_is_unreadable(raw: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        read_event(raw)
    assert [each.kind for each in refused.value.problems] == ["unreadable"]


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        (b'{"id":"1","id":"2"}', "id", "stands twice in one object"),
        (
            b'{"data":{"a":[{"amount":1.5}]}}',
            "data.a.0.amount",
            "numbers with a fraction or exponent are not allowed: 1.5",
        ),
        (b'{"data":{"amount":1e5}}', "data.amount", "write a decimal string"),
        (b'{"data":{"amount":NaN}}', "data.amount", "NaN is not JSON"),
        (b'{"data":{"n":9007199254740992}}', "data.n", "integer beyond"),
    ],
)
def test_what_has_no_canonical_form_is_named_by_its_field(raw: bytes, field: str, reason: str) -> None:
    [(found, said)] = _faults(raw).items()
    assert found == field
    assert reason in said
    headers, _ = _binary(CALL)
    with pytest.raises(Refused, match=r"data\.amount: numbers with a fraction"):
        read_binary(headers, b'{"amount":1.5}')


def test_faults_beyond_the_first_fifty_are_not_named() -> None:
    many = ",".join(f'"f{number}":1.5' for number in range(60))
    assert len(_faults(f'{{"data":{{{many}}}}}'.encode())) == 50
    assert len(_faults(CALL | {"data": {f"f{number}": 1 for number in range(60)}})) == 50


def test_an_event_has_few_attributes() -> None:
    assert _faults(CALL | {f"x{number}": 1 for number in range(60)}) == {"": "71 attributes; at most 64 are read"}


@pytest.mark.parametrize("value", [1.5, float("nan"), "\ud800", datetime(2026, 1, 1), {1, 2}, 2**60])
def test_a_mapping_that_is_no_json_is_unreadable(value: Any) -> None:
    with pytest.raises(Refused) as refused:
        read_event(CALL | {"data": {"note": value}})
    assert [each.kind for each in refused.value.problems] == ["unreadable"]


def test_an_event_is_measured_in_canonical_bytes() -> None:
    def wide(count: int) -> dict[str, Any]:
        return CALL | {"type": "daybook.visit_done.v1", "data": {"purpose": "survey", "contact_ids": ["x" * count]}}

    with pytest.raises(Refused, match=r"bytes in canonical form; an event has at most 49152") as refused:
        read_event(wide(MAX_EVENT_BYTES))
    assert [each.kind for each in refused.value.problems] == ["too_large"]
    spaced = json.dumps(CALL, ensure_ascii=True).encode() + b" " * 100_000
    assert read_event(spaced) == read_event(CALL)
    with pytest.raises(Refused, match="at most 393216 are read"):
        read_event(spaced + b" " * MAX_SENT_BYTES)


def test_a_header_is_unquoted_then_percent_decoded_once() -> None:
    headers, body = _binary(CALL)
    expected = read_binary(headers, body).canonical
    headers["ce-actor"] = '"' + quote("王丽") + '"'
    headers["ce-correlationid"] = '"process\\ 7"'
    assert read_binary(headers, body).canonical == expected
    headers["ce-actor"] = quote("王丽").lower()
    assert read_binary(headers, body).canonical == expected
    headers["ce-actor"] = "100%2525"
    assert read_binary(headers, body).actor == "100%25"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"ce-actor": "王丽"}, "actor", "percent-encoded UTF-8"),
        ({"ce-actor": "%ff"}, "actor", "its percent-encoding is not UTF-8"),
        ({"ce-actor": "%00"}, "actor", "no control characters"),
        ({"ce-data": "x"}, "data", "the data is the body"),
        ({"content-type": "application/xml"}, "datacontenttype", "application/json"),
        ({"content-type": "application/json; charset=gbk"}, "datacontenttype", "in UTF-8"),
    ],
)
def test_a_fault_of_a_header_names_the_attribute(change: dict[str, str], field: str, reason: str) -> None:
    headers, body = _binary(CALL)
    with pytest.raises(Refused) as refused:
        read_binary(headers | change, body)
    assert [each.field for each in refused.value.problems] == [field]
    assert reason in refused.value.problems[0].reason


def test_a_body_that_is_no_json_is_named_as_data() -> None:
    headers, _ = _binary(CALL)
    with pytest.raises(Refused, match="data: not JSON"):
        read_binary(headers, b"{")


def test_a_bad_event_of_a_batch_is_named_by_its_index() -> None:
    batch = [CALL, CALL | {"id": ""}, CALL, 7]
    with pytest.raises(Refused) as refused:
        read_batch(json.dumps(batch).encode())
    assert [(each.index, each.field) for each in refused.value.problems] == [(1, "id"), (3, "")]
    assert str(refused.value).startswith("event 1, id: must be")


def test_a_member_that_is_unreadable_does_not_hide_the_others() -> None:
    spelt = json.dumps([CALL, CALL | {"id": ""}, CALL, CALL, 7])
    broken = spelt.replace('"duration_s": 300', '"duration_s": 1.5', 1).replace("call-1", "\\ud800", 2)
    members = read_members(broken.encode())
    assert [
        [(each.index, each.field) for each in member.problems] if isinstance(member, Refused) else member.id
        for member in members
    ] == [[(0, "data.duration_s")], [(1, "id")], [(2, "")], "call-1", [(4, "")]]


def test_a_member_of_a_batch_is_judged_when_it_is_asked_for() -> None:
    deep = "[" * 40 + "]" * 40
    reading = reading_members(f"[{json.dumps(CALL)}, {json.dumps(CALL | {'id': ''})}, {deep}]".encode())
    assert next(reading) == read_event(CALL)
    assert isinstance(next(reading), Refused)
    with pytest.raises(Refused, match="nested more than 32 deep"):
        next(reading)


def test_a_deep_batch_with_a_million_members_is_refused_without_being_named_member_by_member() -> None:
    for raw in (b"[" * 900 + b"1.5," * 1_000_000 + b"1" + b"]" * 900, b"[" + b"1.5," * 1_000_000 + b"1]"):
        with pytest.raises(Refused) as refused:
            read_batch(raw)
        assert len(refused.value.problems) == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{}", "a batch is a JSON list of events"),
        (b"[" + b",".join([b"{}"] * (MAX_BATCH + 1)) + b"]", "1001 events; a batch has at most 1000"),
        (b"[" + b" " * 8 * 1024 * 1024, "bytes; at most 8388608 are read"),
    ],
)
def test_a_batch_is_a_list_within_limits(raw: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_batch(raw)


def test_a_message_that_is_not_in_canonical_form_is_not_recorded_as_an_entry() -> None:
    stored = read_event(CALL).canonical
    assert read_recorded(stored).canonical == stored
    with pytest.raises(Refused, match="not in canonical form"):
        read_recorded(stored + b" ")
    with pytest.raises(Refused, match="not in canonical form"):
        read_recorded(json.dumps(json.loads(stored)).encode())


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@example(b'{"data":{},"id":"1","source":"s","specversion":"1.0","subject":"deal/1","time":"x","type":"y"}')
def test_whatever_lies_in_the_stream_is_an_event_or_refused(message: bytes) -> None:
    with pytest.raises(Refused):
        read_recorded(message)


@given(st.dictionaries(st.sampled_from(sorted(CALL)), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_whatever_an_attribute_holds_is_an_event_or_refused(change: dict[str, Any]) -> None:
    with suppress(Refused):
        read_event(json.dumps(CALL | change).encode())


def test_outward_adds_place_and_time_and_comes_back_as_the_same_bytes() -> None:
    stored = read_event(CALL).canonical
    told = outward(stored, 4711, datetime(2026, 3, 1, 9, 30, 0, 5, tzinfo=timezone(timedelta(hours=8))))
    assert json.loads(told) == json.loads(stored) | {
        "sequence": "00000000000000004711",
        "recordedtime": "2026-03-01T01:30:00.000005Z",
    }
    assert read_event(told).canonical == stored


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ("Application/JSON; charset=UTF-8", True),
        ('application/json;charset="utf-8"', True),
        ("application/json; charset=latin-1", False),
        ("application/jsonp", False),
        ("", False),
        (None, False),
    ],
)
def test_data_is_json_in_utf_8(content_type: Any, expected: bool) -> None:
    assert is_json(content_type) is expected
