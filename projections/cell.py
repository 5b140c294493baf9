"""One view of one subject: its parts, their rows, and how a fold that raises is kept from hurting anything else."""

from bisect import bisect_left, insort
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contracts.events import Event
from projections.entry import Entry, order_of
from projections.part import FoldRaised, Part
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
    """The fold of one view over one subject. While `error` is set, its rows are those of the last success, and only
    `refold` is of use."""

    view: View[Any]
    subject_id: str
    error: str | None = None
    """What the fold raised, and at which entry."""
    _parts: dict[Hashable, Part] = field(default_factory=dict)
    """By name. Of what hangs together all names give the same part; a part never falls apart again."""

    @property
    def rows(self) -> dict[RowKey, Row]:
        """All rows that are now current."""
        found: dict[RowKey, Row] = {}
        for part in dict.fromkeys(self._parts.values()):
            found |= part.rows
        return found

    def handles(self, entry: Entry[Event]) -> bool:
        """Tell if the view's fold handles events of the entry's type."""
        return type(entry.event) in self.view.handled

    def take(self, entry: Entry[Event], playbooks: Playbooks, sequence: int) -> list[Change]:
        """One more entry of effective history, wherever it belongs. The view handles it."""
        try:
            part = self._part(self.view.names(entry.event))
            if not part.folds_on(entry):
                return self._retell(part, (), (entry,), playbooks, sequence)
            rows = part.fold_on(self.view, entry, playbooks)
        except Exception as error:
            self._fail(error, entry)
            return []
        return replace_rows(part.rows, rows, sequence) if rows else []

    def correct(
        self, gone: Sequence[Entry[Event]], new: Sequence[Entry[Event]], playbooks: Playbooks, sequence: int
    ) -> list[Change]:
        """Effective history has lost some entries and got others."""
        gone, new = [*filter(self.handles, gone)], [*filter(self.handles, new)]
        if not gone and not new:
            return []
        try:
            names = dict.fromkeys(name for each in (*gone, *new) for name in self.view.names(each.event))
            return self._retell(self._part(list(names)), gone, new, playbooks, sequence)
        except Exception as error:
            self._fail(error, None)
            return []

    def refold(self, entries: Sequence[Entry[Event]], playbooks: Playbooks, sequence: int) -> list[Change]:
        """Fold all of effective history anew."""
        view, anew = self.view, Cell(self.view, self.subject_id)
        touched: dict[RowKey, Hashable] = {}
        entry: Entry[Event] | None = None
        try:
            for entry in filter(self.handles, entries):
                names = view.names(entry.event)
                part = anew._part(names)
                touched.update(dict.fromkeys(view.evolve(part.state, entry, playbooks), names[0]))
                part.entries.append(entry)
            for key, name in touched.items():
                if (row := view.row((part := anew._parts[name]).state, key)) is not None:
                    part.rows[key] = row
        except Exception as error:
            self._fail(error, entry)
            return []
        before = self.rows
        self.error, self._parts = None, anew._parts
        return replace_rows(before, {**dict.fromkeys(before), **self.rows}, sequence)

    def _retell(
        self,
        part: Part,
        gone: Collection[Entry[Event]],
        new: Collection[Entry[Event]],
        playbooks: Playbooks,
        sequence: int,
    ) -> list[Change]:
        gone = [each for each in gone if not part.remove(self.view, each)]
        new = [each for each in new if not part.insert(self.view, each)]
        rows: Mapping[RowKey, Row | None] = {}
        if gone or new:
            entries = part.entries.copy()
            for each in gone:
                del entries[bisect_left(entries, each.order, key=order_of)]
            for each in new:
                insort(entries, each, key=order_of)
            rows = part.refold(self.view, self.view.initial(self.subject_id), entries, playbooks)
        return replace_rows(part.rows, rows, sequence)

    def _fail(self, error: Exception, entry: Entry[Event] | None) -> None:
        self.error = str(error if isinstance(error, FoldRaised) else FoldRaised(error, entry))

    def _part(self, names: Sequence[Hashable]) -> Part:
        """The part of all that hangs together by these names."""
        if len(names) == 1 and (only := self._parts.get(names[0])) is not None:
            return only
        found = {part: None for name in names if (part := self._parts.get(name)) is not None}
        part = self._joined(found) if found else Part(self.view.initial(self.subject_id))
        for name in names:
            if name not in self._parts:
                part.names.append(name)
                self._parts[name] = part
        return part

    def _joined(self, parts: Collection[Part]) -> Part:
        """One part of all these: the smaller ones go into the largest."""
        into = max(parts, key=lambda each: len(each.entries)) if len(parts) > 1 else next(iter(parts))
        for each in parts:
            if each is not into:
                into.absorb(self.view, each)
                self._parts.update(dict.fromkeys(each.names, into))
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
