"""Position of a deal by one version of a playbook: by its evidence or by claims, and the intervals that it makes."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, cast

from contracts.events import Event
from contracts.events.deal import StageClaimed
from contracts.events.evidence import EvidenceRevoked
from projections.replay.entry import FOREVER, Entry
from projections.replay.rulebook import Phase, Rulebook
from projections.replay.view import RowKey
from projections.views.stage_position.evidence import Evidence, Finding
from projections.views.stage_position.rows import PositionRow, Status


class Claims:
    """The claims that name a stage of the playbook, in effective order. A claim enters its stage, whatever came
    before it; what claims leave unsaid (milestones, completion) stays unknown."""

    __slots__ = ("_claimed", "_rulebook")

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._claimed: list[tuple[Entry[StageClaimed], int]] = []

    @property
    def step(self) -> int:
        """The step that the latest claim takes, 0 for none."""
        return 2 * self._claimed[-1][1] - 1 if self._claimed else 0

    def judge(self, entry: Entry[StageClaimed]) -> Finding | None:
        """Take a claim, if its word names a stage."""
        word = entry.event.stage
        stage = self._rulebook.claimed(word)
        if stage is None:
            return Finding("unknown_stage_claimed", f"{word!r} names no stage of {self._rulebook.name}")
        self._claimed.append((entry, stage))
        return None

    def revoke(self, identity: tuple[str, str]) -> bool:
        """A claim no longer counts: the one before it does. Returns whether there was one."""
        kept = [each for each in self._claimed if each[0].identity != identity]
        found = len(kept) < len(self._claimed)
        self._claimed = kept
        return found

    def standing(self) -> Sequence[Entry[StageClaimed]]:
        """The latest claim and those right before it that name the same stage, in order."""
        run: list[Entry[StageClaimed]] = []
        for entry, stage in reversed(self._claimed):
            if stage != self._claimed[-1][1]:
                break
            run.append(entry)
        return run[::-1]


class Place(NamedTuple):
    """Place of a deal in its playbook, by keys, which stay the same when a version adds a stage before."""

    playbook: str
    stage: str | None
    phase: Phase | None
    worked_on: str | None
    """The stage behind the last one completed; None behind the last, or while no playbook is published."""

    @property
    def reached(self) -> tuple[str, str | None, Phase | None]:
        """While it stays the same, `since` does."""
        return self[:3]

    @property
    def work(self) -> tuple[str, str | None]:
        """While it stays the same, `working_since` does."""
        return self.playbook, self.worked_on


class DealPosition:
    """Judges entries in effective order."""

    __slots__ = ("claims", "evidence", "rulebook")

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.evidence = Evidence(rulebook)
        self.claims = Claims(rulebook) if rulebook.playbook.position == "claim" else None
        """None where evidence decides: there claims change nothing."""

    @property
    def step(self) -> int:
        """The last step taken."""
        return self.evidence.step if self.claims is None else self.claims.step

    @property
    def completed(self) -> int:
        """Number of the last stage completed. A claim leaves unsaid whether its stage is, so it is not."""
        return self.step // 2

    def place(self, playbook: str) -> Place:
        """The deal's place in its playbook."""
        book = self.rulebook
        return Place(playbook, book.stage_key(self.step), book.stage_of(self.step)[1], book.key_of(self.completed + 1))

    def judge(self, entry: Entry[Event]) -> Finding | None:
        """Let an entry count, and say what is surprising about it."""
        if self.claims is not None:
            match entry.event:
                case StageClaimed():
                    return self.claims.judge(cast("Entry[StageClaimed]", entry))
                case EvidenceRevoked(target=target) if target and self.claims.revoke((target.source, target.id)):
                    return None
        return self.evidence.judge(entry)


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
    completed: int | None
    expected_close_on: date | None
    opened_at: datetime
    status_since: datetime


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

    def show(self, at: datetime, shown: Shown, place: Place, stayed: int, entry: int) -> list[RowKey]:
        """Show these values from `at` on, when the deal had worked for `stayed` microseconds on its stage. Returns the
        keys of the rows touched."""
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
        since = before.row.since if before is not None and before.place.reached == place.reached else at
        working_since = before.row.working_since if before is not None and before.place.work == place.work else at
        if shown.completed is None:
            working_since = None
        self._now = _Span(shown, place, self._row(shown, at, FOREVER, since, working_since, stayed, entry))
        self._rows[at] = self._now.row
        return touched

    def _row(
        self,
        shown: Shown,
        from_at: datetime,
        to_at: datetime,
        since: datetime,
        working_since: datetime | None,
        stayed: int,
        entry: int,
    ) -> PositionRow:
        return PositionRow(
            self._deal,
            from_at,
            to_at,
            *shown[:10],
            since,
            entry,
            shown.completed,
            working_since,
            shown.expected_close_on,
            shown.opened_at,
            shown.status_since,
            stayed,
        )

    def _end(self, span: _Span, to_at: datetime) -> _Span:
        row = span.row
        ended = self._row(span.shown, row.from_at, to_at, row.since, row.working_since, row.stayed, row.entry)
        self._rows[row.from_at] = ended
        return _Span(span.shown, span.place, ended)
