"""One subject through all its views, entry by entry, in the order in which the ledger came to know them.

Every row carries the sequence at which it became known, so rows are compared after every entry. An entry that
sorts behind all folded ones is folded on; a late one, a correction or a void makes the views fold anew. Both give
the same rows: `tests/unit/projections/test_replay.py` holds them to it.
"""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.events import Event, EventCorrected, EventVoided
from contracts.identifiers import split_subject
from projections.entry import Entry, Recorded
from projections.history import effective, entry_of
from projections.playbooks import Playbooks
from projections.view import FlagRow, Row, RowKey, View


@dataclass(frozen=True, slots=True)
class Change:
    """A row that an entry made, unmade or replaced; `sequence` is the entry whose arrival did it."""

    sequence: int
    key: RowKey
    before: Row | None
    after: Row | None


@dataclass(slots=True)
class _Cell:
    """One view of the subject."""

    view: View[Any]
    state: Any
    rows: dict[RowKey, Row] = field(default_factory=dict)
    last: tuple[datetime, int] | None = None
    error: str | None = None


class Replay:
    """A subject's history, states and rows. `stale` names the views whose fold raised, with the error."""

    def __init__(self, subject: str, views: Sequence[View[Any]]) -> None:
        kind, self._id = split_subject(subject)
        self.subject = subject
        self._recorded: list[Recorded] = []
        self._entries: list[Entry[Event]] = []
        self._targets: set[tuple[str, str]] = set()
        self._correction_flags: dict[RowKey, Row] = {}
        self._cells = [_Cell(view, view.initial(self._id)) for view in views if view.kind == kind]

    def __len__(self) -> int:
        return len(self._recorded)

    @property
    def stale(self) -> dict[str, str]:
        """View name to error, for the views whose fold raised on the last attempt."""
        return {cell.view.name: cell.error for cell in self._cells if cell.error is not None}

    def rows(self) -> dict[RowKey, Row]:
        """All rows that are now current."""
        found = dict(self._correction_flags)
        for cell in self._cells:
            found |= cell.rows
        return found

    @property
    def entries(self) -> Sequence[Entry[Event]]:
        """Effective history."""
        return self._entries

    def load(self, history: Iterable[Recorded], playbooks: Playbooks) -> None:
        """Take a whole history at once: the rows are those that `take` would have left behind one by one."""
        self._recorded = list(history)
        if not self._recorded:
            return
        known = playbooks.known_at(self._recorded[-1].sequence)
        self._retell(self._recorded[-1].sequence)
        for cell in self._cells:
            self._refold(cell, known, self._recorded[-1].sequence)
        if self.stale:
            self._one_by_one(playbooks)

    def take(self, recorded: Recorded, playbooks: Playbooks) -> list[Change]:
        """The next entry that concerns the subject. `playbooks` are those known at its sequence."""
        self._recorded.append(recorded)
        said = recorded.said
        if isinstance(said.event, EventCorrected | EventVoided) or said.identity in self._targets:
            changes = self._retell(recorded.sequence)
            for cell in self._cells:
                changes += self._refold(cell, playbooks, recorded.sequence)
            return changes
        entry = entry_of(recorded)
        insort(self._entries, entry, key=lambda each: each.order)
        changes = []
        for cell in self._cells:
            if type(entry.event) not in cell.view.handled:
                continue
            if cell.error is not None or (cell.last is not None and entry.order < cell.last):
                changes += self._refold(cell, playbooks, recorded.sequence)
            else:
                changes += self._fold_on(cell, entry, playbooks, recorded.sequence)
        return changes

    def republish(self, playbooks: Playbooks, sequence: int) -> list[Change]:
        """A playbook was published at `sequence`: fold the deal anew with what is known now."""
        return [change for cell in self._cells for change in self._refold(cell, playbooks, sequence)]

    def _fold_on(self, cell: _Cell, entry: Entry[Event], playbooks: Playbooks, sequence: int) -> list[Change]:
        try:
            touched = set(cell.view.evolve(cell.state, entry, playbooks))
            rows = {key: cell.view.row(cell.state, key) for key in touched}
        except Exception as error:
            cell.error = f"{type(error).__name__}: {error}"
            return []
        cell.last = entry.order
        return _replace(cell.rows, rows, sequence)

    def _refold(self, cell: _Cell, playbooks: Playbooks, sequence: int) -> list[Change]:
        state = cell.view.initial(self._id)
        touched: set[RowKey] = set(cell.rows)
        last = None
        try:
            for entry in self._entries:
                if type(entry.event) in cell.view.handled:
                    touched.update(cell.view.evolve(state, entry, playbooks))
                    last = entry.order
            rows = {key: cell.view.row(state, key) for key in touched}
        except Exception as error:
            cell.error = f"{type(error).__name__}: {error}"
            return []
        cell.state, cell.last, cell.error = state, last, None
        return _replace(cell.rows, rows, sequence)

    def _retell(self, sequence: int) -> list[Change]:
        told = effective(self._recorded)
        self._entries = told.entries
        self._targets = {
            (each.said.event.target.source, each.said.event.target.id)
            for each in self._recorded
            if isinstance(each.said.event, EventCorrected | EventVoided)
        }
        flags = {
            RowKey(FlagRow, (self.subject, "history", "correction_without_effect", entry)): FlagRow(
                self.subject, "history", "correction_without_effect", entry, reason
            )
            for entry, reason in told.without_effect.items()
        }
        wanted: dict[RowKey, Row | None] = dict.fromkeys(self._correction_flags)
        return _replace(self._correction_flags, wanted | flags, sequence)

    def _one_by_one(self, playbooks: Playbooks) -> None:
        history, self._recorded, self._entries = self._recorded, [], []
        self._targets, self._correction_flags = set(), {}
        for cell in self._cells:
            cell.state, cell.rows, cell.last, cell.error = cell.view.initial(self._id), {}, None, None
        published = sorted(each.sequence for versions in playbooks.published.values() for each in versions)
        for each in history:
            while published and published[0] < each.sequence:
                at = published.pop(0)
                if self._recorded:
                    self.republish(playbooks.known_at(at), at)
            self.take(each, playbooks.known_at(each.sequence))


def _replace(rows: dict[RowKey, Row], wanted: dict[RowKey, Row | None], sequence: int) -> list[Change]:
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
