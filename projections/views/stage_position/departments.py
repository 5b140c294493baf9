"""Departments that take part in the stages that a deal works on."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from projections.replay.view import RowKey
from projections.views.stage_position.rows import StageDepartmentRow

Stage = tuple[str, int]
"""Playbook and number of a stage."""
Since = tuple[datetime, int]
"""Instant since which something is so, and the entry by which."""
Brought = tuple[str, int]
"""Department, and the entry that brings it."""


class Work(NamedTuple):
    """Stage that a deal works on, by a version that names departments at it."""

    stage: Stage
    departments: frozenset[str]


class Departments:
    """The rows of one deal. All that happens at one instant counts by where it leads: what was shown of it before is
    taken back, and shown anew. An entry belongs to the stage worked on right before it, at the opening to the first."""

    __slots__ = ("_at", "_before", "_by", "_changes", "_deal", "_met", "_named", "_now", "_said", "_took_part")

    def __init__(self, deal: str) -> None:
        self._deal = deal
        self._named: dict[Stage, dict[str, Since]] = {}
        """Departments named at a stage, since when."""
        self._took_part: dict[Stage, dict[str, Since]] = {}
        """Departments that took part in a stage, since when."""
        self._changes: list[tuple[datetime, Work | None]] = []
        """Work since each instant at which it changed."""
        self._at: datetime | None = None
        self._before: Work | None = None
        """Work right before `_at`."""
        self._now: Work | None = None
        self._by = 0
        """Entry that gave `_now`."""
        self._said: dict[str, int] = {}
        """Departments that have an activity, care or feedback at `_at`, with the first entry of each."""
        self._met: dict[RowKey, Brought] = {}
        """Departments by items that are met since `_at`."""

    def row(self, playbook: str, stage: int, at: datetime) -> StageDepartmentRow | None:
        """The row of a stage at an instant."""
        place = playbook, stage
        named, took_part = (
            {name: entry for name, (since, entry) in found.get(place, {}).items() if since == at}
            for found in (self._named, self._took_part)
        )
        if not named and not took_part:
            return None
        (_, entry), *_ = sorted(took_part.items()) or named.items()
        return StageDepartmentRow(self._deal, *place, at, tuple(sorted(named)), tuple(sorted(took_part)), entry)

    def show(
        self,
        at: datetime,
        entry: int,
        work: Work | None,
        said: Sequence[Brought],
        met: Mapping[RowKey, Brought | None],
        opening: bool,
    ) -> list[RowKey]:
        """Show this work from `at` on, and the departments that entries at `at` bring: those that `said` something, and
        by keys of items that are met since then, None where one is met no longer. Returns the keys of the rows
        touched."""
        if self._at is None or at > self._at:
            brought = chain(said, filter(None, met.values()))
            if work == self._now and not opening and not self._brings_one(name for name, _ in brought):
                return []
            self._at, self._before = at, self._now
            self._said.clear()
            self._met.clear()
        touched = {each.stage for each in (self._before, self._now, work) if each is not None}
        self._take_back(touched)
        if work != self._now:
            if self._changes and self._changes[-1][0] == at:
                self._changes.pop()
            self._changes.append((at, work))
            self._now, self._by = work, entry
        for name, sequence in said:
            self._said.setdefault(name, sequence)
        for key, item in met.items():
            self._met.pop(key, None)
            if item is not None:
                self._met[key] = item
        if work is not None:
            _add(self._named, work, ((name, self._by) for name in work.departments), at)
        worked_on = work if opening else self._before
        if worked_on is not None:
            _add(self._took_part, worked_on, chain(self._said.items(), self._met.values()), at)
        return [RowKey(StageDepartmentRow, (self._deal, *stage, at)) for stage in sorted(touched)]

    def knows(self, at: datetime, department: str) -> bool:
        """Tell if the rows are the same with and without an entry of a department at an instant behind the opening:
        the stage worked on does not name it, or had another entry of it before."""
        if at == self._at:
            return False
        place = bisect_left(self._changes, at, key=lambda change: change[0])
        work = self._changes[place - 1][1] if place else None
        if work is None or department not in work.departments:
            return True
        since = self._took_part.get(work.stage, {}).get(department)
        return since is not None and since[0] < at

    def _brings_one(self, departments: Iterable[str]) -> bool:
        """Tell if one of these departments takes part in the stage worked on for the first time."""
        if self._now is None:
            return False
        there = self._took_part.get(self._now.stage, {})
        return any(name in self._now.departments and name not in there for name in departments)

    def _take_back(self, stages: Iterable[Stage]) -> None:
        for found in (self._named, self._took_part):
            for stage in stages:
                if stage in found:
                    found[stage] = {name: since for name, since in found[stage].items() if since[0] != self._at}


def _add(found: dict[Stage, dict[str, Since]], work: Work, brought: Iterable[Brought], at: datetime) -> None:
    there = found.setdefault(work.stage, {})
    for name, entry in brought:
        if name in work.departments:
            there.setdefault(name, (at, entry))
