"""The intervals of a deal: a new one whenever what is shown changes, none of length zero, no two neighbours alike."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from projections.entry import FOREVER
from projections.rulebook import Phase
from projections.stage_position.rows import PositionRow, Status
from projections.view import RowKey


class Shown(NamedTuple):
    """Values that a row shows beside its times and cause, in the order of its columns."""

    playbook: str
    version: int | None
    stage: int | None
    phase: Phase | None
    status: Status
    probability: Decimal
    amount: Decimal | None
    currency: str | None
    owner: str | None
    account: str | None


Place = tuple[str, str | None, Phase | None]
"""Playbook, key of the stage, phase: while it stays the same, `since` does."""


class _Span(NamedTuple):
    shown: Shown
    place: Place
    row: PositionRow


class Intervals:
    """The rows of one deal. Only the last interval ever changes, so a step costs the same however many there are."""

    __slots__ = ("_before", "_deal", "_now", "_rows")

    def __init__(self, deal: str) -> None:
        self._deal = deal
        self._rows: dict[datetime, PositionRow] = {}
        self._now: _Span | None = None
        self._before: _Span | None = None

    @property
    def now(self) -> PositionRow | None:
        """The last interval."""
        return self._now.row if self._now else None

    def row(self, from_at: datetime) -> PositionRow | None:
        """The interval that begins then."""
        return self._rows.get(from_at)

    def show(self, at: datetime, shown: Shown, place: Place, entry: int) -> list[RowKey]:
        """Show these values from `at` on. Returns the keys of the rows touched."""
        now = self._now
        if now is not None and now.shown == shown:
            return []
        touched = [RowKey(PositionRow, (self._deal, at))]
        if now is not None and now.row.from_at < at:
            self._before = self._end(now, at)
            touched.append(RowKey(PositionRow, (self._deal, now.row.from_at)))
        before = self._before
        if before is not None and before.shown == shown:
            # All that happened at this instant came to nothing: the interval before goes on.
            del self._rows[at]
            self._now, self._before = self._end(before, FOREVER), None
            touched.append(RowKey(PositionRow, (self._deal, before.row.from_at)))
            return touched
        since = before.row.since if before is not None and before.place == place else at
        self._now = _Span(shown, place, PositionRow(self._deal, at, FOREVER, *shown, since, entry))
        self._rows[at] = self._now.row
        return touched

    def _end(self, span: _Span, to_at: datetime) -> _Span:
        row = span.row
        ended = PositionRow(self._deal, row.from_at, to_at, *span.shown, row.since, row.entry)
        self._rows[row.from_at] = ended
        return _Span(span.shown, span.place, ended)
