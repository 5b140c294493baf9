"""Servers of a run: one NATS, and a PostgreSQL with a streaming replica."""

import asyncio
from pathlib import Path

from services.embedded.nats import NatsServer
from tests import ports
from tests.faults.pair import Pair


class Replicated:
    """Services get a URL that names both PostgreSQL servers."""

    def __init__(self, home: Path, *, synchronous: bool) -> None:
        self.nats = NatsServer(home / "nats", home / "logs" / "nats.log")
        self.nats.port = ports.free()
        self.pair = Pair(home, synchronous=synchronous)

    @property
    def nats_url(self) -> str:
        return self.nats.url

    @property
    def intake_nats_url(self) -> str:
        return self.nats.intake_url

    @property
    def emitter_nats_url(self) -> str:
        return self.nats.emitter_url

    @property
    def database_url(self) -> str:
        return self.pair.url

    async def start(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.nats.start())
            group.create_task(self.pair.start())

    async def stop(self) -> None:
        await asyncio.gather(self.nats.stop(), self.pair.stop())
