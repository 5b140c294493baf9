"""Look-ups beside an append: what a receipt may warn of is read from PostgreSQL while the events are appended.

What is not answered in time is left out: a warning is never worth a wait.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from services.intake.bounded_queries import BoundedQueries
from services.intake.coalescing_queue import CoalescingQueue
from services.ledger.journal import Connection

log = structlog.get_logger()

TIMEOUT_S = 0.25
"""How long a receipt waits for the answer once its events are in the stream. It mostly comes before they are. Where the
last answer took longer, no receipt waits until one comes sooner again."""
SLOW_S = 1.0
"""A query that takes longer is given up: it is slow, and PostgreSQL is not away for that."""
MAX = 4000
"""Values in one query."""

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class LookUps(Generic[Asked, Found]):
    """Look-ups of one kind. Those that arrive while one is under way are made together in the next."""

    def __init__(
        self,
        ask: BoundedQueries,
        query: Callable[[Connection, Sequence[Asked]], Awaitable[Found]],
        nothing: Found,
        weight: Callable[[Asked], int],
    ) -> None:
        """`nothing` is the answer with PostgreSQL away or slow, and where the query fails."""
        self._ask = ask
        self._query = query
        self._nothing = nothing
        self._together: CoalescingQueue[Asked, Found] = CoalescingQueue(self._run, weight, MAX)
        self._failing = False
        self._slow = False
        """Whether the last answer took, or takes, longer than a receipt waits."""

    def begin(self, asked: Asked) -> "LookUp[Asked, Found]":
        """Begin a look-up, to be cancelled when its receipt is given."""
        return LookUp(self, asyncio.create_task(self._together(asked)))

    async def in_time(self, task: asyncio.Task[Found]) -> Found:
        """Return what a look-up finds, or `nothing` where a receipt would have to wait too long for it."""
        try:
            async with asyncio.timeout(0 if self._slow and not task.done() else TIMEOUT_S):
                return await task
        except TimeoutError:
            self._slow = True
            return self._nothing

    async def _run(self, asked: Sequence[Asked]) -> list[Found]:
        began = time.monotonic()
        try:
            found = await self._ask(lambda connection: self._bounded(connection, asked))
        except Exception as error:  # whatever it is, the events are taken
            if not self._failing:
                log.warning("warning_lookup_failed", error=repr(error))
            self._failing, found = True, None
        else:
            self._failing = False
        self._slow = time.monotonic() - began > TIMEOUT_S
        return [self._nothing if found is None else found] * len(asked)

    async def _bounded(self, connection: Connection, asked: Sequence[Asked]) -> Found:
        try:
            async with asyncio.timeout(SLOW_S):
                return await self._query(connection, asked)
        except TimeoutError:
            return self._nothing


class LookUp(Generic[Asked, Found]):
    """Look-up that is under way."""

    def __init__(self, kind: LookUps[Asked, Found], task: asyncio.Task[Found]) -> None:
        self._kind = kind
        self._task = task

    async def found(self) -> Found:
        """Return what was found in time."""
        return await self._kind.in_time(self._task)

    def cancel(self) -> None:
        """End the wait; what was begun is finished for others who asked."""
        self._task.cancel()
