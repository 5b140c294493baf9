"""Proofs of RFC 9162 (sections 2.1.3 and 2.1.4): which subtrees one is made of, and what it proves. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from services.notary.tree import STEP, node_hash, root_of


class Span(NamedTuple):
    """The leaves with the indices from `start` to before `end`."""

    start: int
    end: int


class Kept(NamedTuple):
    """Neighbouring nodes of a level that is kept, from `start` to before `end`."""

    level: int
    start: int
    end: int


Hash = Callable[[int, int], bytes]
"""The hash of a node of a kept level, by level and index."""


def inclusion(index: int, size: int) -> list[Span]:
    """The subtrees whose hashes prove that a leaf is in the tree of so many leaves; the nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    return path[::-1]


def consistency(first: int, second: int) -> list[Span]:
    """The subtrees whose hashes prove that the tree of `first` leaves is the beginning of that of `second`."""
    if not 0 < first <= second:
        raise ValueError(f"the tree of {first} leaves cannot be the beginning of that of {second}")
    path: list[Span] = []
    start, end, whole = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start, whole = middle, False
    return ([] if whole else [Span(start, end)]) + path[::-1]


def needed(spans: Iterable[Span]) -> set[Kept]:
    """List the nodes that have to be read to know the hashes of some subtrees."""
    return {_kept(level, index) for span in spans for level, index in _complete(span)}


def hash_of(span: Span, node: Hash) -> bytes:
    """The hash of a subtree from the nodes that `needed` names."""
    *complete, (level, index) = _complete(span)
    found = _hash(level, index, node)
    for level, index in reversed(complete):
        found = node_hash(_hash(level, index, node), found)
    return found


def root_by_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof comes to (RFC 9162, 2.1.3.2); None when it has another length than it must."""
    if not 0 <= index < size or len(proof) != len(inclusion(index, size)):
        return None
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found


def roots_by_consistency(
    first: int, second: int, first_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency proof comes to (RFC 9162, 2.1.4.2); None when it has another length.

    They must be those of the two heads.
    """
    if not 0 < first <= second or len(proof) != len(consistency(first, second)):
        return None
    if first == second:
        return first_root, first_root
    hashes = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for each in hashes[1:]:
        if place & 1 or place == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, each)
        place, last = place >> 1, last >> 1
    return old, new


def _split(leaves: int) -> int:
    """The largest power of two below a number above one."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _complete(span: Span) -> Iterator[tuple[int, int]]:
    """The complete subtrees that make up a span of a proof, from left to right, as (level, index)."""
    start = span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _kept(level: int, index: int) -> Kept:
    """The nodes of the next kept level below, or of this one, that make up a complete subtree."""
    above = level % STEP
    return Kept(level - above, index << above, (index + 1) << above)


def _hash(level: int, index: int, node: Hash) -> bytes:
    below, start, end = _kept(level, index)
    return root_of([node(below, each) for each in range(start, end)])
