"""One subject through all its views, entry by entry, in the order in which the ledger came to know them.

Every row carries the sequence at which it became known, so rows are compared after every entry. An entry that
sorts behind all that it has to do with is folded on; otherwise, and for a correction or a void, each view folds that
part of the subject anew. All of it gives the same rows: `tests/conformance/test_views.py` holds every view to it.
"""

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import Any

from contracts.events import EVENTS, Event, EventCorrected, EventVoided
from contracts.identifiers import split_subject
from projections.cell import Cell, Change, replace_rows
from projections.entry import Entry, Recorded
from projections.history import effective, entry_of, recorded_of
from projections.playbooks import Playbooks
from projections.view import FlagRow, Row, RowKey, View

__all__ = ["Change", "Replay"]

_CORRECTIONS = frozenset({EventCorrected, EventVoided})


class Replay:
    """A subject's history, states and rows."""

    def __init__(self, subject: str, views: Sequence[View[Any]]) -> None:
        kind, self._id = split_subject(subject)
        self.subject = subject
        self.refolds = 0
        """How often `take` was given what is late, a correction or a void."""
        self._views = [view for view in views if view.kind == kind]
        self._forget()

    def _forget(self) -> None:
        self._length = 0
        self._recorded: list[Recorded] | None = None
        """All as recorded, if that says more than `_entries`: see `_all_recorded`."""
        self._entries: list[Entry[Event]] = []
        self._targets: set[tuple[str, str]] = set()
        self._correction_flags: dict[RowKey, Row] = {}
        self._cells = [Cell(view, self._id) for view in self._views]

    def __len__(self) -> int:
        """How many entries concern the subject, corrections and voids included."""
        return self._length

    @property
    def weight(self) -> int:
        """What it takes in memory, in entries: its own, and those folded into the states that are kept on the way."""
        return self._length + sum(cell.weight for cell in self._cells)

    @property
    def stale(self) -> dict[str, str]:
        """View name to error, for the views whose fold raised on the last attempt; their rows are the last good."""
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
        """Take a whole history at once: the rows are those that `take` and `republish` would have left one by one.

        `playbooks` are those known at the position up to which the history reaches: a deal may have waited for one
        that was published behind its last entry.
        """
        self._forget()
        recorded = list(history)
        if not recorded:
            return
        self._length = len(recorded)
        if all(map(_is_plain, recorded)):
            self._entries = sorted(map(entry_of, recorded), key=lambda each: each.order)
        else:
            self._recorded = recorded
            self._retell(recorded, recorded[-1].sequence)
        self._refold(playbooks, recorded[-1].sequence)
        if self.stale:
            self._one_by_one(recorded, playbooks)

    def take(self, recorded: Recorded, playbooks: Playbooks) -> list[Change]:
        """The next entry that concerns the subject. Playbooks published behind it are not seen."""
        playbooks = playbooks.known_at(recorded.sequence)
        self._length += 1
        said = recorded.said
        if self._recorded is not None or not _is_plain(recorded):
            self._recorded = self._all_recorded()
            self._recorded.append(recorded)
        if type(said.event) in _CORRECTIONS or (self._targets and said.identity in self._targets):
            self.refolds += 1
            told = self._entries
            changes = self._retell(self._all_recorded(), recorded.sequence)
            gone, new = _without(told, self._entries), _without(self._entries, told)
            for cell in self._cells:
                if cell.error is None:
                    changes += cell.correct(gone, new, playbooks, recorded.sequence)
                else:
                    changes += cell.refold(self._entries, playbooks, recorded.sequence)
            return changes
        entry = entry_of(recorded)
        if self._entries and entry.order < self._entries[-1].order:
            self.refolds += 1
            insort(self._entries, entry, key=lambda each: each.order)
        else:
            self._entries.append(entry)
        changes = []
        for cell in self._cells:
            if not cell.handles(entry):
                continue
            if cell.error is None:
                changes += cell.take(entry, playbooks, recorded.sequence)
            else:
                changes += cell.refold(self._entries, playbooks, recorded.sequence)
        return changes

    def republish(self, playbooks: Playbooks, sequence: int) -> list[Change]:
        """A playbook was published at `sequence`: fold anew with what is known now.

        To be called for every subject that waits (a flag `unknown_playbook` with the playbook's key) or is stale;
        for all others nothing would change.
        """
        return self._refold(playbooks.known_at(sequence), sequence)

    def _refold(self, playbooks: Playbooks, sequence: int) -> list[Change]:
        return [change for cell in self._cells for change in cell.refold(self._entries, playbooks, sequence)]

    def _all_recorded(self) -> list[Recorded]:
        """All that concerns the subject, in order of sequence. While nothing is corrected, and all of newest version,
        effective history tells it, and holding both would take a fifth more memory."""
        if self._recorded is not None:
            return self._recorded
        return [recorded_of(each) for each in sorted(self._entries, key=lambda each: each.sequence)]

    def _retell(self, recorded: Sequence[Recorded], sequence: int) -> list[Change]:
        told = effective(recorded)
        self._entries = told.entries
        self._targets = set()
        own: set[int] = set()
        for each in recorded:
            if isinstance(each.said.event, EventCorrected | EventVoided):
                self._targets.add((each.said.event.target.source, each.said.event.target.id))
                if each.said.subject == self.subject:
                    own.add(each.sequence)
        flags = [("correction_without_effect", *each) for each in told.without_effect.items()]
        flags += [("correction_waits", *each) for each in told.waiting.items() if each[0] in own]
        wanted: dict[RowKey, Row | None] = dict.fromkeys(self._correction_flags)
        for flag, entry, reason in flags:
            row = FlagRow(self.subject, "history", flag, entry, reason)
            wanted[RowKey(FlagRow, (self.subject, "history", flag, entry))] = row
        return replace_rows(self._correction_flags, wanted, sequence)

    def _one_by_one(self, history: Sequence[Recorded], playbooks: Playbooks) -> None:
        """A fold raises: its rows are those of the last time when it did not."""
        self._forget()
        steps = [*((each.sequence, each) for each in history), *((each.sequence, None) for each in playbooks)]
        for sequence, recorded in sorted(steps, key=lambda step: step[0]):
            if recorded is None:
                self.republish(playbooks, sequence)
            else:
                self.take(recorded, playbooks)


def _is_plain(recorded: Recorded) -> bool:
    """Whether an entry of effective history says as much, unless it is corrected."""
    event = recorded.said.event
    return type(event) not in _CORRECTIONS and EVENTS.newest(event) is event


def _without(some: Sequence[Entry[Event]], others: Sequence[Entry[Event]]) -> list[Entry[Event]]:
    """Those of one effective history that are not in another of the same subject."""
    there = {(each.sequence, each.corrected_by) for each in others}
    return [each for each in some if (each.sequence, each.corrected_by) not in there]
