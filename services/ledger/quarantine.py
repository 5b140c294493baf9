"""The quarantine: the journal's rows that do not count for a reason, and what people decide about them.

Nothing is ever inserted behind the recorder's position. A message is sent anew, or left out for good; both are rows
of an insert-only table, and the message itself stays where it is.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.cloudevents.envelope import CloudEvent, Refused, read_event
from services.errors import BadRequest
from services.ledger.journal import Connection, Row, recorded_position
from services.postgres.statements import queries

_SQL = queries("services.ledger", "quarantine.sql")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that does not count."""

    sequence: int
    recorded_at: datetime
    disposition: str
    """`conflict` or `unreadable`."""
    reason: str
    source: str | None
    id: str | None
    type: str | None
    subject: str | None
    """Source, id, type and subject are known of a conflict."""
    original: int | None
    """For a conflict: the entry that holds the identity."""
    stream_subject: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """Decision that somebody made about a quarantined message."""

    decided_at: datetime
    decision: str
    """`retry` or `dismiss`."""
    reason: str | None
    decided_by: str
    appended: int | None
    """For a retry: the sequence that the event has now."""


async def waiting(connection: Connection) -> list[Quarantined]:
    """The quarantined messages that nobody has decided about, in order."""
    return [_quarantined(row) for row in await connection.fetch(_SQL["waiting"])]


async def quarantined(connection: Connection, sequence: int) -> Quarantined:
    """Quarantined message at a sequence, decided about or not. Raises BadRequest when there is none."""
    row = await connection.fetchrow(_SQL["row"], sequence)
    if row is None:
        last = await recorded_position(connection)
        raise BadRequest(f"The journal has no row {sequence}: it goes from 1 to {last}.")
    if row["disposition"] not in ("conflict", "unreadable"):
        article = "an" if row["disposition"] == "entry" else "a"
        raise BadRequest(f"Row {sequence} is not in quarantine: it is {article} {row['disposition']}.")
    return _quarantined(row)


async def message(connection: Connection, sequence: int) -> bytes:
    """The bytes of a journal row that is known to exist."""
    row = await connection.fetchrow(_SQL["row"], sequence)
    assert row is not None
    return bytes(row["message"])


async def decisions(connection: Connection, sequence: int) -> Sequence[Decision]:
    """List the decisions made about a message, in order."""
    return [Decision(**row) for row in await connection.fetch(_SQL["decisions"], sequence)]


async def dismiss(connection: Connection, sequence: int, reason: str, by: str) -> Decision:
    """Leave a message out for good. Raises BadRequest."""
    await _undecided(connection, sequence)
    if not reason.strip():
        raise BadRequest("Say why the message is left out for good: --reason.")
    return await _decide(connection, sequence, "dismiss", reason, by, None)


async def retry(
    connection: Connection, sequence: int, resend: Callable[[CloudEvent], Awaitable[int]], by: str
) -> Decision:
    """Send an unreadable message anew, now that it can be read, in canonical form and under its own subject.

    `resend` gives the sequence at which the event is in the ledger. If this dies in between, doing it again finds the
    event there. Raises BadRequest when the message still cannot be read, and for a conflict.
    """
    found = await _undecided(connection, sequence)
    if found.disposition == "conflict":
        raise BadRequest(
            f"Message {sequence} cannot be sent again: {found.source} used the id {found.id} before, for entry "
            f"{found.original}, and an id is never used twice. Let {found.source} send it under another id, or correct "
            f"entry {found.original}; then dismiss this one."
        )
    try:
        event = read_event(found.message)
    except Refused as refused:
        raise BadRequest(
            f"Message {sequence} still cannot be read: {refused}. Let its source send it correctly; then dismiss it."
        ) from None
    return await _decide(connection, sequence, "retry", None, by, await resend(event))


async def _undecided(connection: Connection, sequence: int) -> Quarantined:
    found = await quarantined(connection, sequence)
    for each in await decisions(connection, sequence):
        at = f"{each.decided_at:%Y-%m-%d %H:%M} UTC"
        if each.decision == "retry":
            raise BadRequest(f"Message {sequence} was sent again as {each.appended} by {each.decided_by} on {at}.")
        raise BadRequest(f"Message {sequence} was dismissed by {each.decided_by} on {at}: {each.reason}")
    return found


async def _decide(
    connection: Connection, sequence: int, decision: str, reason: str | None, by: str, appended: int | None
) -> Decision:
    row = await connection.fetchrow(_SQL["decide"], sequence, decision, reason, by, appended)
    assert row is not None
    return Decision(**row)


def _quarantined(row: Row) -> Quarantined:
    return Quarantined(*(row[name] for name in Quarantined.__slots__))
