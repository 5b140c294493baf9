"""Replay of one subject through all its views, entry by entry, in the order in which the ledger came to know them.

Every row carries the sequence at which it became known, so rows are compared after every entry. An entry that
sorts behind all that it has to do with is folded on; otherwise, and for a correction or a void, each view folds that
part of the subject anew. All of it gives the same rows: `tests/conformance/test_views.py` holds every view to it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from contracts.events import Event
from contracts.types.identifiers import split_subject
from projections.replay.entry import FOREVER, Entry, JournalEntry
from projections.replay.history import Effective
from projections.replay.playbooks import Playbooks
from projections.replay.view import FlagRow, Row, RowKey, View
from projections.replay.view_state import Change, ViewState, replace_rows

__all__ = ["Change", "Replay"]


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
        self._effective = Effective(self.subject)
        self._correction_flags: dict[RowKey, Row] = {}
        self._view_states = [ViewState(view, self._id) for view in self._views]

    def __len__(self) -> int:
        """Number of entries that concern the subject, corrections and voids included."""
        return self._length

    @property
    def stale(self) -> dict[str, str]:
        """View name to error, for the views whose fold raised on the last attempt; their rows are the last good."""
        return {cell.view.name: cell.error for cell in self._view_states if cell.error is not None}

    def rows(self) -> dict[RowKey, Row]:
        """Rows that are now current, by key."""
        found = dict(self._correction_flags)
        for cell in self._view_states:
            found |= cell.rows
        return found

    @property
    def entries(self) -> Sequence[Entry[Event]]:
        """Effective history."""
        return self._effective.entries

    def load(self, history: Iterable[JournalEntry], playbooks: Playbooks) -> None:
        """Take a whole history at once: the rows are those that `take` and `republish` would have left one by one.

        `playbooks` are those known at the position up to which the history reaches: a deal may have waited for one
        that was published behind its last entry.
        """
        self._forget()
        recorded = list(history)
        if not recorded:
            return
        self._length = len(recorded)
        self._effective.load(recorded)
        said = self._effective
        self._flag((*said.without_effect, *said.waiting), recorded[-1].sequence)
        self._refold(playbooks, recorded[-1].sequence)
        if self.stale:
            self._one_by_one(recorded, playbooks)

    def take(self, recorded: JournalEntry, playbooks: Playbooks, known: int | None = None) -> list[Change]:
        """The next entry that concerns the subject. Playbooks published behind it are not seen.

        `known` is the sequence of a later entry by which it became known that this one concerns the subject. Taken
        earlier it changes nothing (`projections/replay/payment_chain.py`), so one that is there already is not taken
        again.
        """
        sequence = recorded.sequence if known is None else known
        if sequence > recorded.sequence and self._effective.holds(recorded.sequence):
            return []
        playbooks = playbooks.known_at(sequence)
        self._length += 1
        if (entry := self._effective.add(recorded)) is not None:
            return self._take(entry, playbooks, sequence)
        told = self._effective.take(recorded)
        if not told.judged:
            return [change for entry in told.new for change in self._take(entry, playbooks, sequence)]
        self.refolds += 1
        changes = self._flag(told.judged, sequence)
        for cell in self._view_states:
            if cell.error is None:
                changes += cell.correct(told.gone, told.new, playbooks, sequence)
            else:
                changes += cell.refold(self.entries, playbooks, sequence)
        return changes

    def _take(self, entry: Entry[Event], playbooks: Playbooks, sequence: int) -> list[Change]:
        """Takes an entry of effective history, wherever it belongs."""
        self.refolds += entry is not self._effective.entries[-1]
        changes: list[Change] = []
        for cell in self._view_states:
            if not cell.handles(entry):
                continue
            if cell.error is None:
                changes += cell.take(entry, playbooks, sequence)
            else:
                changes += cell.refold(self.entries, playbooks, sequence)
        return changes

    def republish(self, playbooks: Playbooks, sequence: int) -> list[Change]:
        """A playbook was published at `sequence`: fold anew with what is known now.

        To be called for every subject that waits (a flag `unknown_playbook` with the playbook's key) or is stale;
        for all others nothing would change.
        """
        return self._refold(playbooks.known_at(sequence), sequence)

    def _refold(self, playbooks: Playbooks, sequence: int) -> list[Change]:
        return [change for cell in self._view_states for change in cell.refold(self.entries, playbooks, sequence)]

    def _flag(self, judged: Iterable[int], sequence: int) -> list[Change]:
        """Show what became of these corrections and voids."""
        wanted: dict[RowKey, Row | None] = {}
        for flag, said in (
            ("correction_without_effect", self._effective.without_effect),
            ("correction_waits", self._effective.waiting),
        ):
            for entry in judged:
                at = self._effective.said_at[entry]
                key = RowKey(FlagRow, (self.subject, "history", flag, entry, at))
                reason = said.get(entry)
                wanted[key] = None
                if reason is not None:
                    wanted[key] = FlagRow(self.subject, "history", flag, entry, reason, at, FOREVER)
        return replace_rows(self._correction_flags, wanted, sequence)

    def _one_by_one(self, history: Sequence[JournalEntry], playbooks: Playbooks) -> None:
        """A fold raises: its rows are those of the last time when it did not."""
        self._forget()
        steps = [*((each.sequence, each) for each in history), *((each.sequence, None) for each in playbooks)]
        for sequence, recorded in sorted(steps, key=lambda step: step[0]):
            if recorded is None:
                self.republish(playbooks, sequence)
            else:
                self.take(recorded, playbooks)
