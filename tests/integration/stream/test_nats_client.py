"""A connection that looks whole hears: whatever happened to the server, or to us, in the middle of something."""

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nats.errors
import pytest
import uvloop
from nats.aio.client import Client

from services.embedded.nats import NatsServer
from services.errors import Unavailable
from services.nats import client, connection
from services.nats.client import FollowingClient, GuardedClient, frame, send
from services.stream.append import Away, Message, append
from services.stream.state import ask
from tests.ledger import Ledger
from tests.service import until


async def test_a_pong_that_comes_after_its_flush_gave_up_does_not_make_deaf(empty_ledger: Ledger) -> None:
    nc = await connection.connect(empty_ledger.endpoints.nats_url, "test")
    server = empty_ledger.servers.nats.process.pid
    try:
        os.kill(server, signal.SIGSTOP)
        try:
            await until(lambda: _gives_up(nc), "the server answers although it is stopped")
        finally:
            os.kill(server, signal.SIGCONT)
        assert (await nc.request("$JS.API.INFO", timeout=10)).data
        assert nc.stats["reconnects"] == 0
    finally:
        await nc.close()


async def test_a_reading_that_ends_by_an_unforeseen_error_begins_anew(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    nc = await connection.connect(empty_ledger.endpoints.nats_url, "test")
    heard = asyncio.Event()

    async def fails(*_: object) -> None:
        heard.set()
        monkeypatch.undo()
        raise ValueError("nobody foresaw this")

    try:
        monkeypatch.setattr(nc, "_process_msg", fails)
        with pytest.raises(nats.errors.Error, match="ended before the answer came"):
            await nc.request("$JS.API.INFO", timeout=10)
        assert heard.is_set()
        assert (await nc.request("$JS.API.INFO", timeout=10)).data
        assert nc.stats["reconnects"] == 1
    finally:
        await nc.close()


async def test_what_was_sent_before_a_flush_goes_before_its_ping(empty_ledger: Ledger) -> None:
    said = bytearray()
    here = urlsplit(empty_ledger.endpoints.nats_url)

    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter, overheard: bytearray) -> None:
        while chunk := await source.read(65_536):
            overheard.extend(chunk)
            sink.write(chunk)
        sink.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(here.hostname, here.port)
        await asyncio.gather(pass_on(reader, back, said), pass_on(there, writer, bytearray()))

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as between:
        port = between.sockets[0].getsockname()[1]
        nc = await connection.connect(f"nats://{here.username}:{here.password}@127.0.0.1:{port}", "test")
        said.clear()
        await nc.subscribe("heard")
        await nc.flush()
        assert re.sub(rb" +", b" ", bytes(said)) == b"SUB heard 1\r\nPING\r\n"
        await nc.close()


async def test_an_attempt_that_is_broken_off_leaves_no_connection() -> None:
    came, left = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        assert await reader.read() == b""
        left.set()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        url = f"nats://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        nc = GuardedClient()
        attempt = asyncio.create_task(connection._connected(nc, url, "test"))
        async with asyncio.timeout(1):  # by itself it would give up after 2 s
            await came.wait()
            while not nc._transport:  # noqa: ASYNC110 - then it waits for the greeting
                await asyncio.sleep(0)
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            await left.wait()


async def test_a_first_attempt_that_meets_no_nats_server_is_made_again(empty_ledger: Ledger) -> None:
    at = urlsplit(empty_ledger.endpoints.nats_url)
    greeted = 0

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
        writer.close()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal greeted
        greeted += 1
        if greeted == 1:
            writer.write(b"220 mail.example.com\r\n")
            writer.close()
            return
        from_server, to_server = await asyncio.open_connection(at.hostname, at.port)
        await asyncio.gather(copy(reader, to_server), copy(from_server, writer))

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as between:
        port = between.sockets[0].getsockname()[1]
        nc = await connection.connect(f"nats://{at.username}:{at.password}@127.0.0.1:{port}", "test")
        assert (await nc.request("$JS.API.INFO", timeout=10)).data
        await nc.close()
    assert greeted == 2


async def test_a_server_that_is_no_nats_server_any_more_is_left_before_it_is_tried_again(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    nc = await connection.connect(server.url, "test")
    left: asyncio.Queue[bytes] = asyncio.Queue()

    async def greet_wrongly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com\r\n")
        left.put_nowait(await reader.read())
        writer.close()

    try:
        await server.stop()
        async with await asyncio.start_server(greet_wrongly, "127.0.0.1", server.port), asyncio.timeout(10):
            assert [await left.get() for _ in range(2)] == [b"", b""]
    finally:
        await nc.close()


async def test_what_is_closed_while_it_reconnects_stops_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    nc = await connection.connect(server.url, "test")
    attempts = 0

    async def fails(*_: object) -> None:
        """Fail at the moment of a cancellation, which `asyncio.wait_for` then hides."""
        nonlocal attempts
        attempts += 1
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.2)
        raise ConnectionRefusedError

    async def tries() -> bool:
        return attempts > 0

    monkeypatch.setattr(client._Transport, "connect", fails)
    await server.stop()
    await until(tries, "the connection is not made anew")
    await nc.close()
    assert nc.is_closed
    assert nc._reconnection_task is not None
    assert nc._reconnection_task.done()


async def _publish_much(nc: FollowingClient) -> None:
    for _ in range(5):
        await nc.publish("somewhere", b"x" * 1_000_000)
        await asyncio.sleep(0)


async def _publish_and_close(nc: FollowingClient) -> None:
    await nc.publish("somewhere", b"x")
    await nc.close()


async def _take_leave(nc: FollowingClient) -> None:
    subscription = await nc.subscribe("elsewhere")
    await subscription.unsubscribe()


async def _append(nc: FollowingClient) -> None:
    outcome = await append(nc, "DAYBOOK", [Message("daybook.deal.1", str(each), b"{}") for each in range(3)])
    assert isinstance(outcome, Away)


AT_A_SERVERS_DEATH: dict[str, Callable[[FollowingClient], Awaitable[Any]]] = {
    "publish": lambda nc: nc.publish("somewhere", b"x"),
    "publish much": _publish_much,
    "send": lambda nc: send(nc, frame("somewhere", "", "", b"x")),
    "append": _append,
    "request": lambda nc: nc.request("$JS.API.INFO"),
    "ask": lambda nc: ask(nc, "INFO"),
    "subscribe": lambda nc: nc.subscribe("elsewhere"),
    "unsubscribe": _take_leave,
    "flush": lambda nc: nc.flush(),
    "force_reconnect": lambda nc: nc.force_reconnect(),
    "drain": lambda nc: nc.drain(),
    "close": lambda nc: nc.close(),
    "publish and close": _publish_and_close,
}


@pytest.mark.parametrize("what", AT_A_SERVERS_DEATH)
async def test_at_a_server_s_death_a_caller_meets_no_error_but_those_it_expects(
    empty_ledger: Ledger, what: str
) -> None:
    """As services run, on uvloop: its sockets are closed before anybody is told."""

    async def dies() -> None:
        nc = await connection.connect_following(empty_ledger.endpoints.nats_url, "test")
        try:
            await nc.publish("somewhere", b"x")  # not sent yet
            nc._transport._io_writer.transport.abort()  # type: ignore[union-attr]
            with suppress(nats.errors.Error, OSError, Unavailable):
                async with asyncio.timeout(10):
                    await AT_A_SERVERS_DEATH[what](nc)
            if not nc.is_closed:
                await until(lambda: _answers(nc), "it does not come back")
        finally:
            await nc.close()

    await asyncio.to_thread(uvloop.run, dies())


async def test_who_waits_for_an_answer_is_told_at_once_when_the_server_dies(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    nc = await connection.connect(server.url, "test")
    try:
        asked = asyncio.create_task(nc.request("$JS.API.INFO", timeout=60))
        server.process.send(signal.SIGSTOP)
        await asyncio.wait({asked}, timeout=0)
        await server.process.kill()
        async with asyncio.timeout(10):
            with pytest.raises(nats.errors.Error):
                await asked
    finally:
        await nc.close()


@pytest.mark.long_cases
@pytest.mark.parametrize(
    "greeting", [b"INFO\r\n", b"INFO []\r\n", b"INFO {}\r\nPONG\r\n", b"-ERR\r\n", b"\x00" * 70_000]
)
async def test_whatever_answers_meanwhile_it_comes_back_to_the_server(tmp_path: Path, greeting: bytes) -> None:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    nc = await connection.connect(server.url, "test")
    came = asyncio.Queue[None]()

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        came.put_nowait(None)
        writer.close()

    try:
        await server.stop()
        async with await asyncio.start_server(greet, "127.0.0.1", server.port), asyncio.timeout(20):
            await came.get()
            await came.get()
        await server.start()
        await until(lambda: _answers(nc), "it does not come back")
    finally:
        await nc.close()
        await server.stop()


async def test_an_error_that_the_server_says_does_not_end_the_connection_for_good(empty_ledger: Ledger) -> None:
    here = urlsplit(empty_ledger.endpoints.nats_url)
    writers: list[asyncio.StreamWriter] = []

    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65_536):
            sink.write(chunk)
        sink.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        there, back = await asyncio.open_connection(here.hostname, here.port)
        await asyncio.gather(pass_on(reader, back), pass_on(there, writer))

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as between:
        port = between.sockets[0].getsockname()[1]
        nc = await connection.connect(f"nats://{here.username}:{here.password}@127.0.0.1:{port}", "test")
        try:
            writers[0].write(b"-ERR 'Server Shutdown'\r\n")
            writers[0].close()
            await until(lambda: _has_reconnected(nc), "it has not reconnected")
            assert (await nc.request("$JS.API.INFO", timeout=10)).data
        finally:
            await nc.close()


async def _has_reconnected(nc: Client) -> bool:
    return nc.stats["reconnects"] == 1


async def _answers(nc: Client) -> bool:
    try:
        return bool((await nc.request("$JS.API.INFO", timeout=1)).data)
    except (nats.errors.Error, OSError):
        return False


async def _gives_up(nc: Client) -> bool:
    try:
        await nc.flush(timeout=0.2)  # type: ignore[arg-type]
    except nats.errors.FlushTimeoutError:
        return True
    return False
