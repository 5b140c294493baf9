"""One view of one subject: its state, its rows, and how a fold that raises is kept from hurting anything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from contracts.events import Event
from projections.entry import Entry
from projections.playbooks import Playbooks
from projections.view import Row, RowKey, View


class Change(NamedTuple):
    """A row that an entry made, unmade or replaced; `sequence` is the entry whose arrival did it."""

    sequence: int
    key: RowKey
    before: Row | None
    after: Row | None


@dataclass(slots=True)
class Cell:
    """The fold of one view over one subject. While `error` is set, state and rows are those of the last success."""

    view: View[Any]
    subject_id: str
    state: Any
    rows: dict[RowKey, Row] = field(default_factory=dict)
    last: tuple[datetime, int] | None = None
    """Order of the last entry folded."""
    error: str | None = None
    """What the fold raised, and at which entry."""

    @classmethod
    def of(cls, view: View[Any], subject_id: str) -> "Cell":
        """Before any entry."""
        return cls(view, subject_id, view.initial(subject_id))

    def handles(self, entry: Entry[Event]) -> bool:
        """Whether the view's fold takes such entries."""
        return type(entry.event) in self.view.handled

    def folds_on(self, entry: Entry[Event]) -> bool:
        """Whether the entry comes behind all that was folded, so that the state it has will do."""
        return self.error is None and (self.last is None or entry.order > self.last)

    def fold_on(self, entry: Entry[Event], playbooks: Playbooks, sequence: int) -> list[Change]:
        """Fold one more entry into the state."""
        try:
            touched = self.view.evolve(self.state, entry, playbooks)
            rows = {key: self.view.row(self.state, key) for key in touched}
        except Exception as error:
            self.error = _described(error, entry)
            return []
        self.last = entry.order
        return replace_rows(self.rows, rows, sequence) if rows else []

    def refold(self, entries: Iterable[Entry[Event]], playbooks: Playbooks, sequence: int) -> list[Change]:
        """Fold the whole effective history anew. A row that no entry of it touches is no more."""
        state = self.view.initial(self.subject_id)
        touched: dict[RowKey, None] = {}
        rows: dict[RowKey, Row | None] = dict.fromkeys(self.rows)
        entry: Entry[Event] | None = None
        try:
            for entry in filter(self.handles, entries):
                touched.update(dict.fromkeys(self.view.evolve(state, entry, playbooks)))
            rows |= {key: self.view.row(state, key) for key in touched}
        except Exception as error:
            self.error = _described(error, entry)
            return []
        self.state, self.last, self.error = state, entry.order if entry else None, None
        return replace_rows(self.rows, rows, sequence)


def replace_rows(rows: dict[RowKey, Row], wanted: Mapping[RowKey, Row | None], sequence: int) -> list[Change]:
    """Make `rows` as wanted for these keys, and say what that changes."""
    changes = []
    for key, after in wanted.items():
        before = rows.get(key)
        if before == after:
            continue
        changes.append(Change(sequence, key, before, after))
        if after is None:
            del rows[key]
        else:
            rows[key] = after
    return changes


def _described(error: Exception, entry: Entry[Event] | None) -> str:
    where = f"entry {entry.sequence} ({entry.event.event_name()}): " if entry else ""
    return f"{where}{type(error).__name__}: {error}"
