"""State of the ledger: stream, recorder, lanes; what waits for people."""

from nats.aio.client import Client

from services.errors import Unavailable
from services.ledger.journal import Connection
from services.postgres.leader_lock import lock_of
from services.postgres.statements import queries
from services.query.render import instant_or_none
from services.query.shapes import LaneStatus, NotaryStatus, Status, StreamStatus
from services.stream.state import state

_SQL = queries("services.query", "status.sql")


async def status(connection: Connection, nc: Client | None, stream: str) -> Status:
    """Return how far the ledger is. The stream's values are null while NATS cannot be reached; all others come from
    PostgreSQL.
    """
    holds = await _stream(nc, stream)
    row = await connection.fetchrow(_SQL["status"])
    assert row is not None
    lanes = await connection.fetch(_SQL["lanes"])
    flags = await connection.fetch(_SQL["flags"])
    last = holds["last_sequence"]
    return Status(
        stream=holds,
        recorded=row["recorded"],
        lanes=[
            LaneStatus(
                lane=each["lane"],
                projected=each["projected"],
                # A lane may have passed what the stream said a moment ago.
                lag=None if last is None else max(last - each["projected"], 0),
                slow_subject=each["longest_subject"],
                slow_s=each["longest_s"],
            )
            for each in lanes
        ],
        entries=row["recorded"] - row["other"],
        quarantined=row["quarantined"],
        stale=row["stale"],
        flags={each["flag"]: each["number"] for each in flags},
        generation=row["generation"],
        notary=await _notary(connection),
    )


async def _notary(connection: Connection) -> NotaryStatus:
    row = await connection.fetchrow(_SQL["notary"], lock_of("notary"))
    assert row is not None
    return NotaryStatus(
        running=row["running"],
        state=row["state"],
        detail=row["detail"],
        signed=row["signed"],
        signed_at=instant_or_none(row["signed_at"]),
    )


async def _stream(nc: Client | None, stream: str) -> StreamStatus:
    if nc is None:
        return StreamStatus(last_sequence=None, bytes=None, max_bytes=None)
    try:
        found = await state(nc, stream)
    except Unavailable:
        return StreamStatus(last_sequence=None, bytes=None, max_bytes=None)
    return StreamStatus(last_sequence=found.last_sequence, bytes=found.bytes, max_bytes=found.max_bytes)
