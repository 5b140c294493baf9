"""Row versions that a batch writes, computed from the batch's changes. Pure.

A version is known from the entry that made it until the entry that unmade it. One that is made and unmade within the
batch is written once, with both; one that is unmade by the same entry that made it was never known and is not written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from projections.replay.replay import Change
from projections.view import Row, RowKey

STANDS = 2**63 - 1
"""`known_to` of a version that nothing has unmade."""


@dataclass(slots=True)
class Versions:
    """Row versions that a batch writes, by table."""

    closed: dict[type[Row], dict[RowKey, int]] = field(default_factory=dict)
    """Rows that stood before the batch, with the sequence that unmade them."""
    made: dict[type[Row], list[tuple[Row, int, int]]] = field(default_factory=dict)
    """Rows with known_from and known_to."""

    def __len__(self) -> int:
        return sum(map(len, self.made.values()))

    def close(self, key: RowKey, sequence: int) -> None:
        """A row that stood before the batch is unmade."""
        self.closed.setdefault(key.row, {})[key] = sequence

    def make(self, row: Row, known_from: int, known_to: int) -> None:
        """A version is written."""
        if known_from < known_to:
            self.made.setdefault(type(row), []).append((row, known_from, known_to))


def versions(changes: Iterable[Change]) -> Versions:
    """The versions that changes amount to, given in the order in which they came about."""
    found = Versions()
    standing: dict[RowKey, tuple[Row, int]] = {}
    for change in changes:
        known = standing.pop(change.key, None)
        if known is not None:
            found.make(*known, change.sequence)
        elif change.before is not None:
            found.close(change.key, change.sequence)
        if change.after is not None:
            standing[change.key] = change.after, change.sequence
    for row, known_from in standing.values():
        found.make(row, known_from, STANDS)
    return found


def difference(before: Mapping[RowKey, Row], after: Mapping[RowKey, Row], sequence: int) -> list[Change]:
    """The changes from one set of rows to another, all by the entry at `sequence`."""
    keys = [*before, *(key for key in after if key not in before)]
    return [Change(sequence, key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]
