"""Deduplication by identity: of two messages with the same source and id, the lower sequence wins."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.rules.canonical import read_json
from services.recorder.journal_rows import ClassifiedMessage

Identity = tuple[str, str]


def deduplicated(
    batch: Iterable[ClassifiedMessage], recorded: Mapping[Identity, tuple[int, bytes]]
) -> list[ClassifiedMessage]:
    """The rows of a batch, in order, given the entries (sequence, message) that hold some identities already."""
    first = dict(recorded)
    found: list[ClassifiedMessage] = []
    for each in batch:
        row = each.row
        if row.counts:
            original, message = first.setdefault(row.identity, (row.sequence, row.message))
            if original != row.sequence:
                same = message == row.message
                row = row._replace(
                    disposition="duplicate" if same else "conflict",
                    original=original,
                    reason=None if same else f"entry {original} has this identity: {_difference(message, row.message)}",
                )
                each = ClassifiedMessage(row, each.subjects)
        found.append(each)
    return found


def _difference(one: bytes, other: bytes) -> str:
    fields = sorted(_differing(read_json(one), read_json(other)))
    return f"they differ in {', '.join(fields[:10])}{', …' if len(fields) > 10 else ''}"


def _differing(one: dict[str, Any], other: dict[str, Any], path: str = "") -> list[str]:
    found: list[str] = []
    for name in one.keys() | other.keys():
        before, after = one.get(name), other.get(name)
        if name == "data" and not path and isinstance(before, dict) and isinstance(after, dict):
            found += _differing(before, after, "data.")
        elif before != after:
            found.append(f"{path}{name}")
    return found
