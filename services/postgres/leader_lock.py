"""Election of a service's active process: the connection that holds the lock leads. The others stand by and try again.

The lock keeps the peace and makes the takeover quick; what keeps the tables right are their keys and triggers.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, NoReturn

import asyncpg
import structlog

from services.errors import LostLeadership
from services.postgres import connection as database
from services.postgres.statements import queries

_SQL = queries("services.postgres", "leader_lock.sql")
Led = Literal["recorder", "notary"]
"""The services of which one process is active."""
_TRY_S = 0.2
"""Trying is better than waiting inside PostgreSQL: a waiting statement would hold back vacuum."""
PING_S = 5.0
FORGET_S = 15
"""A process that has not pinged for so long, frozen or cut off, loses the lock: PostgreSQL ends its connection."""

log = structlog.get_logger()


class Lease:
    """The lock, held."""

    def __init__(self, connection: asyncpg.Connection, service: Led) -> None:
        self._connection = connection
        self._service = service
        self._ended = asyncio.Event()
        self._one = asyncio.Lock()
        connection.add_termination_listener(lambda _: self._ended.set())

    async def watch(self) -> NoReturn:
        """Runs while the lock is held. Raises LostLeadership once its connection is gone or does not answer."""
        while True:
            try:
                async with asyncio.timeout(PING_S):
                    await self._ended.wait()
                raise LostLeadership(f"The connection that held the {self._service}'s lock has ended.")
            except TimeoutError:
                pass
            await self.confirm()

    async def confirm(self) -> None:
        """Ask now, before something that cannot be taken back. Raises LostLeadership."""
        try:
            async with self._one:
                await self._connection.fetchval("select 1", timeout=PING_S)
        except database.DATABASE_AWAY as error:
            raise LostLeadership(
                f"The connection that held the {self._service}'s lock does not answer: {error}"
            ) from error


def lock_of(service: Led) -> int:
    """The key of a service's advisory lock."""
    return int.from_bytes(service.encode()) >> 1


def writer_of(service: Led) -> str:
    """Return the name in pg_stat_activity of the writing connection of a service's active process."""
    return f"{service} writer"


@asynccontextmanager
async def leadership(url: str, service: Led, stands_by: Callable[[], None] = lambda: None) -> AsyncIterator[Lease]:
    """Waits until this process is the active one of the database; `stands_by` is told each time it is not.

    Raises Unavailable or NotProvisioned.
    """
    role: database.Role = "daybook_recorder" if service == "recorder" else "daybook_notary"
    connection = await database.connect(url, role)
    try:
        await connection.execute(f"set idle_session_timeout = '{FORGET_S}s'")
        stood_by = False
        while not await connection.fetchval(_SQL["take"], lock_of(service)):
            stands_by()
            if not stood_by:
                log.info(f"{service}_standby_entered")
                stood_by = True
            await asyncio.sleep(_TRY_S)
        lease = Lease(connection, service)
        await _end_former_writers(url, service)
        yield lease
    finally:
        connection.terminate()


async def _end_former_writers(url: str, service: Led) -> None:
    login = await database.connect(url)  # its own connections a user may end, another role's not
    try:
        ended = await login.fetch(_SQL["end_former_writers"], writer_of(service))
        if ended:
            log.warning("former_writers_terminated", connections=len(ended))
    except asyncpg.InsufficientPrivilegeError as error:
        log.warning("former_writers_not_terminated", error=str(error))
    finally:
        await login.close()
