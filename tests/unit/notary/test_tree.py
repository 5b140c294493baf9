"""The tree and its proofs are those of RFC 9162, at every size and however the leaves come."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notary.proofs import (
    consistency,
    hash_of,
    inclusion,
    needed,
    root_by_inclusion,
    roots_by_consistency,
)
from services.notary.tree import EMPTY, STEP, Node, Tree, node_hash, root_of
from tests.unit.notary import definition

LEAVES = [sha256(str(number).encode()).digest() for number in range(70_000)]
often = settings(deadline=None, max_examples=50)
SIZES = st.integers(0, 1100) | st.sampled_from([255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000])

CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The reference vectors of Certificate Transparency (RFC 6962, whose tree RFC 9162 keeps)."""


class Grown:
    """A tree with all the nodes that it gave to be kept."""

    def __init__(self, leaves: list[bytes], cuts: list[int] | None = None) -> None:
        self.tree = Tree()
        self.leaves = leaves
        self.nodes: list[Node] = []
        for start, end in pairwise([0, *sorted(cuts or []), len(leaves)]):
            self.nodes += self.tree.append(leaves[start:end])
        self._by_place = {(each.level, each.place): each.hash for each in self.nodes}

    def node(self, level: int, index: int) -> bytes:
        return self.leaves[index] if level == 0 else self._by_place[level, index]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_vectors_of_certificate_transparency(size: int) -> None:
    leaves = [definition.leaf(bytes.fromhex(each)) for each in CT_LEAVES[:size]]
    assert Grown(leaves).tree.root().hex() == root_of(leaves).hex() == CT_ROOTS[size - 1]


def test_the_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert Tree().root() == root_of([]) == EMPTY == sha256(b"").digest()


def test_the_example_proofs_of_the_standard() -> None:
    """RFC 9162, 2.1.5: a tree of seven leaves."""
    a, b, c, d, e, f, j = (definition.leaf(f"d{each}".encode()) for each in range(7))
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 - as the standard calls them
    grown = Grown([a, b, c, d, e, f, j])
    assert grown.tree.root() == node_hash(k, l)
    for leaf, proof in ((0, [b, h, l]), (3, [c, g, l]), (4, [f, j, k]), (6, [i, k])):
        assert [hash_of(each, grown.node) for each in inclusion(leaf, 7)] == proof
    for first, proof in ((3, [c, d, g, l]), (4, [l]), (6, [i, j, k]), (7, [])):
        assert [hash_of(each, grown.node) for each in consistency(first, 7)] == proof


@often
@given(SIZES, st.lists(st.integers(0, 66_000), max_size=5))
def test_the_root_is_the_definitions_however_the_leaves_come(size: int, cuts: list[int]) -> None:
    leaves = LEAVES[:size]
    grown = Grown(leaves, [cut for cut in cuts if cut < size])
    assert grown.tree.size == size
    assert grown.tree.root() == definition.mth(leaves)


@often
@given(SIZES)
def test_every_complete_subtree_of_a_kept_level_is_kept_once(size: int) -> None:
    grown = Grown(LEAVES[:size])
    places = [(each.level, each.place) for each in grown.nodes]
    assert len(places) == len(set(places))
    assert set(places) == {(level, index) for level in (STEP, 2 * STEP) for index in range(size >> level)}
    for each in grown.nodes[-3:]:
        start = each.place << each.level
        assert each.hash == definition.mth(LEAVES[start : start + (1 << each.level)])


@often
@given(SIZES.filter(bool), st.data())
def test_inclusion_proofs_are_the_definitions_and_prove(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    grown = Grown(LEAVES[:size])
    spans = inclusion(index, size)
    proof = [hash_of(each, grown.node) for each in spans]
    assert proof == definition.path(index, LEAVES[:size])
    assert root_by_inclusion(index, size, LEAVES[index], proof) == grown.tree.root()
    for kept in needed(spans):
        assert kept.level % STEP == 0
        assert kept.end - kept.start <= 128
    assert sum(kept.end - kept.start for kept in needed(spans)) <= 3 * 512


@often
@given(SIZES.filter(bool), st.data())
def test_consistency_proofs_are_the_definitions_and_prove(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    grown = Grown(LEAVES[:second])
    proof = [hash_of(each, grown.node) for each in consistency(first, second)]
    assert proof == definition.proof(first, LEAVES[:second])
    old = definition.mth(LEAVES[:first])
    assert roots_by_consistency(first, second, old, proof) == (old, grown.tree.root())


@often
@given(st.integers(1, 600), st.data())
def test_an_altered_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    grown = Grown(LEAVES[:size])
    root = grown.tree.root()
    proof = definition.path(index, LEAVES[:size])
    assert root_by_inclusion(index, size, LEAVES[index + 1], proof) != root
    assert root_by_inclusion(index, size, LEAVES[index], [*proof, root]) is None
    other = data.draw(st.integers(0, size - 1).filter(lambda each: each != index or size == 1))
    if other != index:
        assert root_by_inclusion(other, size, LEAVES[index], proof) != root
    if proof:
        assert root_by_inclusion(index, size, LEAVES[index], proof[:-1]) is None
        place = data.draw(st.integers(0, len(proof) - 1))
        wrong = [*proof[:place], LEAVES[size], *proof[place + 1 :]]
        assert root_by_inclusion(index, size, LEAVES[index], wrong) != root


@often
@given(st.integers(2, 600), st.data())
def test_a_tree_that_was_rewritten_is_consistent_with_none_before(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*LEAVES[:changed], LEAVES[-1], *LEAVES[changed + 1 : size]]
    old, new = definition.mth(LEAVES[:first]), definition.mth(rewritten)
    for proof in (definition.proof(first, rewritten), definition.proof(first, LEAVES[:size])):
        assert roots_by_consistency(first, size, old, proof) != (old, new)
    assert roots_by_consistency(first, size, old, [*definition.proof(first, LEAVES[:size]), old]) is None


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_what_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(index, size)
    assert root_by_inclusion(index, size, EMPTY, []) is None


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 3)])
def test_a_tree_begins_with_no_larger_one(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="beginning"):
        consistency(first, second)
    assert roots_by_consistency(first, second, EMPTY, []) is None
