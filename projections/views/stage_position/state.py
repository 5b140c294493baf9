"""The state of the fold: what is known of one deal, in effective order so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from contracts.events import Event
from contracts.events.deal import DealOpened, DealRevised, DealWon
from projections.replay.entry import FOREVER, Entry
from projections.replay.playbooks import Published
from projections.replay.view import FlagRow, RowKey
from projections.views.stage_position.evidence import Finding
from projections.views.stage_position.position import DealPosition, Intervals, Shown
from projections.views.stage_position.rows import Status

VIEW = "stage_position"

CLOSED: dict[Status, Decimal] = {"won": Decimal(1), "lost": Decimal(0), "abandoned": Decimal(0)}
"""What closes a deal, and the probability that is then certain."""


@dataclass(slots=True)
class Deal:
    """One deal. What was said before its opening is kept and counts from the opening on."""

    id: str
    opening: Entry[Event] | None = None
    playbook: str = ""
    version: int | None = None
    standing: DealPosition | None = None
    """None before the opening and while the playbook is unknown."""
    status: Status = "open"
    amount: Decimal | None = None
    currency: str | None = None
    owner: str | None = None
    account: str | None = None
    moved: bool = False
    """Whether it has followed another playbook or version before."""
    taken_back: bool = False
    """Whether evidence has been revoked or a commitment withdrawn, with or without effect."""
    said: list[Entry[Event]] = field(default_factory=list)
    """All entries so far: a playbook that the deal moves to judges them anew."""
    flags: dict[RowKey, FlagRow] = field(default_factory=dict)
    intervals: Intervals = field(init=False)

    def __post_init__(self) -> None:
        self.intervals = Intervals(self.id)

    def follow(
        self, key: str, version: int | None, published: Published | None, entry: Entry[Event]
    ) -> Iterable[RowKey]:
        """Let the deal follow this playbook from `entry` on; flag the entry while the playbook is not published."""
        self.playbook, self.version, self.standing = key, version, None
        if published is None:
            return [self.flag(entry, Finding("unknown_playbook", key))]
        self.version = published.playbook.version
        self.standing = DealPosition(published.rulebook)
        return []

    def revalue(self, event: DealOpened | DealRevised | DealWon) -> None:
        """A value that is given replaces the one before; amount and currency are given together."""
        if event.amount is not None:
            self.amount, self.currency = event.amount, event.currency

    def flag(self, entry: Entry[Event], finding: Finding, at: datetime | None = None) -> RowKey:
        """Flag an entry, from its own time on or from a later one. Returns the key of the flag's row."""
        from_at = at or entry.occurred_at
        key = self._flag_key(entry, finding.flag, from_at)
        self.flags[key] = FlagRow(
            f"deal/{self.id}", VIEW, finding.flag, entry.sequence, finding.detail, from_at, FOREVER
        )
        return key

    def unflag(self, entry: Entry[Event], flag: str, at: datetime) -> RowKey:
        """End a flag that stands since the entry's time; one that has just begun never was. Returns the row's key."""
        key = self._flag_key(entry, flag, entry.occurred_at)
        raised = self.flags.pop(key, None)
        if raised is not None and raised.from_at < at:
            self.flags[key] = replace(raised, to_at=at)
        return key

    def show(self, entry: Entry[Event]) -> Iterable[RowKey]:
        """Show how the deal stands after an entry, from its time on. Returns the keys of the rows touched."""
        step = self.standing.step if self.standing else 0
        stage, phase = self.standing.rulebook.stage_of(step) if self.standing else (None, None)
        probability = CLOSED.get(self.status)
        if probability is None:
            probability = self.standing.rulebook.probability(step) if self.standing else Decimal(0)
        shown = Shown(
            self.playbook,
            self.version,
            stage,
            phase,
            self.status,
            probability,
            self.amount,
            self.currency,
            self.owner,
            self.account,
        )
        stage_key = self.standing.rulebook.stage_key(step) if self.standing else None
        return self.intervals.show(entry.occurred_at, shown, (self.playbook, stage_key, phase), entry.sequence)

    def _flag_key(self, entry: Entry[Event], flag: str, from_at: datetime) -> RowKey:
        return RowKey(FlagRow, (f"deal/{self.id}", VIEW, flag, entry.sequence, from_at))
