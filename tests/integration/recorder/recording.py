"""A recorder in the test's own process, and what the journal must be: reckoned from the stream in the plainest way."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from contracts.cloudevents.envelope import CloudEvent, Refused, read_recorded
from contracts.events.correction import EventCorrected, EventVoided
from contracts.rules.canonical import leaf_hash
from contracts.types.identifiers import stream_subject
from projections.replay.entry import lane_of
from projections.replay.payment_chain import CASH, links
from services.nats import connection as stream_connection
from services.recorder import service
from services.stream.follow import Follower
from services.stream.read import Stored
from tests.ledger import Ledger

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Pairs = set[tuple[str, int, int]]


@asynccontextmanager
async def recorder(ledger: Ledger) -> AsyncIterator[asyncio.Task[None]]:
    """A recorder while the context is open; its task ends early only when it gives up."""
    task: asyncio.Task[None] = asyncio.ensure_future(service.run(ledger.endpoints, ledger.settings.stream))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def stream(ledger: Ledger) -> list[Stored]:
    """All messages."""
    nc = await stream_connection.connect_following(ledger.endpoints.nats_url, "test")
    found: list[Stored] = []
    async with Follower(nc, ledger.settings.stream, 1) as follower:
        async for batch in follower.batches(end=await ledger.last_sequence()):
            found += batch
    await nc.close()
    return found


async def journal(ledger: Ledger) -> list[Any]:
    """All rows, in order."""
    connection = await ledger.connect("daybook_query")
    return await connection.fetch("select * from ledger.journal order by sequence")


async def dispositions(ledger: Ledger) -> list[str]:
    """In order of sequence."""
    return [row["disposition"] for row in await journal(ledger)]


async def concerned(ledger: Ledger, sequence: int) -> set[str]:
    """The subjects that an entry concerns."""
    connection = await ledger.connect("daybook_query")
    rows = await connection.fetch("select subject from ledger.concerns where sequence = $1", sequence)
    return {row["subject"] for row in rows}


async def assert_recorded(ledger: Ledger) -> None:
    """Journal and concerns are what they must be for the stream as it is: nothing lost, doubled, or judged wrongly."""
    messages = await stream(ledger)
    rows = await journal(ledger)
    assert [row["sequence"] for row in rows] == list(range(1, len(messages) + 1))
    expected, pairs = reckoned(messages)
    for row, must in zip(rows, expected, strict=True):
        columns = must.columns()
        assert {name: row[name] for name in columns} == columns, f"row {row['sequence']}"
    connection = await ledger.connect("daybook_query")
    found = await connection.fetch("select subject, sequence, lane from ledger.concerns")
    assert {tuple(row) for row in found} == pairs
    assert len(found) == len(pairs)


class Expected(NamedTuple):
    """Values that a row must have; reasons are in words and not compared."""

    sequence: int
    recorded_at: datetime
    disposition: str
    said: CloudEvent | None
    original: int | None
    stream_subject: str
    message: bytes
    leaf_hash: bytes

    def columns(self) -> dict[str, Any]:
        """As the table has them."""
        said, target = self.said, (self.said and _target(self.said)) or (None, None)
        head = {name: getattr(said, name, None) for name in ("source", "id", "type", "subject", "occurred_at", "actor")}
        found = self._asdict() | head | {"target_source": target[0], "target_id": target[1]}
        del found["said"]
        return found


def reckoned(messages: list[Stored]) -> tuple[list[Expected], Pairs]:
    """Journal and concerns, one message after another."""
    rows: list[Expected] = []
    entries: dict[tuple[str, str], tuple[int, CloudEvent]] = {}
    at = datetime.min.replace(tzinfo=UTC)
    for sequence, ns, subject, data in messages:
        at = max(at, _EPOCH + timedelta(microseconds=ns // 1000))
        leaf = leaf_hash(sequence, (at - _EPOCH) // timedelta(microseconds=1), subject, data)
        said = _event(subject, data)
        if said is None:
            rows.append(Expected(sequence, at, "unreadable", None, None, subject, data, leaf))
            continue
        disposition, original = "entry", None
        if said.identity in entries:
            original, first = entries[said.identity]
            disposition = "duplicate" if first.canonical == data else "conflict"
        else:
            entries[said.identity] = sequence, said
        rows.append(Expected(sequence, at, disposition, said, original, subject, data, leaf))
    return rows, _pairs(entries)


def _event(subject: str, data: bytes) -> CloudEvent | None:
    try:
        said = read_recorded(data)
    except Refused:
        return None
    return said if stream_subject(said.subject) == subject else None


def _target(said: CloudEvent) -> tuple[str, str] | None:
    event = said.event
    return (event.target.source, event.target.id) if isinstance(event, EventCorrected | EventVoided) else None


def _pairs(entries: dict[tuple[str, str], tuple[int, CloudEvent]]) -> Pairs:
    subjects: dict[int, set[str]] = defaultdict(set)
    for sequence, said in entries.values():
        for each in (said, entries.get(_target(said) or ("", ""), (0, None))[1]):
            if each is not None:
                subjects[sequence] |= {each.subject, *each.event.concerns()}
    for sequence, accounts in _reached(entries).items():
        subjects[sequence] |= {f"account/{account}" for account in accounts}
    return {(each, sequence, _lane(each)) for sequence, some in subjects.items() for each in some}


def _reached(entries: dict[tuple[str, str], tuple[int, CloudEvent]]) -> dict[int, set[str]]:
    """By entry, all accounts that the payments reach which it deals with: searched for, again and again."""
    families: dict[tuple[str, str], set[int]] = defaultdict(set)
    said_at = dict(entries.values())
    for sequence, said in entries.values():
        families[said.identity].add(sequence)
        if (aim := _target(said)) in entries:
            families[aim].add(sequence)
    documents: dict[int, set[tuple[str, str]]] = defaultdict(set)
    transfers: set[tuple[str, str, str]] = set()
    for identity, family in families.items():
        if not isinstance(entries[identity][1].event, CASH):
            family = {entries[identity][0]}
        for one in family:
            for link in links(said_at[one], one):
                transfers |= {(link.reference, link.account, link.into)} if link.into else set()
                for member in family:
                    documents[member].add((link.reference, link.account))
    reached: dict[int, set[str]] = defaultdict(set)
    for sequence, places in documents.items():
        for reference, account in places:
            found = {account}
            for _ in transfers:
                found |= {there for ref, here, there in transfers if ref == reference and here in found}
                found |= {here for ref, here, there in transfers if ref == reference and there in found}
            reached[sequence] |= found
    return reached


def _lane(subject: str) -> int:
    return -1 if subject.startswith("playbook/") else lane_of(subject)
