"""One view of one subject: its state, its rows, and how a fold that raises is kept from hurting anything else."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contracts.events import Event
from projections.checkpoints import Checkpoint, Checkpoints, Order, place_before
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
    last: Order | None = None
    """Order of the last entry folded."""
    error: str | None = None
    """What the fold raised, and at which entry."""
    checkpoints: Checkpoints = field(default_factory=Checkpoints)

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
        if not rows:
            return []
        self.checkpoints.touch(rows)
        return replace_rows(self.rows, rows, sequence)

    def refold(
        self, entries: Sequence[Entry[Event]], playbooks: Playbooks, sequence: int, since: Order | None = None
    ) -> list[Change]:
        """Fold effective history anew. A row that no entry of it touches is no more.

        `since`: entries before this order are as they were when they were folded last, so a checkpoint may do for them.
        """
        view, checkpoints = self.view, self.checkpoints
        base = checkpoints.before(since) if since is not None and self.error is None else None
        rest = entries if base is None else entries[bisect_right(entries, base.last, key=_order) :]
        handled = list(filter(self.handles, rest))
        place = None if since is None else place_before(bisect_left(handled, since, key=_order))
        left: Checkpoint | None = None
        before: dict[RowKey, None] = {}
        touched: dict[RowKey, None] = {}
        folded = base.folded if base else 0
        last = base.last if base else None
        entry: Entry[Event] | None = None
        try:
            state = view.initial(self.subject_id) if base is None else view.copy(base.state)
            for number, entry in enumerate(handled):
                if number == place and last is not None:
                    left = Checkpoint(last, folded, view.copy(state))
                    before, touched = touched, {}
                touched.update(dict.fromkeys(view.evolve(state, entry, playbooks)))
                folded, last = folded + 1, entry.order
            rows: dict[RowKey, Row | None] = dict.fromkeys(self.rows) if base is None else {}
            changed = {} if base is None else checkpoints.touched_since(base)
            rows |= {key: view.row(state, key) for key in {**changed, **before, **touched}}
        except Exception as error:
            self.error = _described(error, entry)
            return []
        if base is not None:
            base.touched = before if left else touched
        if left is not None:
            left.touched = touched
        self.checkpoints = checkpoints.renewed(base, left)
        self.state, self.last, self.error = state, last, None
        return replace_rows(self.rows, rows, sequence)


def _order(entry: Entry[Event]) -> Order:
    return entry.order


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
