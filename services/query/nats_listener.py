"""Connection of query to NATS: it hears the lanes' notices, and asks for the stream's own figures."""

import asyncio
from collections.abc import Callable

from nats.aio.client import Client
from nats.aio.msg import Msg

from services.nats import connection as stream_connection
from services.stream.notices import PROJECTED


class NatsListener:
    """The connection to NATS, once there is one: query answers without it too, only later and without the stream's
    own figures."""

    def __init__(self, url: str, on_notice: Callable[[], None]) -> None:
        self._url = url
        self._on_notice = on_notice
        self.nc: Client | None = None

    async def run(self) -> None:
        """Connect, however long that takes, and listen until cancelled."""
        try:
            self.nc = await stream_connection.connect_listening(self._url, "query", f"{PROJECTED}.*", self._noticed)
            await asyncio.get_running_loop().create_future()
        finally:
            if self.nc is not None:
                await self.nc.close()

    async def _noticed(self, _: Msg) -> None:
        self._on_notice()
