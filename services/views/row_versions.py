"""Row versions: those that changes amount to, and those that a subject must have by a replay of its history. Pure.

A version is known from the entry that made it until the entry that unmade it. One that is made and unmade within the
batch is written once, with both; one that is unmade by the same entry that made it was never known and is not written.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from projections.replay.entry import JournalEntry
from projections.replay.playbooks import Playbooks, Published
from projections.replay.replay import Change, Replay
from projections.replay.view import FlagRow, Row, RowKey, View

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


class PlaybookTimeline:
    """The playbooks as they stood at any sequence."""

    def __init__(self, playbooks: Playbooks) -> None:
        self._policies = sorted(playbooks, key=lambda each: each.sequence)
        self._at = [each.sequence for each in self._policies]
        self._known = [Playbooks(), *(playbooks.known_at(at) for at in self._at)]

    def known_at(self, sequence: int) -> Playbooks:
        """Return the playbooks as published and withdrawn at or below a sequence."""
        return self._known[bisect_right(self._at, sequence)]

    def between(self, after: int, before: int) -> Sequence[Published]:
        """List the publications behind one sequence and ahead of another."""
        some = self._policies[bisect_right(self._at, after) : bisect_right(self._at, before - 1)]
        return [each for each in some if isinstance(each, Published)]


class Replaying:
    """A subject's replay, entry by entry, at the pace of whoever iterates: a long one takes minutes.

    Every entry is taken one by one: that is the definition of what is known at which sequence.
    """

    def __init__(
        self,
        subject: str,
        history: Sequence[JournalEntry],
        timeline: PlaybookTimeline,
        views: Sequence[View[Any]],
        up_to: int,
    ) -> None:
        self._replay = Replay(subject, views)
        self._history = history
        self._timeline = timeline
        self._up_to = up_to
        self._changes: list[Change] = []
        self.stale: dict[str, tuple[int, str]] = {}
        """The views whose fold raises: since which sequence, with which error."""

    def __iter__(self) -> Iterator[None]:
        last = self._history[0].sequence if self._history else self._up_to
        for recorded in self._history:
            self._publish(last, recorded.sequence)
            self._changes += self._replay.take(recorded, self._timeline.known_at(recorded.sequence))
            self._note(recorded.sequence)
            last = recorded.sequence
            yield
        self._publish(last, self._up_to + 1)

    @property
    def versions(self) -> Versions:
        """Versions of all rows of the subject."""
        return versions(self._changes)

    def _publish(self, after: int, before: int) -> None:
        for each in self._timeline.between(after, before):
            if self._replay.stale or _waits(self._replay, each.playbook.key):
                self._changes += self._replay.republish(self._timeline.known_at(each.sequence), each.sequence)
                self._note(each.sequence)

    def _note(self, sequence: int) -> None:
        """A view that raises keeps the sequence at which it raised first."""
        errors = self._replay.stale
        if errors or self.stale:
            self.stale = {
                view: (self.stale[view][0] if view in self.stale else sequence, error) for view, error in errors.items()
            }


def replayed(
    subject: str, history: Sequence[JournalEntry], timeline: PlaybookTimeline, views: Sequence[View[Any]], up_to: int
) -> tuple[Versions, dict[str, tuple[int, str]]]:
    """Versions of all rows of a subject, and the views whose fold raises, as `Replaying` gives them, at once."""
    replaying = Replaying(subject, history, timeline, views, up_to)
    for _ in replaying:
        pass
    return replaying.versions, replaying.stale


def _waits(replay: Replay, playbook: str) -> bool:
    return any(
        isinstance(row, FlagRow) and row.flag == "unknown_playbook" and row.detail == playbook
        for row in replay.rows().values()
    )


def named(key: RowKey) -> str:
    """A row's name for people: its table and key."""
    return f"{key.row.TABLE} {' '.join(map(str, key.key))}"
