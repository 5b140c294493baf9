"""The time limits of the embedded server's readers, where a reader has lifted them for a session of his own.

PostgreSQL lets everybody set how long his own statements may take. So whoever holds longer than the role's settings say
is ended by the server's superuser, a little later than the server itself would have done it.
"""

import asyncio
from typing import NoReturn

import asyncpg
import structlog

from services.sql import queries

LOOK_S = 5.0
_SQL = queries("services.embedded", "readers.sql")

log = structlog.get_logger()


async def keep_in_time(url: str) -> NoReturn:
    """Look every few seconds, for ever. `url`: the ledger's database as the superuser."""
    while True:
        try:
            await _look(url)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("readers_not_looked_at", error=str(error))  # the server is away; it may be back next time
        await asyncio.sleep(LOOK_S)


async def _look(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=LOOK_S)
    try:
        for row in await connection.fetch(_SQL["end"], timeout=LOOK_S):
            log.warning("reader_ended", reader=row["usename"], limit=row["limit"])
    finally:
        await connection.close(timeout=LOOK_S)
