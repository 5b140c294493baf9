"""Health of query: it reads the views, and says how old they are. Views that lag are still answered, with their age."""

import asyncpg

from services.errors import Unavailable
from services.postgres.connection import DATABASE_AWAY, NOT_THERE
from services.postgres.statements import queries
from services.query.nats_listener import NatsListener
from services.runtime.health import Health, Reason
from services.stream.state import find

_SQL = queries("services.query", "health.sql")
ROOM_S = 2.0
"""How long a look waits for a connection while readers have them all."""


async def check(pool: asyncpg.Pool, stream: NatsListener, name: str) -> Health:
    """Checks query's health now. NATS may be away: then nothing is said of the stream."""
    try:
        async with pool.acquire(timeout=ROOM_S) as connection:
            row = await connection.fetchrow(_SQL["condition"])
    except NOT_THERE:
        return Health((Reason("not_set_up", "The database is not set up: run `daybook init`."),))
    except DATABASE_AWAY:
        return Health((Reason("database_away", "PostgreSQL does not answer, or has no connection to spare."),))
    if row is None or row["projected"] is None:
        return Health((Reason("no_views", "No views are served: run `daybook init`."),))
    figures: dict[str, float] = {
        "daybook_ledger_recorded": row["recorded"],
        "daybook_ledger_projected": row["projected"],
        "daybook_ledger_unprojected_age_seconds": row["unprojected_age_s"],
        "daybook_ledger_quarantined": row["quarantined"],
        "daybook_ledger_stale_subjects": row["stale"],
        "daybook_ledger_flags": row["flags"],
    }
    state = {
        "recorded": row["recorded"],
        "projected": row["projected"],
        "views_age_s": round(row["unprojected_age_s"], 3),
    }
    return Health((), state, figures | await _of_stream(stream, name))


async def _of_stream(stream: NatsListener, name: str) -> dict[str, float]:
    if stream.nc is None or not stream.nc.is_connected:
        return {}
    try:
        found = await find(stream.nc, name)
    except Unavailable:
        return {}
    return {} if found is None else found.figures()
