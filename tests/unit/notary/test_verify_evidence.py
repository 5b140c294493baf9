"""The stand-alone script reckons as the standards do; it shares no code with what made the proofs."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.cloudevents.envelope import read_event
from contracts.events.correction import EventCorrected, EventVoided
from contracts.rules.canonical import leaf_hash
from contracts.types.identifiers import stream_subject
from services.audit import verify_evidence as script
from services.audit.statement import digest, spans
from services.notary.head import sign_head
from services.notary.note import SigningKey
from tests.conformance.test_events import GOLDEN
from tests.unit.notary import definition

LEAVES = [sha256(str(number).encode()).digest() for number in range(601)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)
often = settings(deadline=None, max_examples=100)


@often
@given(st.integers(1, 600), st.data())
def test_inclusion_proofs_hold_and_altered_ones_do_not(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves, root = LEAVES[:size], definition.mth(LEAVES[:size])
    proof = definition.path(index, leaves)
    assert script.root_by_inclusion(index, size, leaves[index], proof) == root == script.root_of(leaves)
    wrong = data.draw(st.integers(0, size - 1))
    if wrong != index:
        assert script.root_by_inclusion(wrong, size, leaves[index], proof) != root
    assert script.root_by_inclusion(index, size, LEAVES[600], proof) != root
    assert script.root_by_inclusion(index, size, leaves[index], [*proof, root]) is None
    if proof:
        assert script.root_by_inclusion(index, size, leaves[index], proof[:-1]) is None


@often
@given(st.integers(1, 600), st.data())
def test_consistency_proofs_hold_and_altered_ones_do_not(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    old, new = definition.mth(LEAVES[:first]), definition.mth(LEAVES[:second])
    proof = definition.proof(first, LEAVES[:second])
    assert script.consistent(first, second, old, new, proof)
    assert not script.consistent(first, second, LEAVES[600], new, proof)
    assert not script.consistent(first, second, old, LEAVES[600], proof)
    assert not script.consistent(first, second, old, new, [*proof, new])
    if proof:
        assert not script.consistent(first, second, old, new, proof[:-1])
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not script.consistent(first, second, old, new, [*proof[:place], LEAVES[600], *proof[place + 1 :]])


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_no_tree_begins_with_what_is_none(first: int, second: int) -> None:
    assert not script.consistent(first, second, LEAVES[0], LEAVES[0], [])


@often
@given(st.integers(1, 2**63 - 1), st.integers(-(2**62), 2**62), st.text(max_size=40), st.binary(max_size=200))
def test_leaf_hashes_are_the_contracts(sequence: int, at: int, subject: str, message: bytes) -> None:
    assert script.leaf(sequence, at, subject, message) == leaf_hash(sequence, at, subject, message)


@often
@given(st.sets(st.integers(1, 60)))
def test_spans_are_read_as_they_are_written(numbers: set[int]) -> None:
    assert script.numbers(spans(numbers)) == numbers


@often
@given(JSON)
def test_digests_are_the_same(value: object) -> None:
    assert script.digest(value) == digest(value)


def test_heads_and_keys_are_read_as_they_are_written() -> None:
    key = SigningKey.generate("ledger.example/x")
    head = sign_head(key, 600, definition.mth(LEAVES[:600]))
    assert script.Keys([str(key.public)]).head(head.note) == ((head.size, head.root), key.public.name)
    with pytest.raises(script.Malformed, match="not signed with a key that you named"):
        script.Keys([str(SigningKey.generate("ledger.example/x").public)]).head(head.note)
    with pytest.raises(script.Malformed, match="no head of this log"):
        script.Keys([str(key.public)]).head(key.sign("daybook-evidence/1\ndeal/D-1\nrows 1\n"))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"[]",
        b"[" * 65_000,
        b'{"source":"crm","id":"1","id":"2"}',
        b'{"source":{},"id":["1"]}',
        b'{"source":"crm"}',
        b"\xff",
    ],
)
def test_a_message_that_is_no_event_stops_nothing(message: bytes) -> None:
    given = {"sequence": 1, "recorded_at_us": 0, "stream_subject": "daybook.deal.D-1"}
    row = script.Row({**given, "message": b64encode(message).decode()})
    assert row.unreadable is not None
    assert (row.identity, row.target) == (None, None)
    assert script.concerning([row], "D-1") == set()
    report = script.Report("en")
    row.disposition = "unreadable"
    script.check_dispositions([row], report)
    assert report.lines["faults"] == []
    row.disposition = "entry"
    script.check_dispositions([row], report)
    assert len(report.lines["faults"]) == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"deal_id": "D-1"}, True),
        ({"lines": [{"deal_id": "D-2"}, {"deal_id": "D-1"}]}, True),
        ({"deal_id": "D-2"}, False),
        ({"replacement": {"data": {"deal_id": "D-1"}}}, False),
        ("D-1", False),
        (None, False),
    ],
)
def test_data_names_a_deal_where_the_ledger_looks(data: object, expected: bool) -> None:
    assert script.names(data, "D-1") is expected


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_every_event_is_about_the_deals_that_the_ledger_says(path: Path) -> None:
    event = read_event(path.read_bytes())
    given = {"sequence": 1, "recorded_at_us": 0, "stream_subject": stream_subject(event.subject)}
    row = script.Row({**given, "message": b64encode(event.canonical).decode()})
    concerned = event.event.concerns() | {event.subject}
    words = re.findall(r'"(?:deal/)?([A-Za-z0-9_-]+)"', event.canonical.decode())
    for deal in words:
        assert script.about(row, deal) == (f"deal/{deal}" in concerned), deal
    target = event.event.target if isinstance(event.event, EventCorrected | EventVoided) else None
    assert row.corrects == (None if target is None else (target.source, target.id))
