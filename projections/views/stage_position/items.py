"""Items of its playbook that a deal has met, one row for each while it is met."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from contracts.events import Event
from projections.replay.entry import FOREVER, Entry
from projections.replay.view import RowKey
from projections.views.stage_position.evidence import Evidence
from projections.views.stage_position.rows import StageItemRow

Item = tuple[int, str]
"""Stage and key of an item."""


class MetItems:
    """The rows of one deal. What is met and met no longer at one instant leaves no row."""

    __slots__ = ("_deal", "_now", "_rows")

    def __init__(self, deal: str) -> None:
        self._deal = deal
        self._rows: dict[tuple[int, str, datetime], StageItemRow] = {}
        self._now: dict[Item, StageItemRow] = {}

    def row(self, stage: int, item: str, from_at: datetime) -> StageItemRow | None:
        """The row of an item that begins then."""
        return self._rows.get((stage, item, from_at))

    def end(self, at: datetime, kept: Iterable[Item] = ()) -> list[RowKey]:
        """End what is met now, but for some items. Returns the keys of the rows touched."""
        return [self._end(item, at) for item in sorted(self._now.keys() - kept)]

    def show(self, evidence: Evidence, needs: Iterable[int], at: datetime, owner: str | None) -> list[RowKey]:
        """Show which of these needs are met, from `at` on, and by which entry. Returns the keys of the rows touched."""
        touched: list[RowKey] = []
        for number in needs:
            need = evidence.rulebook.needs[number]
            item = need.stage, need.key
            met_by = evidence.met_by(need)
            now = self._now.get(item)
            if now is not None and (not met_by or now.entry != met_by[-1].sequence or now.kind != need.kind):
                touched.append(self._end(item, at))
                now = None
            if met_by and now is None:
                last: Entry[Event] = met_by[-1]
                row = StageItemRow(
                    self._deal,
                    need.stage,
                    need.key,
                    need.kind,
                    at,
                    FOREVER,
                    last.sequence,
                    last.actor,
                    owner,
                    last.department,
                )
                self._now[item] = self._rows[*item, at] = row
                touched.append(RowKey(StageItemRow, (self._deal, *item, at)))
        return touched

    def _end(self, item: Item, at: datetime) -> RowKey:
        row = self._now.pop(item)
        if row.from_at < at:
            self._rows[*item, row.from_at] = replace(row, to_at=at)
        else:
            del self._rows[*item, row.from_at]
        return RowKey(StageItemRow, (self._deal, *item, row.from_at))
