"""A NATS server of one's own, started from `deploy/nats/nats-server.conf` as it stands."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import nats

from services.embedded.nats import NatsServer
from services.embedded.process import Process
from tests import ports
from tests.service import until
from tests.up import REPOSITORY

CONFIGURATION = REPOSITORY / "deploy" / "nats" / "nats-server.conf"
USERS = ("daybook", "appender", "intake", "emitter", "recorder", "projector", "query", "auditor", "notary")


class OwnNats:
    """One server on loopback."""

    def __init__(self, home: Path, configuration: Path = CONFIGURATION) -> None:
        self._configuration = configuration
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
        command = [embedded.command[0], "-c", str(self._configuration)]
        self._process = await Process.start(replace(embedded, command=command, environment=environment))
        await until(self._answers, "NATS does not answer", self._log.read_text)

    async def stop(self) -> None:
        """Stops it."""
        if self._process is not None:
            await self._process.stop(30)

    @asynccontextmanager
    async def trying(self, user: str) -> AsyncIterator["Trying"]:
        """A user who tries what it may."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        login = {"verbose": False, "user": user, "pass": _password(user), "headers": True}
        writer.write(b"CONNECT " + json.dumps(login).encode() + b"\r\n")
        try:
            trying = Trying(reader, writer)
            assert await trying.refused() == []
            yield trying
        finally:
            writer.close()
            await writer.wait_closed()

    async def says_to(self, login: dict[str, str]) -> bytes:
        """Return what the server says to somebody who connects with a login, until it ends the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(b"CONNECT " + json.dumps({"verbose": False, **login}).encode() + b"\r\nPING\r\n")
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        return said

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


class Trying:
    """The bare protocol: who is refused is told so before the answer to the next PING."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._subscriptions = 0

    async def may_publish(self, subject: str, body: str = "{}") -> bool:
        """Tell if the server takes a message under a subject."""
        self._writer.write(f"PUB {subject} {len(body)}\r\n{body}\r\n".encode())
        return self._none(await self.refused(), f"Permissions Violation for Publish to {json.dumps(subject)}")

    async def asks(self, subject: str, reply: str, body: str) -> None:
        """Publishes a request that wants its answer elsewhere; the server may refuse it."""
        self._writer.write(f"PUB {subject} {reply} {len(body)}\r\n{body}\r\n".encode())
        await self.refused()

    async def may_subscribe(self, subject: str, queue: str = "") -> bool:
        """Tell if the server lets the user listen, in a queue group or alone."""
        self._subscriptions += 1
        self._writer.write(f"SUB {subject} {queue} {self._subscriptions}\r\n".encode())
        return self._none(await self.refused(), f"Permissions Violation for Subscription to {json.dumps(subject)}")

    async def refused(self) -> list[str]:
        """Return the complaints that the server has sent since this was last asked."""
        self._writer.write(b"PING\r\n")
        complaints = []
        while (line := await asyncio.wait_for(self._reader.readline(), 10)) != b"PONG\r\n":
            assert line, "the server has ended the connection"
            if line.startswith(b"-ERR"):
                complaints.append(line.decode())
        return complaints

    def _none(self, complaints: list[str], due: str) -> bool:
        assert all(due in each for each in complaints), complaints
        return not complaints


def _password(user: str) -> str:
    return f"nats-secret-of-{user}"


async def _unsaid(error: Exception) -> None:
    """Ignores an error while the server is being started, which is no news."""
