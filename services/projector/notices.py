"""Notices say "there is more". Losing one costs latency only, so NATS may come and go as it likes."""

import asyncio
from collections.abc import Callable

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error

from services.nats import connection as stream_connection
from services.stream.notices import PROJECTED, RECORDED

log = structlog.get_logger()


class Notices:
    """Listens for the recorder's notices and tells of the lanes' positions."""

    def __init__(self, url: str, on_recorded: Callable[[], None]) -> None:
        self._url = url
        self._on_recorded = on_recorded
        self._nc: Client | None = None

    async def run(self) -> None:
        """Connect, however long that takes, and listen until cancelled."""
        try:
            self._nc = await stream_connection.connect_listening(self._url, "projector", RECORDED, self._recorded)
            await asyncio.get_running_loop().create_future()
        finally:
            if self._nc is not None:
                await self._nc.close()

    async def projected(self, lane: int, sequence: int) -> None:
        """Tell that a lane has reached a position; not told while NATS is away."""
        if self._nc is None or not self._nc.is_connected:
            return
        try:
            await self._nc.publish(f"{PROJECTED}.{lane}", str(sequence).encode())
        except (Error, OSError) as error:
            log.warning("notice_not_sent", lane=lane, sequence=sequence, error=repr(error))

    async def _recorded(self, _: Msg) -> None:
        self._on_recorded()
