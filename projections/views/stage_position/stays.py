"""Time that a deal takes for each stage, and the stages that it has completed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from projections.replay.entry import FOREVER
from projections.replay.view import RowKey
from projections.views.stage_position.rows import StageStayRow

Stage = tuple[str, int]
"""Playbook and number of a stage."""
_MICROSECOND = timedelta(microseconds=1)


class Progress(NamedTuple):
    """Progress of a deal by which its time is counted."""

    playbook: str
    completed: int | None
    """Number of the last stage completed; None while no playbook is published."""
    entered: bool
    """The stage worked on is entered."""
    open: bool
    """The status is open: time counts."""
    claimed: bool
    """Claims decide, which leave unsaid if a stage is completed before the next is entered."""


class Stays:
    """The rows of one deal. All that happens at one instant counts by where it leads: what was shown of it before is
    taken back, and shown anew."""

    __slots__ = ("_at", "_before", "_deal", "_now", "_rows", "_standing", "_taken")

    def __init__(self, deal: str) -> None:
        self._deal = deal
        self._rows: dict[tuple[str, int, datetime], StageStayRow] = {}
        self._standing: dict[Stage, StageStayRow] = {}
        self._taken: dict[tuple[Stage, bool], int] = {}
        """Time taken for each stage before and after it was entered, up to `_at`."""
        self._at: datetime | None = None
        self._now: Progress | None = None
        self._before: dict[Stage, StageStayRow | None] = {}
        """Rows of the stages changed at `_at`, as they stood before; None where the stage was not completed."""

    def row(self, playbook: str, stage: int, from_at: datetime) -> StageStayRow | None:
        """The row of a stage that begins then."""
        return self._rows.get((playbook, stage, from_at))

    def stayed(self, progress: Progress, at: datetime) -> int:
        """Time that the deal had worked, up to `at`, on the stage that it works on."""
        if progress.completed is None:
            return 0
        stage = progress.playbook, progress.completed + 1
        taken = self._taken.get((stage, False), 0) + self._taken.get((stage, True), 0)
        now = self._now
        if now is not None and now.open and self._at is not None and at > self._at and _worked_on(now) == stage:
            taken += (at - self._at) // _MICROSECOND
        return taken

    def show(self, at: datetime, progress: Progress, entry: int) -> list[RowKey]:
        """Show this progress from `at` on. Returns the keys of the rows touched."""
        now = self._now
        if now == progress:
            return []
        touched: set[RowKey] = set()
        if self._at is not None and at > self._at:
            assert now is not None
            worked_on = _worked_on(now)
            if worked_on is not None and now.open:
                kind = worked_on, now.entered
                self._taken[kind] = self._taken.get(kind, 0) + (at - self._at) // _MICROSECOND
            self._before.clear()
        else:
            for stage, before in self._before.items():
                touched.add(self._put(stage, before, at))
            self._before.clear()
        self._at, self._now = at, progress
        last = progress.completed or 0
        stood = None if progress.claimed else last
        for stage in [each for each in self._standing if each[0] != progress.playbook or each[1] > last]:
            touched.add(self._end(stage, at))
        for number in range(1, last + 1):
            stage = progress.playbook, number
            row = self._standing.get(stage)
            if row is None:
                touched.add(self._begin(stage, at, number == stood, entry))
            elif number == stood and row.stood_at is None:
                self._before[stage] = row
                touched.add(self._put(stage, replace(row, stood_at=at), at))
        return sorted(touched, key=lambda key: key.key)

    def _begin(self, stage: Stage, at: datetime, stood: bool, entry: int) -> RowKey:
        self._before.setdefault(stage, None)
        row = StageStayRow(
            self._deal,
            *stage,
            at,
            FOREVER,
            self._taken.get((stage, False), 0),
            self._taken.get((stage, True), 0),
            at if stood else None,
            entry,
        )
        return self._put(stage, row, at)

    def _end(self, stage: Stage, at: datetime) -> RowKey:
        row = self._standing[stage]
        self._before[stage] = row
        return self._put(stage, None, at)

    def _put(self, stage: Stage, row: StageStayRow | None, at: datetime) -> RowKey:
        """Let a row stand for a stage, or none; the one that stood ends, and one that began at `at` never was."""
        stood = self._standing.get(stage)
        if stood is not None and (row is None or row.from_at != stood.from_at):
            if stood.from_at < at:
                self._rows[*stage, stood.from_at] = replace(stood, to_at=at)
            else:
                del self._rows[*stage, stood.from_at]
        if row is None:
            assert stood is not None
            del self._standing[stage]
            return RowKey(StageStayRow, (self._deal, *stage, stood.from_at))
        self._standing[stage] = self._rows[*stage, row.from_at] = row
        return RowKey(StageStayRow, (self._deal, *stage, row.from_at))


def _worked_on(progress: Progress) -> Stage | None:
    return None if progress.completed is None else (progress.playbook, progress.completed + 1)
