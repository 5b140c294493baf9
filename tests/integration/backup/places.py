"""Places to restore into: a database in which nothing is, and a NATS account without streams."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from services.endpoints import Endpoints
from services.nats import connection as stream_connection
from services.stream.state import ask
from tests.ledger import Ledger
from tests.servers import Servers


@asynccontextmanager
async def empty_place(servers: Servers, home: Path, keeping: Ledger | None = None) -> AsyncIterator[Ledger]:
    """A ledger that is still to be restored; `keeping` another one's stream."""
    name = f"restored_{home.name}".replace("-", "_").lower()
    home.mkdir()
    await servers.admin(f'create database "{name}" owner daybook')
    await servers.postgres.confine(name)
    database_url = servers.postgres.url_of(name, "daybook")
    async with AsyncExitStack() as stack:
        if keeping is None:
            nats_url, intake_url, emitter_url = stack.enter_context(servers.account())
        else:
            nats_url, intake_url = keeping.endpoints.nats_url, keeping.endpoints.requests_url
            emitter_url = keeping.emitter_nats_url
        place = Ledger(servers, Endpoints(nats_url, database_url, intake_url), emitter_url, name, home)
        try:
            if keeping is None:
                await remove_streams(place)
            yield place
        finally:
            await place.close()
            await servers.admin(f'drop database if exists "{name}" with (force)')


async def remove_streams(ledger: Ledger) -> None:
    """As if the NATS servers had lost their disks."""
    nc = await stream_connection.connect(ledger.endpoints.nats_url, "test")
    for name in (ledger.settings.stream, f"{ledger.settings.stream}_HEADS"):
        await ask(nc, f"STREAM.DELETE.{name}")
    await nc.close()
