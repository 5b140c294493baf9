"""The Merkle tree of RFC 9162 (section 2.1) that grows leaf by leaf, and keeps only what it needs to grow on. Pure.

Nodes are kept at every eighth level: a subtree of 256 leaves, of 65,536 and so on. What lies between two kept levels is
reckoned anew from at most 256 hashes, so that the tree of 100 million rows is 400 thousand rows of its own.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

STEP = 8
"""Between two levels that are kept."""
WIDTH = 1 << STEP
"""How many nodes of a kept level make one of the next."""
HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


class Node(NamedTuple):
    """A complete subtree: 2^level leaves from place · 2^level on."""

    level: int
    place: int
    hash: bytes


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 over 0x01 and the hashes of the two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes in order, which may be leaves or the roots of complete subtrees of one size.

    Level by level; the odd one out at the end goes up as it is, which comes to the definition's split at the largest
    power of two.
    """
    if not hashes:
        return EMPTY
    sha256 = hashlib.sha256
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level += odd
    return level[0]


class Tree:
    """The tree over what was appended so far: its size, and of each kept level the nodes that no higher one covers."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[list[bytes]] = [[]]

    def append(self, leaves: Iterable[bytes]) -> list[Node]:
        """Adds leaf hashes at the end. Gives the nodes to be kept that they complete, from the lowest level up."""
        found: list[Node] = []
        bottom = self._edge[0]
        for leaf in leaves:
            bottom.append(leaf)
            self.size += 1
            if len(bottom) == WIDTH:
                self._complete(found)
        return found

    def root(self) -> bytes:
        """The root hash at this size; no more than a few hundred hashes, however large the tree is."""
        ragged: list[bytes] = []
        for level in self._edge:
            if hashes := level + ragged:
                ragged = [root_of(hashes)]
        return ragged[0] if ragged else EMPTY

    def _complete(self, found: list[Node]) -> None:
        for place, full in enumerate(self._edge):
            if len(full) < WIDTH:
                return
            hash = root_of(full)
            full.clear()
            if place + 1 == len(self._edge):
                self._edge.append([])
            level = STEP * (place + 1)
            found.append(Node(level, (self.size >> level) - 1, hash))
            self._edge[place + 1].append(hash)
