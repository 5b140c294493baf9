"""Clients of intake, as lean as can be: they share the processors with what is measured.

Each has a connection of its own and sends one request at a time. What it sends is written beforehand but for the ids.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.benchmarks.events import SUBJECTS, new_event, next_number

_MARK = "1234567890"


def _template() -> bytes:
    event: dict[str, Any] = new_event() | {"id": f"call-{_MARK}", "subject": f"deal/D-{_MARK[::-1]}"}
    text = json.dumps(event).replace("%", "%%")
    return text.replace(_MARK, "%(number)d").replace(_MARK[::-1], "%(subject)d").encode()


_TEMPLATE = _template()


def body(count: int) -> bytes:
    """One event that nobody has sent yet, or a list of them."""
    numbers = [next_number() for _ in range(count)]
    events = [_TEMPLATE % {b"number": each, b"subject": each % SUBJECTS} for each in numbers]
    return events[0] if count == 1 else b"[" + b",".join(events) + b"]"


class Client(Protocol):
    """One client with one connection."""

    async def send(self, body: bytes) -> bytes:
        """Send one event, or a list of them, and wait for the receipt. AssertionError when it is another answer."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class _Connection(asyncio.Protocol):
    """Bytes that come, until `_whole` says that an answer is complete."""

    def __init__(self) -> None:
        self._held = b""
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport  # uvloop's is one without being called so

    def data_received(self, data: bytes) -> None:
        self._held += data
        if (answer := self._whole()) is not None and self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("intake or NATS closed the connection"))

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    async def _ask(self, request: bytes) -> bytes:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def _whole(self) -> bytes | None:
        raise NotImplementedError


class HttpClient(_Connection):
    """`POST /events` on a connection that is kept as long as intake keeps it."""

    def __init__(self, token: str, port: int) -> None:
        super().__init__()
        self._port = port
        head = f"POST /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        self._one = f"{head}Content-Type: application/cloudevents+json\r\nContent-Length: ".encode()
        self._many = f"{head}Content-Type: application/cloudevents-batch+json\r\nContent-Length: ".encode()

    async def connect(self) -> None:
        """Open the connection."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    async def send(self, body: bytes) -> bytes:
        """One request."""
        if self._transport.is_closing():  # it had waited too long for its turn
            await self.connect()
        head = self._many if body.startswith(b"[") else self._one
        answer = await self._ask(b"%b%d\r\n\r\n%b" % (head, len(body), body))
        assert answer.startswith(b"HTTP/1.1 201"), answer
        return answer

    def _whole(self) -> bytes | None:
        head, found, rest = self._held.partition(b"\r\n\r\n")
        if not found or len(rest) < int(_LENGTH.search(head)[1]):  # type: ignore[index]
            return None
        answer, self._held = self._held, b""
        return answer


_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class NatsClient(_Connection):
    """Requests on `intake.crm`, in the protocol of NATS itself."""

    def __init__(self, token: str, number: int) -> None:
        super().__init__()
        self._inbox = b"_INBOX.bench%d.x" % number
        self._head = b"NATS/1.0\r\nDaybook-Token: %b\r\n\r\n" % token.encode()

    def connect(self, user: str, password: str) -> None:
        """Introduce ourselves to the server."""
        said = {"verbose": False, "pedantic": False, "headers": True, "lang": "bench", "version": "1"}
        login = json.dumps(said | {"user": user, "pass": password}).encode()
        self._transport.write(b"CONNECT %b\r\nSUB %b 1\r\nPING\r\n" % (login, self._inbox))

    async def send(self, body: bytes) -> bytes:
        """One request."""
        size = len(self._head)
        request = b"HPUB intake.crm %b %d %d\r\n%b%b\r\n" % (self._inbox, size, size + len(body), self._head, body)
        answer = await self._ask(request)
        assert b"Daybook-Status: 201" in answer, answer
        return answer

    def _whole(self) -> bytes | None:
        while not self._held.startswith(b"HMSG "):
            line, found, rest = self._held.partition(b"\r\n")
            if not found:
                return None
            assert not line.startswith(b"-ERR"), line
            if line == b"PING":
                self._transport.write(b"PONG\r\n")
            self._held = rest
        line, found, rest = self._held.partition(b"\r\n")
        if not found or len(rest) < (size := int(line.rpartition(b" ")[2])) + 2:
            return None
        self._held = rest[size + 2 :]
        return rest[:size]


async def http_clients(count: int, port: int, token: str) -> Sequence[HttpClient]:
    """So many clients of intake over HTTP."""
    clients = [HttpClient(token, port) for _ in range(count)]
    for each in clients:
        await each.connect()
    return clients


async def nats_clients(count: int, url: str, token: str) -> Sequence[NatsClient]:
    """So many clients of intake over NATS."""
    loop, where = asyncio.get_running_loop(), urlsplit(url)
    clients: list[NatsClient] = []
    for _ in range(count):
        _, client = await loop.create_connection(
            lambda: NatsClient(token, next_number()), where.hostname or "", where.port or 4222
        )
        client.connect(where.username or "", where.password or "")
        clients.append(client)
    return clients
