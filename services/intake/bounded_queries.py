"""Bounded queries: what intake asks PostgreSQL while a sender waits is answered soon, or not at all.

A server that is frozen or cut off does not refuse, it is silent. Whoever meets that first waits for `TIMEOUT_S`; all
who have asked meanwhile are let go at the same moment. From then on nobody waits, until the server has answered in the
background.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

import asyncpg
import structlog

from services.ledger.journal import Connection
from services.postgres.connection import DATABASE_AWAY
from services.runtime.shutdown import cancel_and_wait

log = structlog.get_logger()

T = TypeVar("T")

TIMEOUT_S = 2.0
AWAY_S = 0.5
"""How often a server that did not answer is tried."""


class BoundedQueries:
    """Questions over a pool, while the context is open."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._limits: set[asyncio.Timeout] = set()
        self._trying: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._trying is not None:
            await cancel_and_wait([self._trying])

    @property
    def away(self) -> bool:
        """Tell if PostgreSQL did not answer when it was asked last."""
        return self._trying is not None

    async def __call__(self, ask: Callable[[Connection], Awaitable[T]]) -> T | None:
        """Run `ask` over a connection of the pool and return its result; None when PostgreSQL is away."""
        if self.away:
            return None
        try:
            return await self._ask(ask)
        except DATABASE_AWAY as error:
            self._is_away(error)
            return None

    async def _ask(self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        async with asyncio.timeout(TIMEOUT_S) as limit:
            self._limits.add(limit)
            try:
                async with self._pool.acquire() as connection:
                    return await ask(connection)
            finally:
                self._limits.discard(limit)

    def _is_away(self, error: BaseException) -> None:
        if self._trying is not None:
            return
        log.warning("postgres_unavailable", error=str(error) or type(error).__name__)
        if isinstance(error, TimeoutError):
            now = asyncio.get_running_loop().time()
            for each in self._limits:
                if not each.expired():
                    each.reschedule(now)
        self._trying = asyncio.create_task(self._until_it_answers())

    async def _until_it_answers(self) -> None:
        while not await self._answers():  # noqa: ASYNC110 - the server tells nobody when it is back
            await asyncio.sleep(AWAY_S)
        self._trying = None
        log.info("postgres_recovered")

    async def _answers(self) -> bool:
        try:
            return await self._ask(lambda connection: connection.fetchval("select true"))
        except (*DATABASE_AWAY, asyncpg.PostgresError) as error:
            log.debug("postgres_still_unavailable", error=str(error) or type(error).__name__)
            return False
