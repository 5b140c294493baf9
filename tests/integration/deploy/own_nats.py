"""A NATS server of one's own, started from `deploy/nats/nats-server.conf` as it stands."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client

from services.embedded import ports
from services.embedded.nats import NatsServer
from services.embedded.process import Process
from tests.service import until
from tests.up import REPOSITORY

CONFIGURATION = REPOSITORY / "deploy" / "nats" / "nats-server.conf"
USERS = ("daybook", "appender", "intake", "emitter", "recorder", "projector", "query", "auditor", "notary")


class OwnNats:
    """One server on loopback."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = ports.free()
        self._log = home / "nats.log"
        self._process: Process | None = None

    def url(self, user: str) -> str:
        """As one of the users of users.conf."""
        return f"nats://{user}:{_password(user)}@127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Returns once JetStream answers."""
        environment = {
            "NATS_LISTEN": json.dumps(f"127.0.0.1:{self._port}"),
            "NATS_STORE": json.dumps(str(self._home / "jetstream")),
            **{f"{user.upper()}_PASSWORD": _password(user) for user in USERS},
        }
        embedded = NatsServer(self._home / "unused", self._log).program()
        command = [embedded.command[0], "-c", str(CONFIGURATION)]
        self._process = await Process.start(replace(embedded, command=command, environment=environment))
        await until(self._answers, "NATS does not answer", self._log.read_text)

    async def stop(self) -> None:
        """Stops it."""
        if self._process is not None:
            await self._process.stop(30)

    @asynccontextmanager
    async def client(self, user: str) -> AsyncIterator["Asking"]:
        """A foreign client that is a user and remembers what it was refused."""
        asking = Asking()
        inbox = "_INBOX" if user in ("emitter", "intake") else f"_INBOX_DAYBOOK.{user}"
        asking.nc = await nats.connect(
            self.url(user), error_cb=asking.complained, inbox_prefix=inbox, allow_reconnect=False
        )
        try:
            yield asking
        finally:
            await asking.nc.close()

    async def _answers(self) -> bool:
        try:
            nc = await nats.connect(self.url("daybook"), error_cb=_unsaid, allow_reconnect=False, connect_timeout=1)
        except (nats.errors.Error, OSError):
            return False
        try:
            await nc.request("$JS.API.INFO", timeout=1)
        except nats.errors.Error:
            return False
        finally:
            await nc.close()
        return True


class Asking:
    """A connection, and what its server refused it."""

    nc: Client

    def __init__(self) -> None:
        self._refused: asyncio.Queue[str] = asyncio.Queue()

    async def complained(self, error: Exception) -> None:
        """What nats-py is told by the server."""
        self._refused.put_nowait(str(error))

    async def may_publish(self, subject: str, body: bytes = b"", **more: Any) -> bool:
        """Whether the server takes a message under a subject. It says when it does not; a PONG comes behind that."""
        await self.nc.publish(subject, body, **more)
        return await self._silence("publish", subject)

    async def may_subscribe(self, subject: str, queue: str = "") -> bool:
        """Whether the server lets it listen."""
        await self.nc.subscribe(subject, queue)
        return await self._silence("subscription", subject)

    async def _silence(self, what: str, subject: str) -> bool:
        await self.nc.flush(10)
        if self._refused.empty():
            return True
        said = self._refused.get_nowait().lower()
        assert "permissions violation" in said, said
        assert what in said, said
        assert subject.lower() in said, said
        return False


def _password(user: str) -> str:
    return f"nats-secret-of-{user}"


async def _unsaid(error: Exception) -> None:
    """It is being started: what goes wrong meanwhile is no news."""
