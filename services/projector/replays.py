"""The rows that a subject must have: its history replayed entry by entry, as if nothing had ever been kept. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from projections.entry import Recorded
from projections.playbooks import Playbooks, Published
from projections.replay import Change, Replay
from projections.view import FlagRow, RowKey, View
from services.projector.versions import Versions, versions


class Shelf:
    """The playbooks as they stood at any sequence."""

    def __init__(self, playbooks: Playbooks) -> None:
        self.published = sorted(playbooks, key=lambda each: each.sequence)
        self._at = [each.sequence for each in self.published]
        self._known = [Playbooks(), *(playbooks.known_at(at) for at in self._at)]

    def known_at(self, sequence: int) -> Playbooks:
        """What was published at or below a sequence."""
        return self._known[bisect_right(self._at, sequence)]

    def between(self, after: int, before: int) -> Sequence[Published]:
        """What was published behind one sequence and ahead of another."""
        return self.published[bisect_right(self._at, after) : bisect_right(self._at, before - 1)]


def replayed(
    subject: str, history: Sequence[Recorded], shelf: Shelf, views: Sequence[View[Any]], up_to: int
) -> tuple[Versions, dict[str, tuple[int, str]]]:
    """All versions of all rows of a subject, and the views whose fold raises: since which sequence, with which error.

    Every entry is taken one by one: that is the definition of what is known at which sequence.
    """
    replay = Replay(subject, views)
    changes: list[Change] = []
    stale: dict[str, tuple[int, str]] = {}
    last = history[0].sequence if history else up_to
    for recorded in history:
        changes += _publications(replay, shelf, last, recorded.sequence, stale)
        changes += replay.take(recorded, shelf.known_at(recorded.sequence))
        _note(stale, replay.stale, recorded.sequence)
        last = recorded.sequence
    changes += _publications(replay, shelf, last, up_to + 1, stale)
    return versions(changes), stale


def _publications(
    replay: Replay, shelf: Shelf, after: int, before: int, stale: dict[str, tuple[int, str]]
) -> list[Change]:
    changes: list[Change] = []
    for each in shelf.between(after, before):
        if replay.stale or _waits(replay, each.playbook.key):
            changes += replay.republish(shelf.known_at(each.sequence), each.sequence)
            _note(stale, replay.stale, each.sequence)
    return changes


def _note(stale: dict[str, tuple[int, str]], errors: Mapping[str, str], sequence: int) -> None:
    """A view that raises keeps the sequence at which it raised first."""
    if not errors and not stale:
        return
    now = {view: (stale[view][0] if view in stale else sequence, error) for view, error in errors.items()}
    stale.clear()
    stale.update(now)


def _waits(replay: Replay, playbook: str) -> bool:
    return any(
        isinstance(row, FlagRow) and row.flag == "unknown_playbook" and row.detail == playbook
        for row in replay.rows().values()
    )


def named(key: RowKey) -> str:
    """A row's name for people: its table and key."""
    return f"{key.row.TABLE} {' '.join(map(str, key.key))}"
