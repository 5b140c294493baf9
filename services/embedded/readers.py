"""The limits of the embedded server's readers, where a reader has lifted them for his session or for good.

PostgreSQL lets every role change its own settings. So the server's superuser puts them right again and again, and ends
whoever holds longer than they say, a little later than the server itself would have done it.
"""

import asyncio
from collections.abc import Mapping
from typing import NoReturn

import asyncpg
import structlog

from services.postgres.statements import queries

LIMITS = {
    "temp_file_limit": "1GB",
    "statement_timeout": "60s",
    "transaction_timeout": "15min",
    "idle_in_transaction_session_timeout": "60s",
    "idle_session_timeout": "1h",
    "default_transaction_read_only": "on",
}
"""Settings of the role daybook_reader; it has at most 20 connections, too. A dashboard that asks for too much does not
hold up the ledger."""
POLL_INTERVAL_S = 5.0
_SQL = queries("services.embedded", "readers.sql")

log = structlog.get_logger()


async def limit(connection: asyncpg.Connection, limits: Mapping[str, str] = LIMITS) -> bool:
    """Give the role its settings and no others; whether it had others."""
    statements = await connection.fetch(_SQL["drift"], list(limits), list(limits.values()))
    if statements:
        async with connection.transaction():
            for (statement,) in statements:
                await connection.execute(statement)
    return bool(statements)


async def keep(url: str, limits: Mapping[str, str] = LIMITS) -> NoReturn:
    """Look every few seconds, for ever. `url`: the ledger's database as the superuser."""
    while True:
        try:
            await _look(url, limits)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("reader_check_failed", error=str(error))  # the server is away; it may be back next time
        await asyncio.sleep(POLL_INTERVAL_S)


async def _look(url: str, limits: Mapping[str, str]) -> None:
    connection = await asyncpg.connect(url, timeout=POLL_INTERVAL_S)
    try:
        if await limit(connection, limits):
            log.warning("reader_settings_reset", role="daybook_reader")
        for row in await connection.fetch(_SQL["end"], list(limits), list(limits.values()), timeout=POLL_INTERVAL_S):
            log.warning("reader_session_terminated", reader=row["usename"], limit=row["limit"])
    finally:
        await connection.close(timeout=POLL_INTERVAL_S)
