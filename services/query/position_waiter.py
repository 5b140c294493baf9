"""Waiting until the views include a sequence: woken by the lanes' notices, and by a look of its own now and then."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.errors import Unavailable
from services.postgres.connection import DATABASE_AWAY
from services.runtime.shutdown import cancel_and_wait

log = structlog.get_logger()

WAIT_S = 5.0
"""How long a reader may wait."""
POLL_INTERVAL_S = 0.25
"""Notices can be lost; while somebody waits, the position is looked at so often at least."""


class PositionWaiter:
    """Waiter for the lanes' position: one look at it serves all who wait."""

    def __init__(self, look: Callable[[], Awaitable[int]]) -> None:
        self._look = look
        self._noticed = asyncio.Event()
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._watching: asyncio.Task[None] | None = None

    def notice(self) -> None:
        """A lane has moved."""
        self._noticed.set()

    async def reached(self, sequence: int) -> bool:
        """Wait until the views include a sequence, at most `WAIT_S`; tell if they do."""
        if await self._look() >= sequence:
            return True
        arrived = asyncio.get_running_loop().create_future()
        self._waiting[arrived] = sequence
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(WAIT_S):
                await arrived
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(arrived, None)
        return True

    async def stop(self) -> None:
        """Ends the watching: nobody waits any more."""
        if self._watching is not None:
            await cancel_and_wait([self._watching])

    async def _watch(self) -> None:
        while self._waiting:
            self._noticed.clear()
            try:
                position = await self._look()
            except (*DATABASE_AWAY, Unavailable) as error:
                log.warning("position_not_read", error=str(error) or type(error).__name__)
                position = 0
            for arrived, sequence in self._waiting.items():
                if sequence <= position and not arrived.done():
                    arrived.set_result(None)
            try:
                async with asyncio.timeout(POLL_INTERVAL_S):
                    await self._noticed.wait()
            except TimeoutError:
                pass
