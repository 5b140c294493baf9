"""One NATS server and one PostgreSQL for the whole run, the same ones that `daybook up` starts."""

import asyncio
import itertools
import os
import pwd
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg

from services.embedded.nats import NatsServer
from services.embedded.postgres import PostgresServer
from services.embedded.process import Program
from services.ledger.event_types import announce_unled
from services.ledger.schema import migrate
from services.views import generation
from tests.service import until

ACCOUNTS = 32
"""NATS accounts that are there to be had, so that no test sees another's messages."""
TEMPLATE = "template_daybook"

_ACCOUNT = """
  T{number}: {{{{
    jetstream: enabled
    users: [
      {{{{ user: t{number}, password: test }}}}
      {{{{ user: i{number}, password: test,
        permissions: {{{{ publish: {{{{ allow: ["_INBOX.>"] }}}}, subscribe: {{{{ allow: ["intake.*"] }}}} }}}} }}}}
      {{{{ user: e{number}, password: test,
        permissions: {{{{ publish: {{{{ allow: ["intake.*"] }}}}, subscribe: {{{{ allow: ["_INBOX.>"] }}}} }}}} }}}}
    ]
  }}}}"""


def _access() -> str:
    mine = "  MAIN: {{ jetstream: enabled, users: [ {{ user: daybook, password: {password} }} ] }}"
    return "accounts {{\n" + mine + "".join(_ACCOUNT.format(number=each) for each in range(ACCOUNTS)) + "\n}}\n"


class _Unsynced(PostgresServer):
    """PostgreSQL that leaves writing to the system, whose end no test brings about: killed, it loses as little."""

    def program(self) -> Program:
        program = super().program()
        return replace(program, command=[*program.command, "-c", "fsync=off"])


class Servers:
    """The two servers, and how tests disturb them."""

    def __init__(self, home: Path, *, synced: bool = True) -> None:
        self.home = home
        self.nats = NatsServer(home / "nats", home / "logs" / "nats.log", _access())
        self.postgres = (PostgresServer if synced else _Unsynced)(home / "postgres", home / "logs" / "postgres.log")
        self._accounts = deque(range(ACCOUNTS))
        self._databases = itertools.count(1)
        self._admin: asyncpg.Connection | None = None

    async def start(self) -> None:
        """Starts both and makes the template: a database as `daybook init` leaves it, but for its identity."""
        await asyncio.gather(self.nats.start(), self.postgres.start())
        await self.admin(f"create database {TEMPLATE} owner daybook")
        await self.postgres.confine(TEMPLATE)
        connection = await asyncpg.connect(self.postgres.url_of(TEMPLATE, "daybook"))
        try:
            await migrate(connection)
            await announce_unled(connection)
            await generation.ensure(connection)
        finally:
            await connection.close()

    async def stop(self) -> None:
        """Stops both."""
        if self._admin is not None:
            await self._admin.close()
        await asyncio.gather(self.nats.stop(), self.postgres.stop())

    async def restart_nats(self, *, kill: bool = False) -> None:
        """Ends the NATS server, by force if `kill`, and starts it again on the same address and files."""
        await (self.nats.process.kill() if kill else self.nats.stop())
        await self.nats.start()

    async def restart_postgres(self, *, kill: bool = False) -> None:
        """Ends PostgreSQL, by force if `kill`, and starts it again on the same socket and files."""
        await (self.postgres.process.kill() if kill else self.postgres.stop())
        await self.postgres.start()

    async def admin(self, statement: str) -> None:
        """One statement as the server's superuser."""
        if self._admin is None or self._admin.is_closed():
            self._admin = await asyncpg.connect(self.postgres.url_of("postgres"))
        await self._admin.execute(statement)

    async def admit(self, role: str) -> None:
        """Lets us log in as one more role; until the next restart."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        with (self.postgres.data / "pg_ident.conf").open("a") as file:
            file.write(f'daybook "{me}" {role}\n')
        await self.admin("select pg_reload_conf()")
        await until(lambda: self._gets_in(role), f"{role} does not get in")

    async def _gets_in(self, role: str) -> bool:
        try:
            connection = await asyncpg.connect(self.postgres.url_of("postgres", role))
        except asyncpg.InvalidAuthorizationSpecificationError:
            return False
        except asyncpg.InsufficientPrivilegeError:
            return True  # let in, though not to this database
        await connection.close()
        return True

    @contextmanager
    def account(self) -> Iterator[tuple[str, str, str]]:
        """An account that nobody else has meanwhile: URLs of a user who may do everything, of one who answers requests,
        of an emitter."""
        number = self._accounts.popleft()
        try:
            yield tuple(f"nats://{user}{number}:test@127.0.0.1:{self.nats.port}" for user in "tie")  # type: ignore[misc]
        finally:
            self._accounts.append(number)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A clone of the template, dropped at the end; gives its name."""
        name = f"ledger_{next(self._databases)}"
        await self.admin(f"create database {name} template {TEMPLATE} owner daybook")
        await self.admin(f"revoke create, temporary on database {name} from public")  # a template does not hand it on
        try:
            yield name
        finally:
            await self.admin(f"drop database if exists {name} with (force)")

    async def clone(self, name: str, copy: str) -> None:
        """Copies a database; who is connected to the original is thrown out first."""
        await self.admin(f"drop database if exists {copy} with (force)")
        await self.admin(f"alter database {name} allow_connections false")
        try:
            await self.admin(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'")
            await self.admin(f"create database {copy} template {name} owner daybook")
        finally:
            await self.admin(f"alter database {name} allow_connections true")


@asynccontextmanager
async def running_servers(*, synced: bool = True) -> AsyncIterator[Servers]:
    """Both servers on a temporary directory, gone at the end. `synced`: PostgreSQL waits for the disk."""
    with tempfile.TemporaryDirectory(prefix="daybook-test-") as home:
        servers = Servers(Path(home), synced=synced)
        try:
            await servers.start()
            yield servers
        finally:
            await servers.stop()
