"""A connection that looks whole hears: whatever happened to the server, or to us, in the middle of something."""

import asyncio
import os
import re
import signal
from pathlib import Path
from urllib.parse import urlsplit

import nats.errors
import pytest
from nats.aio.client import Client

from services.embedded.nats import NatsServer
from services.stream import connection
from services.stream.guarded import GuardedClient
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
        with pytest.raises(nats.errors.TimeoutError):
            await nc.request("$JS.API.INFO", timeout=1)
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


async def _gives_up(nc: Client) -> bool:
    try:
        await nc.flush(timeout=0.2)  # type: ignore[arg-type]
    except nats.errors.FlushTimeoutError:
        return True
    return False
