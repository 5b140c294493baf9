"""Entries of the journal as a fold sees them: as effective history tells them."""

from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar
from zlib import crc32

from contracts.cloudevents.envelope import CloudEvent
from contracts.events import Event

FOREVER = datetime.max.replace(tzinfo=UTC)
"""The end of what has not ended: PostgreSQL's `infinity`."""

LANES = 16
"""Shares of the subjects that projectors work on side by side."""
PLAYBOOK_LANE = -1
"""What stands in `concerns` for a playbook, which concerns them all."""

Order = tuple[datetime, int, int]
"""(occurred_at, nanoseconds, sequence): by the time as it was sent, then by arrival."""

E = TypeVar("E", bound=Event, covariant=True)


def lane_of(subject: str) -> int:
    """The lane of a subject, 0 to 15: CRC-32 of its UTF-8 bytes modulo 16. Stored in `concerns`; never changes."""
    return crc32(subject.encode("utf-8")) % LANES


class JournalEntry(NamedTuple):
    """An entry of the journal as it was recorded, corrections and voids included."""

    sequence: int
    cloud_event: CloudEvent


class Entry(NamedTuple, Generic[E]):
    """An entry of effective history: voided ones are left out, corrected ones replaced, all of newest version."""

    sequence: int
    """The original's place in the stream; also of a corrected entry."""
    occurred_at: datetime
    source: str
    id: str
    subject: str
    actor: str | None
    event: E
    corrected_by: int | None = None
    """Sequence of the correction whose replacement this is."""
    nanoseconds: int = 0
    """Of its time beyond `occurred_at`, 0 to 999: rows show microseconds, order goes by the time as it was sent."""
    department: str | None = None
    """The department that the actor acted for; of a corrected entry that of the original."""

    @property
    def order(self) -> Order:
        """Effective history is sorted by this."""
        return self.occurred_at, self.nanoseconds, self.sequence

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id): the event's name for ever."""
        return self.source, self.id


def order_of(entry: Entry[Event]) -> Order:
    """Effective history is sorted by this."""
    return entry.order
