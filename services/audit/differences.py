"""Differences that a check found: all of each kind are counted, the first of each kind are kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.query.shapes import Difference

FIRST = 10
"""How many differences of one kind are kept."""

KINDS = {
    "stream_replaced": "the stream is another one than the journal remembers",
    "message_missing": "the journal has it, the stream no longer does",
    "message_altered": "journal and stream hold different bytes",
    "subject_altered": "journal and stream name different stream subjects",
    "recorded_at_altered": "recorded_at is not the stream's time (never below the one before)",
    "leaf_hash_altered": "the leaf hash is not that of the row",
    "row_missing": "the journal has a gap",
    "disposition_altered": "judged anew, the message is something else",
    "column_altered": "a column of the journal does not say what the message says",
    "rows_not_signed": "rows are not those for which a head was signed",
    "head_altered": "a signed head is none of the trusted key, or not where it belongs",
    "nothing_signed": "the journal is to be signed by the key that was named, and there is no head of it",
    "head_missing": "a place has lost a signed head that another still has",
    "tree_altered": "a node of the journal's tree is not that of its rows",
    "concerns_missing": "a subject that the entry concerns is not noted",
    "concerns_extra": "a subject is noted that the entry does not concern",
    "payment_link_missing": "which payment the entry deals with is not noted",
    "payment_link_extra": "a payment is noted that the entry does not deal with",
    "view_row_missing": "a replay gives a row that the view does not have",
    "view_row_extra": "the view has a row that no replay gives",
    "view_row_altered": "a row of the view has other values than the replay gives",
    "view_known_from_altered": "a row became known at another sequence",
    "view_known_to_altered": "a row was unmade at another sequence",
    "stale": "a fold raised for the subject; its rows are those of before",
}
"""Every kind, in the order in which they are told."""


@dataclass(slots=True)
class Differences:
    """The differences found so far."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[Difference]] = field(default_factory=dict)

    def add(
        self, kind: str, sequence: int | None, subject: str | None, expected: object = None, found: object = None
    ) -> None:
        """Adds a difference. `expected` is what must be, `found` what is; None where there is nothing."""
        self.count(kind, 1)
        kept = self.first.setdefault(kind, [])
        if len(kept) < FIRST:
            kept.append(
                Difference(kind=kind, sequence=sequence, subject=subject, expected=_text(expected), found=_text(found))
            )

    def count(self, kind: str, number: int) -> None:
        """Count so many more differences of a kind that need no description of their own."""
        assert kind in KINDS, kind
        self.counts[kind] += number

    def merge(self, other: "Differences") -> None:
        """Take over what another check found."""
        self.counts.update(other.counts)
        for kind, found in other.first.items():
            self.first[kind] = sorted([*self.first.get(kind, []), *found], key=_place)[:FIRST]

    def listed(self) -> list[Difference]:
        """The first of each kind, by kind and sequence."""
        return [each for kind in KINDS for each in sorted(self.first.get(kind, []), key=_place)]

    def numbers(self) -> dict[str, int]:
        """Number of differences of each kind that was found."""
        return {kind: self.counts[kind] for kind in KINDS if self.counts[kind]}


def _place(each: Difference) -> tuple[int, str]:
    return each["sequence"] or 0, each["subject"] or ""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def joined(values: Iterable[object]) -> str:
    """Joins several values to one text."""
    return ", ".join(map(str, values))
