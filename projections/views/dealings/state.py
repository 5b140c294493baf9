"""State of the fold: what is known of one deal's dealings, in effective order so far, and the rows that show it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from contracts.events import Event
from projections.replay.entry import FOREVER, Entry
from projections.replay.view import FlagRow, Row, RowKey
from projections.views.dealings.rows import ActivityRow, AppointmentRow
from projections.views.dealings.words import CommitmentState, PlanState

VIEW = "dealings"

Flag = Literal["unknown_commitment"]  # says that a commitment was kept or broken that the deal has not received by then

Identity = tuple[str, str]
"""Source and id of an event."""


@dataclass(slots=True)
class Plan:
    """A planned activity."""

    name: str
    """As it was written first."""
    shown: tuple[Any, ...]
    """Values of the row between its times and the state."""
    state: PlanState = "open"


@dataclass(slots=True)
class Commitment:
    """A commitment that the customer gave."""

    sequence: int
    stage: int
    shown: tuple[Any, ...]
    """Values of the row between its times and the state."""
    state: CommitmentState = "open"


@dataclass(slots=True)
class _Last:
    """The last interval of a thing."""

    key: RowKey
    from_at: datetime
    shown: tuple[Any, ...]


@dataclass(slots=True)
class Dealings:
    """The state of one deal. Only the last interval of a thing ever changes."""

    id: str
    opened: bool = False
    owner: str | None = None
    file: tuple[Any, ...] = ()
    """Values of the deal's file beside its name, once it is opened."""
    name: str | None = None
    appointments: OrderedDict[Identity, tuple[RowKey, AppointmentRow]] = field(default_factory=OrderedDict)
    """Those that no visit has used and that were not cancelled, the earliest first."""
    plans: dict[str, Plan] = field(default_factory=dict)
    """By the key of their name."""
    carried_out: dict[str, int] = field(default_factory=dict)
    """By the key of a plan's name, planned by now or not: sequence of the first activity that names it."""
    commitments: dict[Identity, Commitment] = field(default_factory=dict)
    open_commitments: dict[int, dict[int, Commitment]] = field(default_factory=dict)
    """By stage and sequence."""
    needs: dict[str, str] = field(default_factory=dict)
    """Names of needs as they were written first, by key."""
    rows: dict[RowKey, Row] = field(default_factory=dict)
    _last: dict[tuple[Any, ...], _Last] = field(default_factory=dict)
    """By kind of row and name."""

    def show(self, row: type[Any], name: tuple[Any, ...], at: datetime, shown: tuple[Any, ...]) -> list[RowKey]:
        """Show these values of a thing from `at` on. What began at the same instant is replaced: no interval has length
        zero. Returns the keys of the rows touched."""
        key = RowKey(row, (self.id, *name, at))
        self.rows[key] = row(self.id, *name, at, FOREVER, *shown)
        touched = [key]
        thing = (row, *name)
        last = self._last.get(thing)
        if last is None:
            self._last[thing] = _Last(key, at, shown)
            return touched
        if last.from_at < at:
            self.rows[last.key] = row(self.id, *name, last.from_at, at, *last.shown)
            touched.append(last.key)
        last.key, last.from_at, last.shown = key, at, shown
        return touched

    def show_activity(self, row: ActivityRow) -> list[RowKey]:
        """Show an activity."""
        key = RowKey(ActivityRow, (self.id, row.entry))
        self.rows[key] = row
        return [key]

    def make_appointment(self, entry: Entry[Event], row: AppointmentRow) -> RowKey:
        """Show an appointment as open."""
        key = RowKey(AppointmentRow, (self.id, row.entry))
        self.rows[key] = row
        self.appointments[entry.identity] = key, row
        return key

    def end_appointment(self, found: tuple[RowKey, AppointmentRow], at: datetime) -> RowKey:
        """Show an appointment as open no longer. One that ends at the instant at which it was made has no row."""
        key, row = found
        if row.from_at < at:
            self.rows[key] = AppointmentRow(
                self.id, row.from_at, at, row.scheduled_at, row.contact, row.topic, row.entry
            )
        else:
            del self.rows[key]
        return key

    def flag(self, entry: Entry[Event], flag: Flag, detail: str) -> RowKey:
        """Flag an entry from its own time on. Returns the key of the flag's row."""
        subject, at = f"deal/{self.id}", entry.occurred_at
        key = RowKey(FlagRow, (subject, VIEW, flag, entry.sequence, at))
        self.rows[key] = FlagRow(subject, VIEW, flag, entry.sequence, detail, at, FOREVER)
        return key
