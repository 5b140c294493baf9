"""The two servers without services, for a command that must have the ledger to itself."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from services.embedded.data_directory import DataDirectory, held
from services.embedded.nats import NatsServer
from services.embedded.postgres import PostgresServer
from services.embedded.process import Process
from services.endpoints import Endpoints, endpoints, running
from services.runtime.shutdown import run_to_end
from services.settings import Settings


@asynccontextmanager
async def servers(settings: Settings, command: str, say: Callable[[str], None]) -> AsyncIterator[Endpoints]:
    """Yield the servers of the settings, or of the `up` that runs on the data directory, or start servers there.

    Servers that were started here are stopped at the end; `command` names the command that works there. Raises
    AlreadyRunning, ServerFailed and NotConfigured.
    """
    if not settings.embedded or running(settings.data) is not None:
        yield endpoints(settings)
        return
    with held(settings.data, command) as directory:
        await directory.clear_leftovers(say)
        nats = NatsServer(directory.nats, directory.log("nats"))
        postgres = PostgresServer(directory.postgres, directory.log("postgres"))
        begun: list[NatsServer | PostgresServer] = []
        try:
            for name, server in (("nats", nats), ("postgres", postgres)):
                begun.append(server)
                await server.start(_noted(directory, name))
            yield Endpoints(nats.url, postgres.url, nats.intake_url)
        finally:
            await run_to_end(_stop(begun, directory))


async def _stop(begun: Sequence[NatsServer | PostgresServer], directory: DataDirectory) -> None:
    for server in reversed(begun):
        await server.stop()
    directory.forget()


def _noted(directory: DataDirectory, name: str) -> Callable[[Process], None]:
    return lambda process: directory.started(name, process.pid)
