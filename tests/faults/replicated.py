"""Servers of a run: one NATS, and a PostgreSQL with a streaming replica."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tests.faults.pair import Pair
from tests.faults.servers import Monitored, Servers


class Replicated(Servers):
    """Services get a URL that names both PostgreSQL servers."""

    def __init__(self, home: Path, *, synchronous: bool) -> None:
        self.nats = Monitored(home / "nats", home / "logs" / "nats.log")
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

    @property
    def monitoring(self) -> Sequence[int]:
        return [self.nats.monitoring]

    async def start(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.nats.start())
            group.create_task(self.pair.start())

    async def stop(self) -> None:
        await asyncio.gather(self.nats.stop(), self.pair.stop())
