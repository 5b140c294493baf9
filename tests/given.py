"""A story told to one view, as tests read best: `given(view, …).when(…).then(…)`.

It runs on the real replay: every entry is read by its contract, gets the next sequence and passes through `take`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.cloudevents.envelope import read_event
from contracts.playbooks.playbook import Playbook
from projections.replay.entry import FOREVER, JournalEntry
from projections.replay.playbooks import Playbooks, Published
from projections.replay.replay import Change, Replay
from projections.replay.view import FlagRow, Row, View
from tests.playbooks import PRACTICE

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """Midnight UTC of the day that is `number` days behind 1 January 2026."""
    return _FIRST_DAY + timedelta(days=number)


def instant(at: datetime, nanoseconds: int = 0) -> str:
    """A time as sources write it, with nine decimals."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}{nanoseconds:03}Z"


@dataclass(frozen=True)
class Said:
    """An event as a source sends it. What is left out is filled in when it is told."""

    name: str
    data: dict[str, Any]
    at: datetime | None = None
    """When it happened; without it a minute behind what was told last."""
    id: str | None = None
    subject: str | None = None
    """Without it the subject of the story."""
    source: str = "crm"
    version: int = 1
    nanoseconds: int = 0
    """How much later than `at`."""
    actor: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class Expected:
    """A row of which a test names the fields that matter; amounts may be written as text."""

    row: type[Row]
    fields: dict[str, Any]

    def fits(self, row: Row) -> bool:
        """Tell if a row is of this type and has these fields."""
        return type(row) is self.row and all(_same(getattr(row, name), value) for name, value in self.fields.items())


def flag(name: str, **fields: Any) -> Expected:
    """A flag; `entry` and `detail` may be given."""
    return Expected(FlagRow, {"flag": name, **fields})


@dataclass
class Story:
    """Facts that were told of one subject, and what the view shows."""

    view: View[Any]
    subject: str
    replay: Replay
    playbooks: Playbooks = field(default_factory=Playbooks)
    history: list[JournalEntry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    """What the last `when` changed."""
    sequence: int = 0
    last_at: datetime = _FIRST_DAY

    def tell(self, *told: Said | Playbook | Iterable[Said]) -> list[Change]:
        """The next facts and publications, in order of arrival."""
        changes: list[Change] = []
        for each in told:
            if isinstance(each, Said):
                changes += self._say(each)
            elif isinstance(each, Playbook):
                changes += self._publish(each)
            else:
                changes += self.tell(*each)
        return changes

    def when(self, *told: Said | Playbook | Iterable[Said]) -> "Story":
        """Tell the facts that the test is about."""
        self.changes = self.tell(*told)
        return self

    def then(self, *expected: Expected) -> "Story":
        """Each of these rows is there, once."""
        for each in expected:
            found = [row for row in self.rows() if each.fits(row)]
            assert len(found) == 1, f"{len(found)} rows, not one, with {each.fields} among:\n{self}"
        return self

    def then_all(self, *expected: Expected) -> "Story":
        """These rows are there, and no others of their tables."""
        self.then(*expected)
        for kind in {each.row for each in expected}:
            found = [row for row in self.rows() if type(row) is kind]
            wanted = sum(each.row is kind for each in expected)
            assert len(found) == wanted, f"{len(found)} rows of {kind.TABLE}, not {wanted}:\n{self}"
        return self

    def flagged(self, *names: str) -> "Story":
        """These flags are up, and no others."""
        found = sorted(row.flag for row in self.rows() if isinstance(row, FlagRow) and row.to_at == FOREVER)
        assert found == sorted(names), f"flags {found}, not {sorted(names)}:\n{self}"
        return self

    def nothing(self, table: type[Row]) -> "Story":
        """The table has no row."""
        assert not [row for row in self.rows() if type(row) is table], f"there are rows:\n{self}"
        return self

    def unchanged(self, *tables: type[Row]) -> "Story":
        """The last `when` made and unmade no row, or none of these tables."""
        changes = [each for each in self.changes if not tables or each.key.row in tables]
        assert changes == [], f"it changed {changes}"
        return self

    def rows(self) -> list[Row]:
        """All rows that are now current."""
        assert self.replay.stale == {}
        return list(self.replay.rows().values())

    def __str__(self) -> str:
        return "\n".join(str(row) for row in self.rows())

    def _say(self, said: Said) -> list[Change]:
        self.sequence += 1
        self.last_at = said.at or self.last_at + timedelta(minutes=1)
        event = {
            "specversion": "1.0",
            "id": said.id or f"e{self.sequence}",
            "source": said.source,
            "type": f"daybook.{said.name}.v{said.version}",
            "subject": said.subject or self.subject,
            "time": instant(self.last_at, said.nanoseconds),
            "data": said.data,
            "actor": said.actor,
            "department": said.department,
        }
        recorded = JournalEntry(self.sequence, read_event(event))
        self.history.append(recorded)
        return self.replay.take(recorded, self.playbooks)

    def _publish(self, playbook: Playbook) -> list[Change]:
        self.sequence += 1
        self.playbooks = self.playbooks.adding(Published(self.sequence, playbook))
        waits = any(
            isinstance(row, FlagRow) and row.flag == "unknown_playbook" and row.detail == playbook.key
            for row in self.replay.rows().values()
        )
        return self.replay.republish(self.playbooks, self.sequence) if waits or self.replay.stale else []


def given(view: View[Any], *told: Said | Playbook | Iterable[Said], subject: str | None = None) -> Story:
    """A story about `deal/D` or `account/A` (as the view's kind wants) on the playbook PRACTICE, told so far."""
    about = subject or {"deal": "deal/D", "account": "account/A"}[view.kind]
    story = Story(view, about, Replay(about, [view]))
    story.tell(PRACTICE, *told)
    return story


def _same(found: Any, wanted: Any) -> bool:
    return bool(found == (Decimal(wanted) if isinstance(found, Decimal) and isinstance(wanted, str) else wanted))
