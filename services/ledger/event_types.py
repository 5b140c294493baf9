"""Types of events that may be taken: those that every recorder knows from now on.

During an update intake may be newer than the recorder, and an event of a type that the recorder does not know would
be unreadable for good. So a recorder announces the types that it knows once it holds the lock, and does not record
when another one has announced more. They only grow: what intake has read of them once holds, also while PostgreSQL is
away and whichever recorder takes over.
"""

from collections.abc import Collection

from contracts.events import EVENTS
from services.errors import Unavailable
from services.ledger.journal import Connection
from services.postgres.leader_lock import lock_of
from services.postgres.statements import queries

_SQL = queries("services.ledger", "event_types.sql")


def known() -> frozenset[str]:
    """Return the event types that this version knows."""
    return frozenset(each.type for each in EVENTS)


async def announce(connection: Connection, announced: Collection[str]) -> None:
    """Announces the types of the recorder that holds the lock, before it records, given what was announced before.

    Raises Unavailable when a newer version has announced more.
    """
    if lacking := sorted(set(announced) - known()):
        raise Unavailable(
            f"A newer version of Daybook may have taken events of types that this recorder does not know: "
            f"{', '.join(lacking)}. It does not record; update it."
        )
    await connection.execute(_SQL["announce"], sorted(known()))


async def announce_unled(connection: Connection) -> None:
    """Announces, when provisioning, what this version knows, unless somebody records, who may be of an older
    version."""
    async with connection.transaction():
        if await nobody_records(connection):
            await connection.execute(_SQL["announce"], sorted(known()))


async def nobody_records(connection: Connection) -> bool:
    """Tell if no recorder is at work; if so, none can begin until the transaction ends."""
    return bool(await connection.fetchval(_SQL["nobody_records"], lock_of("recorder")))
