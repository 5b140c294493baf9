"""Entries of one subject that hang together in a view: the state that they make, and the rows that it shows."""

from bisect import bisect_left, insort
from collections.abc import Hashable, Mapping
from typing import Any

from contracts.events import Event
from projections.replay.entry import Entry, order_of
from projections.replay.playbooks import Playbooks
from projections.replay.view import Row, RowKey, View


class FoldRaised(Exception):
    """A fold, or the rendering of a row, raised: at which entry, and what. State and rows are those of before, unless
    it was folding on: then the state is of no use any more."""

    def __init__(self, error: Exception, entry: Entry[Event] | None) -> None:
        where = f"entry {entry.sequence} ({entry.event.event_name()}): " if entry else ""
        super().__init__(f"{where}{type(error).__name__}: {error}")


class Partition:
    """Entries of a view's subject that share names, directly or through each other."""

    __slots__ = ("entries", "keys", "rows", "state")

    def __init__(self, state: Any) -> None:
        self.state = state
        self.keys: list[Hashable] = []
        self.entries: list[Entry[Event]] = []
        """In effective order."""
        self.rows: dict[RowKey, Row] = {}

    def folds_on(self, entry: Entry[Event]) -> bool:
        """Tell if the entry comes after all entries folded so far, so that folding can go on from the present state."""
        return not self.entries or entry.order > self.entries[-1].order

    def fold_on(self, view: View[Any], entry: Entry[Event], playbooks: Playbooks) -> Mapping[RowKey, Row | None]:
        """Fold one more entry into the state; gives the rows touched as they are now. Raises FoldRaised."""
        try:
            touched = view.evolve(self.state, entry, playbooks)
            rows = {key: view.row(self.state, key) for key in touched}
        except Exception as error:
            raise FoldRaised(error, entry) from error
        self.entries.append(entry)
        return rows

    def insert(self, view: View[Any], entry: Entry[Event]) -> bool:
        """Take an entry that belongs before others, where no row depends on it; whether it did."""
        if not view.insert(self.state, entry):
            return False
        insort(self.entries, entry, key=order_of)
        return True

    def remove(self, view: View[Any], entry: Entry[Event]) -> bool:
        """Let an entry go, where no row depends on it; whether it did."""
        if not view.remove(self.state, entry):
            return False
        del self.entries[bisect_left(self.entries, entry.order, key=order_of)]
        return True

    def refold(
        self, view: View[Any], state: Any, entries: list[Entry[Event]], playbooks: Playbooks
    ) -> Mapping[RowKey, Row | None]:
        """Make these its entries, folded into the state of a subject without any. Raises FoldRaised.

        Gives the rows that may be other than before: of a row that no entry touches any more, that there is none.
        """
        touched: dict[RowKey, None] = {}
        entry: Entry[Event] | None = None
        try:
            for entry in entries:
                touched.update(dict.fromkeys(view.evolve(state, entry, playbooks)))
            rows = {**dict.fromkeys(self.rows), **{key: view.row(state, key) for key in touched}}
        except Exception as error:
            raise FoldRaised(error, entry) from error
        self.state, self.entries = state, entries
        return rows

    def absorb(self, view: View[Any], other: "Partition") -> None:
        """Take over another partition, which is of no use any more; it shares no name with this one."""
        view.merge(self.state, other.state)
        for each in other.entries:
            insort(self.entries, each, key=order_of)
        self.rows.update(other.rows)
        self.keys += other.keys
