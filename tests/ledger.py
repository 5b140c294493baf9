"""A ledger of a test's own: a stream whose next sequence is known and a database, on the shared servers."""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import SecretStr

from contracts.cloudevents.envelope import read_event
from contracts.events import EVENTS
from contracts.playbooks.playbook import Playbook
from contracts.playbooks.shipped import shipped
from contracts.types.identifiers import stream_subject
from services.endpoints import Endpoints
from services.errors import Unavailable
from services.ledger.schema import identify
from services.ledger.stream_identity import check_stream, remembered
from services.ledger.tokens import hash_token, new_token
from services.nats import connection as stream_connection
from services.nats.client import FollowingClient
from services.notary import heads_stream
from services.postgres import connection as database
from services.postgres.connection import Role
from services.settings import Settings
from services.setup import playbooks
from services.stream.configuration import disk_of
from services.stream.configuration import provision as provision_stream
from services.stream.state import ask
from services.stream.state import state as stream_state
from tests.servers import Servers
from tests.service import Service, running_service, until

STREAM_MAX_BYTES = 256 * 1024 * 1024


class Ledger:
    """Ledger as `daybook init` leaves it, with what tests need to work on it."""

    def __init__(
        self,
        servers: Servers,
        endpoints: Endpoints,
        emitter_nats_url: str,
        name: str,
        home: Path,
        stream_max_bytes: int = STREAM_MAX_BYTES,
    ) -> None:
        self.servers = servers
        self.endpoints = endpoints
        self.emitter_nats_url = emitter_nats_url
        """For a foreign client: may ask `intake.<source>`, nothing else."""
        self.database = name
        self.home = home
        self.settings = Settings(
            data=home,
            nats_url=SecretStr(endpoints.nats_url),
            intake_nats_url=SecretStr(endpoints.requests_url),
            database_url=SecretStr(endpoints.database_url),
            stream_max_bytes=stream_max_bytes,
            intake_port=0,  # the usual ports may be taken, by `make up` for one
            query_port=0,
            recorder_port=0,
            projector_port=0,
            notary_port=0,
        )
        self._open = AsyncExitStack()
        self._nats: FollowingClient | None = None
        self._services: list[Service] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a command finds this ledger."""
        return {
            "DAYBOOK_NATS_URL": self.endpoints.nats_url,
            "DAYBOOK_INTAKE_NATS_URL": self.endpoints.requests_url,
            "DAYBOOK_DATABASE_URL": self.endpoints.database_url,
            "DAYBOOK_STREAM_MAX_BYTES": str(self.settings.stream_max_bytes),
            "DAYBOOK_DATA": str(self.home),
        }

    async def connect(self, role: Role | None = None) -> asyncpg.Connection:
        """A connection to the database, under a role or as its owner; closed at the test's end."""
        connection = await database.connect(self.endpoints.database_url, role)
        self._open.push_async_callback(_close, connection)
        return connection

    async def nats(self) -> FollowingClient:
        """A NATS connection that may do everything, the same one each time; closed at the test's end."""
        if self._nats is None:
            self._nats = await stream_connection.connect_following(self.endpoints.nats_url, "test")
            self._open.push_async_callback(self._nats.close)
        return self._nats

    async def publish(self, message: bytes, subject: str, headers: dict[str, str] | None = None) -> int:
        """Appends any bytes to the stream, behind intake's back; gives the sequence."""
        nc = await self.nats()
        ack = await nc.jetstream().publish(subject, message, timeout=10, stream=self.settings.stream, headers=headers)
        return ack.seq

    async def append(self, *events: Mapping[str, Any]) -> list[int]:
        """Appends events in structured mode as intake would, one after another; gives their sequences."""
        sequences = []
        for each in events:
            event = read_event(each)
            header = {"Nats-Msg-Id": f"{event.source}:{event.id}"}
            sequences.append(await self.publish(event.canonical, stream_subject(event.subject), header))
        return sequences

    async def last_sequence(self) -> int:
        """The stream's end."""
        return (await stream_state(await self.nats(), self.settings.stream)).last_sequence

    async def source(
        self,
        name: str,
        *events: str,
        id_prefix: str | None = None,
        corrects_others: bool = False,
    ) -> str:
        """Adds a source that may send these events (none named: all) and gives its token."""
        token = new_token()
        connection = await database.connect(self.endpoints.database_url)
        try:
            await connection.execute(
                "insert into ledger.source (name, token_hash, events, id_prefix, corrects_others)"
                " values ($1, $2, $3, $4, $5)",
                name,
                hash_token(token),
                list(events) or EVENTS.names(),
                id_prefix,
                corrects_others,
            )
        finally:
            await connection.close()
        return token

    @asynccontextmanager
    async def process(self, name: str, **environment: str) -> AsyncIterator[Service]:
        """`daybook serve <name>` as a process; more variables without their prefix: `log_level="debug"`."""
        log = self.home / f"{name}-{len(self._services) + 1}.log"
        more = {f"DAYBOOK_{key.upper()}": value for key, value in environment.items()}
        async with running_service(name, log, self.environment | more) as service:
            self._services.append(service)
            yield service

    async def recorded(self, sequence: int | None = None) -> int:
        """Waits until the journal holds `sequence` (none: the stream's end); gives the sequence."""
        wanted = await self.last_sequence() if sequence is None else sequence
        query = "select coalesce(max(sequence), 0) >= $1 from ledger.journal"
        await self._until(query, wanted, f"the journal does not hold {wanted}")
        return wanted

    async def projected(self, sequence: int | None = None) -> int:
        """Waits until every lane of the served generation has passed `sequence` (none: the stream's end)."""
        wanted = await self.last_sequence() if sequence is None else sequence
        connection = await database.connect(self.endpoints.database_url)
        try:
            schema = await connection.fetchval(
                "select schema_name from ledger.generation where promoted_at is not null"
                " order by promoted_at desc limit 1"
            )
        finally:
            await connection.close()
        assert schema is not None, "no generation is served"
        query = f'select coalesce(min(sequence), 0) >= $1 from "{schema}".lane'
        await self._until(query, wanted, f"not every lane has passed {wanted}")
        return wanted

    async def backup(self) -> str:
        """Copies the database; gives the copy's name. Connections to it are cut."""
        name = f"{self.database}_backup"
        await self.servers.clone(self.database, name)
        self._open.push_async_callback(self.servers.admin, f"drop database if exists {name} with (force)")
        return name

    async def restore(self, backup: str) -> None:
        """Puts a copy in the place of the database. Connections to it are cut."""
        await self.servers.clone(backup, self.database)

    async def close(self) -> None:
        """Closes what the test opened."""
        await self._open.aclose()

    async def _until(self, query: str, wanted: int, complaint: str) -> None:
        connections: list[asyncpg.Connection] = []

        async def holds() -> bool:
            try:
                if not connections:
                    connections.append(await database.connect(self.endpoints.database_url))
                return bool(await connections[0].fetchval(query, wanted))
            except (*database.DATABASE_AWAY, Unavailable):
                while connections:
                    connections.pop().terminate()
                return False

        try:
            await until(holds, complaint, self._words)
        finally:
            for each in connections:
                await _close(each)

    def _words(self) -> str:
        return "\n".join(f"--- {each.name} ({each.process.exit_code})\n{each.output()}" for each in self._services)


@asynccontextmanager
async def fresh_ledger(
    servers: Servers, published: Sequence[Playbook] | None = None, stream_max_bytes: int = STREAM_MAX_BYTES
) -> AsyncIterator[Ledger]:
    """A ledger as `daybook init` leaves it; with an empty list of playbooks its stream is empty."""
    with servers.account() as urls, tempfile.TemporaryDirectory(prefix="ledger-", dir=servers.home) as home:
        nats_url, intake_url, emitter_url = urls
        async with servers.database() as name:
            endpoints = Endpoints(nats_url, servers.postgres.url_of(name, "daybook"), intake_url)
            ledger = Ledger(servers, endpoints, emitter_url, name, Path(home), stream_max_bytes)
            try:
                for stream in (ledger.settings.stream, heads_stream.stream_name(ledger.settings.stream)):
                    await ask(await ledger.nats(), f"STREAM.DELETE.{stream}")
                await _provision(ledger, shipped() if published is None else published)
                servers.nats.staging.open()  # as `daybook up` does
                yield ledger
            finally:
                await ledger.close()


async def _provision(ledger: Ledger, published: Sequence[Playbook]) -> None:
    """Does what `services.setup.init` does, but for what the clone of the template has already.

    `tests/integration/embedded/test_provision.py` holds that nothing is left to do for `services.setup.init`.
    """
    nc, settings = await ledger.nats(), ledger.settings
    connection = await database.connect(ledger.endpoints.database_url)
    try:
        stream = await provision_stream(nc, settings, disk_of(settings, ledger.endpoints))
        await identify(connection, stream, settings.timezone)
        await check_stream(nc, await remembered(connection, settings.stream))
        await heads_stream.provision(nc, settings, stream.max_bytes)
        await playbooks.add_source(connection)
        await playbooks.publish(nc, settings.stream, published)
    finally:
        await _close(connection)


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=5)
    except database.DATABASE_AWAY:
        connection.terminate()
