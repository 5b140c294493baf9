"""NATS clients that are not careful: frames as they are given, byte for byte."""

import asyncio
import json
from urllib.parse import urlsplit

from tests.ledger import Ledger
from tests.service import until


async def send_raw(nats_url: str, *frames: bytes) -> None:
    """Send what no careful client sends; returns when the server has read it."""
    url = urlsplit(nats_url)
    login = {"headers": True, "verbose": False} | ({"user": url.username, "pass": url.password} if url.username else {})
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        await reader.readline()  # the server's INFO
        for part in (b"CONNECT " + json.dumps(login).encode() + b"\r\n", b"".join(frames)):
            writer.write(part + b"PING\r\n")
            await _read_until_pong(reader)
    finally:
        writer.close()
        await writer.wait_closed()


async def _read_until_pong(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(10):
        while (line := await reader.readline()) != b"PONG\r\n":
            assert line, "the server has closed the connection"


async def publish_raw(ledger: Ledger, *frames: bytes) -> None:
    """Send them as a user who may do everything; returns when the stream has one message of each."""
    before = await ledger.last_sequence()
    await send_raw(ledger.endpoints.nats_url, *frames)

    async def taken() -> bool:
        return await ledger.last_sequence() == before + len(frames)

    await until(taken, "the stream has not taken all")
