"""The journal beside the stream: every row's bytes, place, time, leaf hash and disposition, judged anew.

An entry is read only where its subject is replayed (`subjects.py`); here it is compared as bytes. The unique index on
(source, id) allows one entry for each identity, and every message that is not an entry is judged anew: so of two
messages with one identity the first counts, or this check says so.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from operator import itemgetter

from contracts.cloudevents.envelope import CloudEvent
from contracts.events.correction import EventCorrected, EventVoided
from contracts.rules.canonical import leaf_hash
from contracts.types.microseconds import instant, microseconds
from services.audit.differences import Differences
from services.ledger.journal import Connection, Row
from services.nats.client import FollowingClient
from services.postgres.statements import queries
from services.recorder.classify import Unreadable, classify, classify_entry
from services.recorder.former_reasons import Known, was_refused
from services.stream.messages import Messages, messages_at
from services.stream.read import Stored, recorded_at_us

_SQL = queries("services.audit", "journal.sql")
_CHUNK = 1000


async def check_journal(
    connection: Connection, messages: Messages, up_to: int, progress: Callable[[int], None]
) -> tuple[Differences, int]:
    """Compares the journal with the stream up to a sequence. Returns the differences and the number of entries."""
    differences = Differences()
    entries, expected, before, known = 0, 1, 0, Known()
    async for rows in _chunks(connection, up_to):
        held = await messages.take(rows[-1]["sequence"])
        for row in rows:
            sequence = row["sequence"]
            if sequence != expected:
                _gap(expected, sequence - 1, differences)
            expected = sequence + 1
            before = check_row(row, held.get(sequence), before, differences)
            entries += row["disposition"] == "entry"
        await _judge_others(connection, _others(rows, known), differences)
        progress(len(rows))
    if expected <= up_to:
        _gap(expected, up_to, differences)
    return differences, entries


async def check_entries_of(
    connection: Connection, nc: FollowingClient, stream: str, subject: str, up_to: int, progress: Callable[[int], None]
) -> tuple[Differences, int]:
    """Check the journal rows that concern one subject; returns all that differs, and how many rows count as entries."""
    differences = Differences()
    rows = await connection.fetch(_SQL["rows_of"], subject, up_to)
    held = await messages_at(nc, stream, [row["sequence"] for row in rows])
    for row in rows:
        before = microseconds(row["recorded_before"]) if row["recorded_before"] is not None else 0
        check_row(row, held.get(row["sequence"]), before, differences)
    progress(len(rows))
    return differences, sum(row["disposition"] == "entry" for row in rows)


def check_row(row: Row, message: Stored | None, before: int, differences: Differences) -> int:
    """Checks a row beside its message. `before` and what is returned: recorded_at of a row, microseconds since 1970."""
    sequence, subject, stored = row["sequence"], row["subject"], row["message"]
    recorded = microseconds(row["recorded_at"])
    if message is None:
        differences.add("message_missing", sequence, subject, _described(stored))
    else:
        if message.data != stored:
            differences.add("message_altered", sequence, subject, _described(message.data), _described(stored))
        if message.subject != row["stream_subject"]:
            differences.add("subject_altered", sequence, subject, message.subject, row["stream_subject"])
        taken = recorded_at_us(message, before)
        if taken != recorded:
            differences.add(
                "recorded_at_altered", sequence, subject, instant(taken).isoformat(), instant(recorded).isoformat()
            )
    leaf = leaf_hash(sequence, recorded, row["stream_subject"], stored)
    if leaf != row["leaf_hash"]:
        differences.add("leaf_hash_altered", sequence, subject, leaf.hex(), row["leaf_hash"].hex())
    if row["disposition"] == "entry" and not row["noted"]:
        differences.add("concerns_missing", sequence, subject, subject)
    return recorded


async def _chunks(connection: Connection, up_to: int) -> AsyncIterator[Sequence[Row]]:
    after = 0
    while rows := await connection.fetch(_SQL["rows"], after, up_to, _CHUNK):
        yield rows
        after = rows[-1]["sequence"]


def _others(rows: Sequence[Row], known: Known) -> dict[int, tuple[Row, CloudEvent | Unreadable]]:
    """Messages that do not count, judged anew, by sequence."""
    found = {}
    for row in rows:
        if row["disposition"] == "entry":
            known.note(row["type"], row["message"])
        else:
            found[row["sequence"]] = row, _judge_anew(row, known)
    return found


async def _judge_others(
    connection: Connection, others: Mapping[int, tuple[Row, CloudEvent | Unreadable]], differences: Differences
) -> None:
    """Messages that do not count: why not, seen anew."""
    rows = [row for row, _ in others.values()]
    said = {sequence: judged for sequence, (_, judged) in others.items()}
    named = [each.identity for each in said.values() if isinstance(each, CloudEvent)]
    found = await connection.fetch(_SQL["holders"], *map(list, zip(*named, strict=True))) if named else ()
    holders = {(holder["source"], holder["id"]): holder for holder in found}
    for row in rows:
        each = said[row["sequence"]]
        check_columns(row, each, differences)
        disposition, original = "unreadable", None
        if isinstance(each, CloudEvent):
            holder = holders.get(each.identity)
            if holder is None or holder["sequence"] > row["sequence"]:
                disposition = "entry"
            else:
                disposition = "duplicate" if holder["message"] == row["message"] else "conflict"
                original = holder["sequence"]
        if (disposition, original) != (row["disposition"], row["original"]):
            differences.add(
                "disposition_altered",
                row["sequence"],
                row["subject"],
                _judged(disposition, original),
                _judged(row["disposition"], row["original"]),
            )


def _judge_anew(row: Row, known: Known) -> CloudEvent | Unreadable:
    """A message that does not count, by the rules under which it was recorded."""
    if row["disposition"] != "unreadable":
        return classify_entry(row["stream_subject"], row["message"])
    said = classify(row["stream_subject"], row["message"])
    if isinstance(said, CloudEvent):
        reason = row["reason"]
        if was_refused(said, reason) and not known.contradicts(said.type, reason):
            return Unreadable(reason)
    return said


def _gap(first: int, last: int, differences: Differences) -> None:
    """Sequences that the journal does not have; the first few are named, all are counted."""
    named = min(last, first + 100)
    for sequence in range(first, named + 1):
        differences.add("row_missing", sequence, None, "a row for every message of the stream")
    if last > named:
        differences.count("row_missing", last - named)


def _judged(disposition: str, original: int | None) -> str:
    return disposition if original is None else f"{disposition} of {original}"


def _described(message: bytes) -> str:
    """The bytes as people can compare them."""
    return f"{len(message)} bytes: {message[:200].decode('utf-8', 'backslashreplace')}"


_NAMES = ("source", "id", "type", "subject", "occurred_at", "actor", "target_source", "target_id")
_columns = itemgetter(*_NAMES)
_EMPTY = (None,) * len(_NAMES)


def check_columns(row: Row, said: CloudEvent | Unreadable, differences: Differences) -> None:
    """Note the columns that do not say what the message says; of an unreadable one all are null."""
    found, expected = _columns(row), _expected(said)
    if found == expected:
        return
    for name, column, value in zip(_NAMES, found, expected, strict=True):
        if column != value:
            differences.add("column_altered", row["sequence"], row["subject"], f"{name}: {value}", column)


def _expected(said: CloudEvent | Unreadable) -> tuple[object, ...]:
    if isinstance(said, Unreadable):
        return _EMPTY
    target = said.event.target if isinstance(said.event, EventCorrected | EventVoided) else None
    return (
        said.source,
        said.id,
        said.type,
        said.subject,
        said.occurred_at,
        said.actor,
        target.source if target else None,
        target.id if target else None,
    )
