"""State of one view of one subject: its partitions and their rows. A fold that raises hurts nothing else."""

from bisect import bisect_left, insort
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contracts.events import Event
from projections.replay.entry import Entry, order_of
from projections.replay.partition import FoldRaised, Partition
from projections.replay.playbooks import Playbooks
from projections.replay.view import Row, RowKey, View


class Change(NamedTuple):
    """A row that an entry made, unmade or replaced; `sequence` is the entry whose arrival did it."""

    sequence: int
    key: RowKey
    before: Row | None
    after: Row | None


@dataclass(slots=True)
class ViewState:
    """The fold of one view over one subject. While `error` is set, its rows are those of the last success, and only
    `refold` is of use."""

    view: View[Any]
    subject_id: str
    error: str | None = None
    """What the fold raised, and at which entry."""
    _partitions: dict[Hashable, Partition] = field(default_factory=dict)
    """By name. Of what hangs together all keys give the same partition; a partition never falls apart again."""

    @property
    def rows(self) -> dict[RowKey, Row]:
        """Rows that are now current, by key."""
        found: dict[RowKey, Row] = {}
        for partition in dict.fromkeys(self._partitions.values()):
            found |= partition.rows
        return found

    def handles(self, entry: Entry[Event]) -> bool:
        """Tell if the view's fold handles events of the entry's type."""
        return type(entry.event) in self.view.handled

    def take(self, entry: Entry[Event], playbooks: Playbooks, sequence: int) -> list[Change]:
        """Takes an entry of effective history, wherever it belongs. The view handles it."""
        try:
            partition = self._partition(self.view.partition_keys(entry))
            if not partition.folds_on(entry):
                return self._retell(partition, (), (entry,), playbooks, sequence)
            rows = partition.fold_on(self.view, entry, playbooks)
        except Exception as error:
            self._fail(error, entry)
            return []
        return replace_rows(partition.rows, rows, sequence) if rows else []

    def correct(
        self, gone: Sequence[Entry[Event]], new: Sequence[Entry[Event]], playbooks: Playbooks, sequence: int
    ) -> list[Change]:
        """Effective history has lost some entries and got others."""
        gone, new = [*filter(self.handles, gone)], [*filter(self.handles, new)]
        if not gone and not new:
            return []
        try:
            keys = dict.fromkeys(name for each in (*gone, *new) for name in self.view.partition_keys(each))
            return self._retell(self._partition(list(keys)), gone, new, playbooks, sequence)
        except Exception as error:
            self._fail(error, None)
            return []

    def refold(self, entries: Sequence[Entry[Event]], playbooks: Playbooks, sequence: int) -> list[Change]:
        """Fold all of effective history anew."""
        view, anew = self.view, ViewState(self.view, self.subject_id)
        touched: dict[RowKey, Hashable] = {}
        entry: Entry[Event] | None = None
        try:
            for entry in filter(self.handles, entries):
                keys = view.partition_keys(entry)
                partition = anew._partition(keys)
                touched.update(dict.fromkeys(view.evolve(partition.state, entry, playbooks), keys[0]))
                partition.entries.append(entry)
            for key, name in touched.items():
                if (row := view.row((partition := anew._partitions[name]).state, key)) is not None:
                    partition.rows[key] = row
        except Exception as error:
            self._fail(error, entry)
            return []
        before = self.rows
        self.error, self._partitions = None, anew._partitions
        return replace_rows(before, {**dict.fromkeys(before), **self.rows}, sequence)

    def _retell(
        self,
        partition: Partition,
        gone: Collection[Entry[Event]],
        new: Collection[Entry[Event]],
        playbooks: Playbooks,
        sequence: int,
    ) -> list[Change]:
        gone = [each for each in gone if not partition.remove(self.view, each)]
        new = [each for each in new if not partition.insert(self.view, each)]
        rows: Mapping[RowKey, Row | None] = {}
        if gone or new:
            entries = partition.entries.copy()
            for each in gone:
                del entries[bisect_left(entries, each.order, key=order_of)]
            for each in new:
                insort(entries, each, key=order_of)
            rows = partition.refold(self.view, self.view.initial(self.subject_id), entries, playbooks)
        return replace_rows(partition.rows, rows, sequence)

    def _fail(self, error: Exception, entry: Entry[Event] | None) -> None:
        self.error = str(error if isinstance(error, FoldRaised) else FoldRaised(error, entry))

    def _partition(self, keys: Sequence[Hashable]) -> Partition:
        """The partition of all that hangs together by these keys."""
        if len(keys) == 1 and (only := self._partitions.get(keys[0])) is not None:
            return only
        found = {partition: None for name in keys if (partition := self._partitions.get(name)) is not None}
        partition = self._joined(found) if found else Partition(self.view.initial(self.subject_id))
        for name in keys:
            if name not in self._partitions:
                partition.keys.append(name)
                self._partitions[name] = partition
        return partition

    def _joined(self, partitions: Collection[Partition]) -> Partition:
        """Joins these partitions to one: the smaller ones go into the largest."""
        into = max(partitions, key=lambda each: len(each.entries)) if len(partitions) > 1 else next(iter(partitions))
        for each in partitions:
            if each is not into:
                into.absorb(self.view, each)
                self._partitions.update(dict.fromkeys(each.keys, into))
        return into


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
