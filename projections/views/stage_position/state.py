"""The state of the fold: what is known of one deal, in effective order so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from contracts.events import Event
from contracts.events.activity import (
    AppointmentMade,
    CallMade,
    DemoHeld,
    MessageExchanged,
    ProposalSubmitted,
    QuoteSubmitted,
    VisitDone,
)
from contracts.events.care import CareGiven, FeedbackGiven
from contracts.events.deal import DealOpened, DealRevised, DealWon
from projections.replay.entry import FOREVER, Entry
from projections.replay.playbooks import Published
from projections.replay.view import FlagRow, RowKey
from projections.views.stage_position.departments import Brought, Departments, Work
from projections.views.stage_position.evidence import Finding
from projections.views.stage_position.items import MetItems
from projections.views.stage_position.position import DealPosition, Intervals, Place, Shown
from projections.views.stage_position.rows import Status
from projections.views.stage_position.stays import Progress, Stays

VIEW = "stage_position"

_TAKING_PART = frozenset(
    {
        AppointmentMade,
        CallMade,
        CareGiven,
        DemoHeld,
        FeedbackGiven,
        MessageExchanged,
        ProposalSubmitted,
        QuoteSubmitted,
        VisitDone,
    }
)
"""Events by which a department takes part, whatever item they meet."""
CLOSED: dict[Status, Decimal] = {"won": Decimal(1), "lost": Decimal(0), "abandoned": Decimal(0)}
"""What closes a deal, and the probability that is then certain."""


def brings_department(entry: Entry[Event]) -> bool:
    """Tell if by this entry a department takes part."""
    return entry.department is not None and type(entry.event) in _TAKING_PART


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
    status_since: datetime | None = None
    """When the event happened that gave it; None while none has."""
    amount: Decimal | None = None
    currency: str | None = None
    owner: str | None = None
    account: str | None = None
    expected_close_on: date | None = None
    moved: bool = False
    """Whether it has followed another playbook or version before."""
    taken_back: bool = False
    """Whether evidence has been revoked or a commitment withdrawn, with or without effect."""
    said: list[Entry[Event]] = field(default_factory=list)
    """All entries so far: a playbook that the deal moves to judges them anew."""
    flags: dict[RowKey, FlagRow] = field(default_factory=dict)
    intervals: Intervals = field(init=False)
    items: MetItems = field(init=False)
    stays: Stays = field(init=False)
    departments: Departments = field(init=False)

    def __post_init__(self) -> None:
        self.intervals = Intervals(self.id)
        self.items = MetItems(self.id)
        self.stays = Stays(self.id)
        self.departments = Departments(self.id)

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

    def set_status(self, status: Status, entry: Entry[Event]) -> None:
        """Give the deal a status, which it has since the time of the entry."""
        self.status, self.status_since = status, entry.occurred_at

    def revalue(self, event: DealOpened | DealRevised | DealWon, *, final: bool = False) -> None:
        """A value that is given replaces the one before, but for amount and currency where these are final; both are
        given together."""
        if event.amount is not None and not final:
            self.amount, self.currency = event.amount, event.currency
        if not isinstance(event, DealWon) and event.expected_close_on is not None:
            self.expected_close_on = event.expected_close_on

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
        assert self.opening is not None
        opened_at = self.opening.occurred_at
        standing = self.standing
        stage, phase, completed, open_probability, claimed = None, None, None, Decimal(0), False
        place = Place(self.playbook, None, None, None)
        if standing is not None:
            stage, phase = standing.rulebook.stage_of(standing.step)
            completed, claimed = standing.completed, standing.claims is not None
            open_probability = standing.rulebook.probability(standing.step)
            place = standing.place(self.playbook)
        probability = CLOSED.get(self.status)
        shown = Shown(
            self.playbook,
            self.version,
            stage,
            phase,
            self.status,
            open_probability if probability is None else probability,
            self.amount,
            self.currency,
            self.owner,
            self.account,
            completed,
            self.expected_close_on,
            opened_at,
            self.status_since or opened_at,
        )
        at = entry.occurred_at
        progress = Progress(self.playbook, completed, phase == "entered", self.status == "open", claimed)
        touched = self.stays.show(at, progress, entry.sequence)
        return [*self.intervals.show(at, shown, place, self.stays.stayed(progress, at), entry.sequence), *touched]

    def show_items(self, before: DealPosition | None, at: datetime) -> Iterable[RowKey]:
        """Show the items that are met, from `at` on. `before` is the position that was shown last: another one judges
        by another playbook. Returns the keys of the rows touched."""
        standing = self.standing
        if standing is before:
            return self.items.show(standing.evidence, standing.evidence.changed(), at, self.owner) if standing else []
        if standing is None:
            return self.items.end(at)
        standing.evidence.changed()
        needs = standing.evidence.met()
        kept = [(need.stage, need.key) for need in (standing.rulebook.needs[number] for number in needs)]
        return [*self.items.end(at, kept), *self.items.show(standing.evidence, needs, at, self.owner)]

    def show_departments(self, entry: Entry[Event], items: Iterable[RowKey]) -> Iterable[RowKey]:
        """Show the departments that an entry brings to the stage worked on. `items` are the keys of the rows of items
        that it touched. Returns the keys of the rows touched."""
        assert self.opening is not None
        at, opened_at = entry.occurred_at, self.opening.occurred_at
        came = (each for each in self.said if each.occurred_at == at) if entry is self.opening else (entry,)
        said = [
            (each.department, each.sequence) for each in came if brings_department(each) and each.department is not None
        ]
        met: dict[RowKey, Brought | None] = {}
        for key in items:
            if key.key[-1] == at:
                row = self.items.row(*key.key[1:])
                met[key] = None if row is None or row.department is None else (row.department, row.entry)
        return self.departments.show(at, entry.sequence, self._work, said, met, opening=at == opened_at)

    def knows_department(self, entry: Entry[Event]) -> bool:
        """Tell if the rows say the same of departments with and without the entry, which brings one."""
        assert self.opening is not None
        assert entry.department is not None
        at, opened_at = entry.occurred_at, self.opening.occurred_at
        return at < opened_at or (at > opened_at and self.departments.knows(at, entry.department))

    @property
    def _work(self) -> Work | None:
        """Stage that the deal works on; None where no department is named at it, and for a deal that is lost."""
        if self.standing is None or self.status in ("lost", "abandoned"):
            return None
        completed, departments = self.standing.completed, self.standing.rulebook.departments
        if completed >= len(departments) or not departments[completed]:
            return None
        return Work((self.playbook, completed + 1), departments[completed])

    def _flag_key(self, entry: Entry[Event], flag: str, from_at: datetime) -> RowKey:
        return RowKey(FlagRow, (f"deal/{self.id}", VIEW, flag, entry.sequence, from_at))
