"""The servers of a run. Whoever needs others than one of each writes a class like `OneOfEach`."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

import asyncpg

from services.embedded.nats import NatsServer
from services.embedded.postgres import PostgresServer
from services.embedded.process import Program
from services.errors import ServerFailed
from services.runtime.shutdown import cancel_and_wait
from tests import ports
from tests.faults.proxy import Proxy
from tests.freezing import freeze, thaw


class Servers(Protocol):
    """NATS and PostgreSQL, as processes of the harness on loopback."""

    @property
    def nats_url(self) -> str:
        """For the services: may do everything."""

    @property
    def intake_nats_url(self) -> str:
        """For intake, where it takes requests."""

    @property
    def emitter_nats_url(self) -> str:
        """For emitting systems: may ask `intake.<source>`."""

    @property
    def database_url(self) -> str:
        """The ledger's database, as its owner."""

    @property
    def monitoring(self) -> Sequence[int]:
        """The port of each NATS server's own monitoring."""

    def settings_of(self, service: str) -> Mapping[str, str]:
        """More settings for one service, by name without the prefix."""
        return {}

    async def start(self) -> None:
        """Starts all of them; returns once they answer."""

    async def stop(self) -> None:
        """Stops whatever runs, frozen or not; called once, also when `start` failed."""


S = TypeVar("S", bound=Servers)


class Monitored(NatsServer):
    """The embedded NATS server, which says on a port of its own how it runs."""

    def __init__(self, directory: Path, log: Path) -> None:
        super().__init__(directory, log)
        self.port = ports.free()
        self.monitoring = ports.free()

    def program(self) -> Program:
        program = super().program()
        return replace(program, command=[*program.command, "-m", str(self.monitoring)])


class OneOfEach(Servers):
    """One NATS server and one PostgreSQL."""

    def __init__(self, home: Path, nats: type[Monitored] = Monitored) -> None:
        self.nats = nats(home / "nats", home / "logs" / "nats.log")
        self.postgres = PostgresServer(home / "postgres", home / "logs" / "postgres.log")
        self._turns = {"nats": asyncio.Lock(), "postgres": asyncio.Lock()}
        self._running: list[NatsServer | PostgresServer] = []
        self._staging: asyncio.Task[None] | None = None

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
        return self.postgres.url

    @property
    def monitoring(self) -> Sequence[int]:
        return [self.nats.monitoring]

    async def start(self) -> None:
        async with asyncio.TaskGroup() as group:
            for each in (self.nats, self.postgres):
                self._running.append(each)
                group.create_task(each.start())
        self._staging = asyncio.create_task(self.nats.staging.keep_open())  # as `daybook up` does

    async def stop(self) -> None:
        if self._staging is not None:
            await cancel_and_wait([self._staging])
        for each in self._running:
            with suppress(ServerFailed):  # it was never started
                thaw(each.process)
            await each.stop()

    def turn(self, name: str) -> asyncio.Lock:
        """To be held by whoever takes `nats` or `postgres` away: one that is down cannot be killed."""
        return self._turns[name]

    async def kill(self, name: str, down_s: float) -> None:
        """kill -9 of `nats` or `postgres`; started again after a while, on the same files and address."""
        server = self.nats if name == "nats" else self.postgres
        async with self.turn(name):
            await server.process.kill()
            await asyncio.sleep(down_s)
            await server.start()

    async def freeze(self, name: str, for_s: float) -> None:
        """SIGSTOP of `nats` or `postgres`, with its children, and SIGCONT after a while."""
        async with self.turn(name):
            process = (self.nats if name == "nats" else self.postgres).process
            freeze(process)
            try:
                await asyncio.sleep(for_s)
            finally:
                thaw(process)


async def connect(url: str) -> asyncpg.Connection:
    """A connection to the database for looking on, by the harness's own means."""
    return await asyncpg.connect(url, timeout=5, command_timeout=30)


class Swallowing(OneOfEach):
    """Intake reaches NATS, where it appends, by way of a proxy that can swallow the answers."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.between = Proxy("intake to NATS", self.nats.port)

    async def start(self) -> None:
        await super().start()
        self.between = Proxy("intake to NATS", self.nats.port)  # which may have moved to another port
        await self.between.start()

    async def stop(self) -> None:
        await self.between.stop()
        await super().stop()

    def settings_of(self, service: str) -> Mapping[str, str]:
        if service != "intake":
            return {}
        return {"nats_url": f"nats://daybook:{self.nats.password}@127.0.0.1:{self.between.port}"}
