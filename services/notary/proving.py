"""Proofs from what Postgres keeps: at most a few hundred hashes are read for one, however large the tree is."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.rules.canonical import leaf_hash
from contracts.types.microseconds import microseconds
from services.errors import JournalAltered
from services.ledger.journal import Connection, Row
from services.notary.head import Head
from services.notary.journal import SQL
from services.notary.proofs import (
    Hash,
    Kept,
    Span,
    consistency,
    hash_of,
    inclusion,
    needed,
    root_by_inclusion,
    roots_by_consistency,
)


class Included(NamedTuple):
    """A row, and the proof that it is in a tree."""

    row: Row
    """sequence, recorded_at, stream_subject, message."""
    leaf: bytes
    """The hash of its content."""
    proof: list[bytes]


async def prove_inclusion(connection: Connection, sequences: Sequence[int], head: Head) -> list[Included]:
    """Prove that some rows are in the tree of a head; they must not be behind the head, and each must be there.

    Raises JournalAltered when what the journal and the tree hold no longer comes to the root signed.
    """
    spans = {sequence: inclusion(sequence - 1, head.size) for sequence in sequences}
    hash = await _hashes(connection, needed(span for each in spans.values() for span in each))
    rows = {row["sequence"]: row for row in await connection.fetch(SQL["rows"], list(spans))}
    found = []
    for sequence, path in spans.items():
        if sequence not in rows:
            raise JournalAltered(f"The journal has no row {sequence}, which was signed. Run `daybook verify`.")
        row = rows[sequence]
        leaf = leaf_hash(sequence, microseconds(row["recorded_at"]), row["stream_subject"], row["message"])
        proof = _folded(path, hash)
        if root_by_inclusion(sequence - 1, head.size, leaf, proof) != head.root:
            raise JournalAltered(
                f"Row {sequence} of the journal cannot be proved to be in the tree of {head.size} rows that was "
                "signed: it, a row beside it, or the tree was altered. Run `daybook verify`."
            )
        found.append(Included(row, leaf, proof))
    return found


async def prove_consistency(connection: Connection, first: Head, second: Head) -> list[bytes]:
    """Prove that the rows of one head are the first rows of another, larger or the same. Raises JournalAltered."""
    spans = consistency(first.size, second.size)
    proof = _folded(spans, await _hashes(connection, needed(spans)))
    if roots_by_consistency(first.size, second.size, first.root, proof) != (first.root, second.root):
        raise JournalAltered(
            f"It cannot be proved that the {first.size} rows signed first are the beginning of the {second.size} rows "
            "signed later: the journal or its tree was altered. Run `daybook verify`."
        )
    return proof


def _folded(spans: Iterable[Span], hash: Hash) -> list[bytes]:
    try:
        return [hash_of(span, hash) for span in spans]
    except KeyError as error:
        level, place = error.args[0]
        what = f"row {place + 1} of the journal" if level == 0 else f"the tree's node {place} of level {level}"
        raise JournalAltered(f"A proof needs {what}, and it is not there. Run `daybook verify`.") from None


async def _hashes(connection: Connection, wanted: Iterable[Kept]) -> Hash:
    leaves = [each for each in wanted if each.level == 0]
    nodes = [each for each in wanted if each.level > 0]
    found: dict[tuple[int, int], bytes] = {}
    if leaves:
        rows = await connection.fetch(SQL["leaves"], [each.start + 1 for each in leaves], [each.end for each in leaves])
        found |= {(0, row["sequence"] - 1): row["leaf_hash"] for row in rows}
    if nodes:
        levels, starts, ends = zip(*nodes, strict=True)
        rows = await connection.fetch(SQL["kept"], levels, starts, [each - 1 for each in ends])
        found |= {(row["level"], row["place"]): row["hash"] for row in rows}
    return lambda level, place: found[level, place]
