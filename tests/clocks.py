"""A NATS server whose clock is wrong for a while, as everybody sees it who connects through here.

What the server takes meanwhile stays dated by the wrong clock, as it would on its disk: in what it delivers, in what it
gives singly, and in the time that it says of itself.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from services.runtime.shutdown import cancel_and_wait

_DELIVERED = re.compile(rb"(\$JS\.ACK\.(?:[^. ]+\.){4,}?)(\d{19})(?=\.\d+)")
_SAID = re.compile(rb'("(ts|time)":\s?")(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?)')
_FORM = "%Y-%m-%dT%H:%M:%S"


class Clock:
    """Passes everything on between clients and a server, and changes what the server says of time."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self._ahead = timedelta()
        self._since = 0
        self._wrong: list[tuple[int, int, timedelta]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def url(self, url: str) -> str:
        """Return a URL of the server with this proxy's address instead; the user stays the same."""
        parts = urlsplit(url)
        return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self.port}"))

    def jump(self, ahead: timedelta) -> None:
        """From now on it is wrong by so much; zero: it is right again."""
        now = time.time_ns()
        if self._ahead:
            self._wrong.append((self._since, now, self._ahead))
        self._ahead, self._since = ahead, now

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Clock"]:
        """Listens while the context is open."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await cancel_and_wait(list(self._tasks))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ways: list[asyncio.Task[None]] = []
        try:
            theirs, to = await asyncio.open_connection(self._to.hostname, self._to.port, limit=2**24)
            try:
                ways += [asyncio.create_task(_pass_on(reader, to)), asyncio.create_task(self._answers(theirs, writer))]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                to.transport.abort()
        finally:
            writer.transport.abort()
            await cancel_and_wait(ways)
            self._tasks.discard(task)

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                payload = b""
                if line[:4] in (b"MSG ", b"HMSG"):
                    payload = await reader.readexactly(int(line.split()[-1]) + 2)
                writer.write(_DELIVERED.sub(self._delivered, line) + _SAID.sub(self._said, payload))
                await writer.drain()

    def _delivered(self, found: re.Match[bytes]) -> bytes:
        at = int(found[2])
        return found[1] + str(at + self._by(at) // timedelta(microseconds=1) * 1000).encode()

    def _said(self, found: re.Match[bytes]) -> bytes:
        at = datetime.strptime(found[3].decode(), _FORM).replace(tzinfo=UTC)
        fraction = int((found[4][1:] or b"0").ljust(9, b"0"))
        by = self._ahead if found[2] == b"ts" else self._by(int(at.timestamp()) * 1_000_000_000 + fraction)
        return found[1] + (at + by).strftime(_FORM).encode() + found[4]

    def _by(self, at_ns: int) -> timedelta:
        """By how much what was taken then is dated wrongly."""
        for since, until, ahead in (*self._wrong, (self._since, 2**63, self._ahead)):
            if since <= at_ns < until:
                return ahead
        return timedelta()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
