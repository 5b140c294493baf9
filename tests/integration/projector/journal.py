"""Fills the journal as the recorder does, for entries alone: the projector's tests need no stream."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from contracts.cloudevents.envelope import CloudEvent, read_event
from contracts.events.correction import EventCorrected, EventVoided
from contracts.rules.canonical import leaf_hash
from contracts.types.identifiers import stream_subject
from projections.replay.entry import JournalEntry, lane_of
from projections.replay.payment_chain import Link, of_entries, ties

_BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass
class Journal:
    """Entries that were recorded so far; sequences and concerns as the recorder would give them."""

    entries: list[JournalEntry] = field(default_factory=list)
    concerns: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Sequences by subject."""
    since: dict[tuple[str, int], int] = field(default_factory=dict)
    """By subject and sequence: the entry by which it became known that they have to do with each other."""
    _of: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """What each identity concerns."""
    _waiting: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _pairs: list[tuple[str, int, int]] = field(default_factory=list)
    _links: list[Link] = field(default_factory=list)
    _linked: set[Link] = field(default_factory=set)

    @property
    def last(self) -> int:
        """The highest sequence."""
        return len(self.entries)

    def take(self, events: Iterable[Mapping[str, Any] | CloudEvent]) -> None:
        """The next entries; `write` puts them into the database."""
        for each in events:
            self._take(each if isinstance(each, CloudEvent) else read_event(each))

    async def write(self, connection: asyncpg.Connection, limit: int | None = None) -> int:
        """Write the next `limit` entries that are not written yet, in one transaction; gives the highest sequence."""
        self.tie()
        rows, self._rows = self._rows[:limit], self._rows[limit:] if limit is not None else []
        if not rows:
            return self.last
        reaches = rows[-1][0]
        links = [link for link in self._links if link.since <= reaches and link not in self._linked]
        self._linked.update(links)
        pairs = [pair for pair in self._pairs if pair[2] <= reaches]
        self._pairs = [pair for pair in self._pairs if pair[2] > reaches]
        async with connection.transaction():
            await connection.copy_records_to_table("journal", schema_name="ledger", records=rows, columns=_COLUMNS)
            await connection.copy_records_to_table(
                "concerns",
                schema_name="ledger",
                records=[
                    (subject, sequence, _lane(subject), since if since > sequence else None)
                    for subject, sequence, since in pairs
                ],
            )
            await connection.copy_records_to_table("payment_link", schema_name="ledger", records=links)
        return int(reaches)

    async def record(self, connection: asyncpg.Connection, *events: Mapping[str, Any] | CloudEvent) -> int:
        """Take and write."""
        self.take(events)
        return await self.write(connection)

    def _take(self, said: CloudEvent) -> None:
        sequence = self.last + 1
        recorded_at = recorded_at_of(sequence)
        self.entries.append(JournalEntry(sequence, said))
        concerned = {said.subject, *said.event.concerns()}
        target = None
        if isinstance(said.event, EventCorrected | EventVoided):
            target = said.event.target.source, said.event.target.id
            concerned |= self._of.get(target, set())
            self._waiting[target].append(sequence)
        for waiting in self._waiting.get(said.identity, ()):
            for subject in concerned:
                self._concern(subject, waiting, sequence)
        self._of[said.identity] = concerned
        for subject in concerned:
            self._concern(subject, sequence, sequence)
        on, at = stream_subject(said.subject), (recorded_at - _EPOCH) // _MICROSECOND
        self._rows.append(
            (
                sequence,
                recorded_at,
                "entry",
                said.source,
                said.id,
                said.type,
                said.subject,
                said.occurred_at,
                said.actor,
                *(target or (None, None)),
                on,
                said.canonical,
                leaf_hash(sequence, at, on, said.canonical),
            )
        )

    def tie(self) -> None:
        """Note what payments tie to accounts, worked out from all that was taken."""
        self._links = of_entries(self.entries)
        chains: dict[str, list[Link]] = defaultdict(list)
        for link in self._links:
            chains[link.reference].append(link)
        for tie in sorted(tie for chain in chains.values() for tie in ties(chain)):
            self._concern(f"account/{tie.account}", tie.sequence, tie.since)

    def _concern(self, subject: str, sequence: int, by: int) -> None:
        if sequence not in self.concerns[subject]:
            self.concerns[subject].append(sequence)
            self.since[subject, sequence] = by
            self._pairs.append((subject, sequence, by))


_COLUMNS = (
    "sequence",
    "recorded_at",
    "disposition",
    "source",
    "id",
    "type",
    "subject",
    "occurred_at",
    "actor",
    "target_source",
    "target_id",
    "stream_subject",
    "message",
    "leaf_hash",
)


def recorded_at_of(sequence: int) -> datetime:
    """Time at which an entry was recorded."""
    return _BEGAN + sequence * timedelta(milliseconds=10)


def _lane(subject: str) -> int:
    return -1 if subject.startswith("playbook/") else lane_of(subject)
