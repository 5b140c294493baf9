"""Servers of a run: a NATS cluster of three, and one PostgreSQL."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from services.embedded.postgres import PostgresServer
from tests.faults.cluster import Cluster
from tests.faults.servers import Servers


class Clustered(Servers):
    """Plans that use it set `stream_replicas` to 3."""

    def __init__(self, home: Path) -> None:
        self.cluster = Cluster(home / "nats")
        self.postgres = PostgresServer(home / "postgres", home / "logs" / "postgres.log")

    @property
    def nats_url(self) -> str:
        return self.cluster.url

    @property
    def intake_nats_url(self) -> str:
        return self.cluster.intake_url

    @property
    def emitter_nats_url(self) -> str:
        return self.cluster.emitter_url

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def monitoring(self) -> Sequence[int]:
        return [each.monitoring for each in self.cluster.nodes]

    async def start(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.cluster.start())
            group.create_task(self.postgres.start())

    async def stop(self) -> None:
        await asyncio.gather(self.cluster.stop(), self.postgres.stop())
