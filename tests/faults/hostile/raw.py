"""Bytes that no HTTP client sends, and requests that never end."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from tests.faults.world import World

_REQUESTS: tuple[bytes, ...] = (
    b"GARBAGE\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"POST /events HTTP/9.9\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}{}{}",
    b"POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n{}\r\n0\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\n" + b"X-Y: z\r\n" * 5000 + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /events/%ff/%00 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",
)
"""What no HTTP client sends; the last ones are never finished."""


async def raw_http(world: World[Any], held: int) -> list[asyncio.StreamWriter]:
    """Each of these, and so many connections whose body never comes; these are given back open."""
    for intake in world.of("intake"):
        for each in _REQUESTS:
            answer = await _raw(intake.url, each)
            if answer.startswith((b"HTTP/1.1 5", b"HTTP/1.1 2")):
                world.complain(f"{each[:80]!r} was answered {answer[:100]!r}")
    opened = []
    url = urlsplit(world.of("intake")[0].url)
    for _ in range(held):
        _, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        opened.append(writer)
    return opened


async def _raw(url: str, request: bytes) -> bytes:
    """The answer's beginning; empty when there is none within a moment, or the connection is cut."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(1):
            return await reader.read(200)
    except (OSError, TimeoutError):
        return b""
    finally:
        writer.close()
