"""The stand-alone script reckons as the standards do; it shares no code with what made the proofs."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.canonical import leaf_hash
from services.notary import verify_evidence as script
from services.notary.head import sign_head
from services.notary.note import SigningKey
from services.notary.statement import digest, spans
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
    assert script.Key(str(key.public)).head(head.note) == (head.size, head.root)
    with pytest.raises(script.Malformed, match="did not sign it"):
        script.Key(str(SigningKey.generate("ledger.example/x").public)).head(head.note)
    with pytest.raises(script.Malformed, match="no head of this log"):
        script.Key(str(key.public)).head(key.sign("daybook-evidence/1\ndeal/D-1\nrows 1\n"))
