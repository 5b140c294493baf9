"""An event of the ledger's own quarantine, sent anew as its source would send it: by the same rules, or not at all."""

import asyncpg

from contracts.cloudevents.envelope import CloudEvent
from services.endpoints import Endpoints
from services.errors import BadRequest, Unavailable
from services.intake.append_service import AppendService
from services.intake.bounded_queries import BoundedQueries
from services.intake.decode import Sent
from services.intake.document_numbers import Numbers
from services.intake.duplicate_horizon import DuplicateHorizon
from services.intake.duplicates import Duplicates
from services.intake.group_commit import GroupCommit
from services.intake.journal import Journal
from services.intake.responses import Fault, Refusal
from services.intake.sources import Source, source_of
from services.intake.stream_watch import StreamWatch
from services.intake.unknown_playbooks import Playbooks
from services.nats import connection as stream_connection
from services.postgres import connection
from services.postgres.statements import queries
from services.runtime.disk_space import Disk
from services.stream.clock import StreamClock

_SQL = queries("services.intake", "sources.sql")


async def resend(where: Endpoints, stream: str, event: CloudEvent) -> int:
    """The sequence at which the event is in the ledger now, or was already.

    Raises BadRequest when intake would refuse it, and Unavailable.
    """
    nc = await stream_connection.connect(where.nats_url, "resend")
    try:
        pool = await connection.pool(where.database_url, "daybook_intake", 1)
        try:
            source = await _source(pool, event.source)
            async with BoundedQueries(pool) as ask:
                journal = Journal(ask)
                reception = AppendService(
                    GroupCommit(nc, stream),
                    journal,
                    Duplicates(nc, stream, journal),
                    Numbers(ask),
                    Playbooks(ask),
                    DuplicateHorizon(nc, stream, journal),
                    StreamWatch(nc, stream, ask),
                    StreamClock(nc, stream),
                    Disk(None),
                )
                taken = await reception.take(source, Sent([(0, event)], single=True))
        finally:
            pool.terminate()
    finally:
        await nc.close()
    if isinstance(taken, Refusal):
        raise _error(taken, event)
    return taken.receipts[0].sequence


async def _source(pool: asyncpg.Pool, name: str) -> Source:
    found = [source_of(row) for row in await pool.fetch(_SQL["sources"]) if row["name"] == name]
    if not found:
        raise BadRequest(f"There is no source {name}. Add it with `daybook source add`, or dismiss the message.")
    if found[0].disabled:
        raise BadRequest(f"The source {name} is disabled. `daybook source rotate {name}` enables it again.")
    return found[0]


def _error(refusal: Refusal, event: CloudEvent) -> BadRequest | Unavailable:
    if refusal.status == 503:
        return Unavailable(refusal.detail)
    holders = [each.sequence for each in refusal.faults if isinstance(each, Fault) and each.sequence]
    if refusal.kind == "conflict" and holders:
        return BadRequest(
            f"{event.source} has sent another message with the id {event.id}, at sequence {holders[0]}; nothing was "
            "sent. If that is the message itself, the stream still remembers its id: try again in two minutes."
        )
    return BadRequest(refusal.detail)
