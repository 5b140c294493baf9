"""Limits of what a connection may keep and for how long, on real sockets: nobody has shown a token yet."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.http import protocol
from services.http.protocol import Crowd
from services.http.server import serving
from tests.service import until

Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GOOD = b"GET /quick HTTP/1.1\r\nhost: x\r\n\r\n"


@dataclass
class Server:
    """An application behind the limits."""

    port: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """Lets `/slow` answer."""
    seen: list[list[str]] = field(default_factory=list)
    """The names of the fields of each request to `/echo`."""
    slow: int = 0
    """Requests to `/slow` so far."""
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, sent: bytes = b"") -> Socket:
        """A connection on which something was sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.open.append(writer)
        writer.write(sent)
        await writer.drain()
        return reader, writer

    async def ask(self, sent: bytes = GOOD) -> bytes:
        """All that is answered until the server closes, on a connection of its own."""
        reader, _ = await self.connect(sent)
        return await everything(reader)

    async def answering(self, number: int) -> None:
        """Waits until so many requests to `/slow` have come."""

        async def have_come() -> bool:
            return self.slow >= number

        await until(have_come, f"{number} requests did not come")

    async def status(self, sent: bytes = GOOD) -> int:
        """The status of the first answer."""
        reader, _ = await self.connect(sent)
        return await status_of(reader)


async def status_of(reader: asyncio.StreamReader) -> int:
    async with asyncio.timeout(20):
        try:
            line = await reader.readline()
        except ConnectionResetError:
            return 0
    return int(line.split()[1]) if line else 0


async def everything(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionResetError):
            return await reader.read()
    return b""


Serve = Callable[..., "contextlib.AbstractAsyncContextManager[Server]"]


@contextlib.asynccontextmanager
async def served(most: int = 1000, most_of_address: int = 500) -> AsyncIterator[Server]:
    server = Server()

    async def quick(_: Request) -> Response:
        return PlainTextResponse("quick")

    async def slow(_: Request) -> Response:
        server.slow += 1
        await server.go_on.wait()
        return PlainTextResponse("slow")

    async def large(_: Request) -> Response:
        return PlainTextResponse("x" * 20_000_000)

    async def echo(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return PlainTextResponse("")
        server.seen.append(list(request.headers))
        return PlainTextResponse(str(len(body)))

    app = Starlette(
        routes=[
            Route("/quick", quick), Route("/slow", slow), Route("/large", large),
            Route("/echo", echo, methods=["POST"]),
        ]
    )  # fmt: skip
    async with serving(app, "127.0.0.1", 0, crowd=Crowd(most, most_of_address)) as port:
        server.port = port
        try:
            yield server
        finally:
            server.go_on.set()
            for each in server.open:
                each.close()


def chunked(*chunks: bytes, trailers: bytes = b"") -> bytes:
    head = b"POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"".join(chunks) + b"0\r\n" + trailers + b"\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /quick?" + b"x" * 9_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 414),
        (b"GET /quick?" + b"x" * 200_000, 414),
        (b"GET /quick HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n", 431),
        (b"GET /quick HTTP/1.1\r\n" + b"a: b\r\n" * 1_000_000, 431),
        (b"GET /quick HTTP/1.1\r\na: " + b"x" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /quick HTTP/1.1\r\na: " + b"x" * 5_000_000, 431),
        (b"GET /quick HTTP/1.1\r\n" + b"x" * 5_000_000, 431),
        (b"GET /quick HTTP/1.1\r\na: b\r\n " + b" \r\n " * 50_000, 400),
        (b"\r\n" * 200_000, 431),
        (b"nonsense\r\n\r\n", 400),
        (chunked(b"1;" + b"x" * 300_000 + b"\r\na\r\n"), 400),
        (chunked(*[b"1\r\na\r\n"] * 100_000), 400),
        (chunked(b"1\r\na\r\n", trailers=b"a: b\r\n" * 200), 431),
        (chunked(b"1\r\na\r\n", trailers=b"a: " + b"x" * 300_000 + b"\r\n"), 400),
    ],
    ids=range(14),
)
async def test_what_is_too_much_is_refused_before_it_is_kept(sent: bytes, status: int) -> None:
    async with served() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        server.open.append(writer)
        writer.write(sent)
        got = await status_of(reader)
        assert got in (status, 0), got  # 0: what was still on its way had the connection reset before the answer came
        assert await server.status() == 200
        assert not server.seen


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"GET /quick HTTP/1.1\r\nconnection: close\r\n" + b"a: b\r\n" * 99 + b"\r\n", b"quick"),
        (b"GET /quick?" + b"x" * 8_000 + b" HTTP/1.1\r\nconnection: close\r\na: " + b"y" * 20_000 + b"\r\n\r\n",
         b"quick"),
        (chunked(*[b"40\r\n" + b"x" * 64 + b"\r\n"] * 20_000), b"1280000"),
        (chunked(*[b"6\r\nchunks\r\n"] * 50_000), b"300000"),
        (chunked(b"5;name=value\r\nhello\r\n", trailers=b"authorization: Bearer x\r\n"), b"5"),
    ],
)  # fmt: skip
async def test_what_honest_senders_send_is_taken(sent: bytes, answer: bytes) -> None:
    async with served() as server:
        got = await server.ask(sent)
        assert got.startswith(b"HTTP/1.1 200")
        assert got.endswith(answer)
        assert all("authorization" not in names for names in server.seen)


async def test_a_head_in_single_bytes_is_read_like_any_other() -> None:
    async with served() as server:
        reader, writer = await server.connect()
        for each in GOOD:
            writer.write(bytes([each]))
            await writer.drain()
        assert await status_of(reader) == 200


async def test_requests_in_a_pipeline_are_answered_in_order_up_to_a_number() -> None:
    async with served() as server:
        few = b"".join(b"GET /%b HTTP/1.1\r\nhost: x\r\n\r\n" % path for path in (b"slow", b"quick", b"quick"))
        reader, _ = await server.connect(few)
        server.go_on.set()
        async with asyncio.timeout(10):
            got = await reader.readuntil(b"slow")
            got += await reader.readuntil(b"quick") + await reader.readuntil(b"quick")
        assert got.count(b"200 OK") == 3
        server.go_on.clear()
        reader, _ = await server.connect(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" + GOOD * 5_000)
        server.go_on.set()
        got = await everything(reader)
        assert 0 < got.count(b"200 OK") <= protocol.MAX_PIPELINED + 2
        assert await server.status() == 200


@pytest.mark.long
async def test_half_a_head_is_given_up_and_a_silent_connection_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", 0.5)
    async with served() as server:
        assert await server.ask(b"GET /quick HTTP/1.1\r\nhost: ") == b"HTTP/1.1 408 " + (
            await server.ask(b"GET /quick HTTP/1.1\r\n")
        ).removeprefix(b"HTTP/1.1 408 ")
        assert await server.ask(b"") == b""
        reader, writer = await server.connect(GOOD)
        assert await status_of(reader) == 200
        writer.write(b"GET /qui")
        assert b"408 Request Timeout" in await everything(reader)


@pytest.mark.long
async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MESSAGE_S", 0.5)
    monkeypatch.setattr(protocol, "LEFTOVER_S", 0.5)
    async with served() as server:
        waiting = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc"
        assert (await server.ask(waiting)).startswith(b"HTTP/1.1 408")
        answered = await server.ask(b"GET /quick HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\nabc")
        assert answered.startswith(b"HTTP/1.1 200")
        assert answered.endswith(b"quick")


async def test_an_answer_that_is_not_fetched_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "UNFETCHED_S", 0.5)
    async with served() as server:
        before = protocol._REFUSED.labels("unfetched")._value.get()
        reader, writer = await server.connect(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        transport = writer.transport
        assert isinstance(transport, asyncio.ReadTransport)
        transport.pause_reading()

        async def given_up() -> bool:
            return bool(protocol._REFUSED.labels("unfetched")._value.get() > before)

        await until(given_up, "the answer is still offered", lambda: "")
        transport.resume_reading()
        assert len(await everything(reader)) < 20_000_000
        reader, _ = await server.connect(b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert len(await everything(reader)) > 20_000_000


async def test_half_sent_requests_do_not_shut_the_door() -> None:
    async with served(most=20, most_of_address=10) as server:
        for _ in range(100):
            await server.connect(b"GET /quick HTTP/1.1\r\n")
        for _ in range(20):
            assert await server.status() == 200


async def test_who_is_being_answered_makes_room_for_nobody() -> None:
    async with served(most=20, most_of_address=10) as server:
        busy = [await server.connect(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n") for _ in range(9)]
        await server.answering(9)
        for _ in range(50):
            assert await server.status() == 200
        busy.append(await server.connect(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n"))
        await server.answering(10)
        assert [await server.status() for _ in range(5)] == [503] * 5
        server.go_on.set()
        assert [await status_of(reader) for reader, _ in busy] == [200] * 10


async def test_an_answer_that_is_not_fetched_makes_room_even_in_a_pipeline() -> None:
    large = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n"
    async with served(most=5, most_of_address=5) as server:
        for _ in range(5):
            _, writer = await server.connect(large * 3)
            assert isinstance(writer.transport, asyncio.ReadTransport)
            writer.transport.pause_reading()
        for _ in range(10):
            assert await server.status() == 200


async def test_a_connection_that_was_refused_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LEFTOVER_S", 0.5)
    async with served(most=2, most_of_address=2) as server:
        for _ in range(2):
            await server.connect(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        await server.answering(2)
        reader, writer = await server.connect(b"")
        assert await status_of(reader) == 503
        await everything(reader)

        async def is_gone() -> bool:
            with contextlib.suppress(OSError):
                writer.write(b"x")
                await writer.drain()
                return False
            return True

        await until(is_gone, "the server still holds it", lambda: "")
        server.go_on.set()
