"""Headers without end and requests without an end at the HTTP doors of all services; who needs no token sends them.

Each such connection is answered or cut off before it has cost much, and single events go on being acknowledged.
"""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random
from time import monotonic
from urllib.parse import urlsplit

from tests.faults.going_on import singles_go_on
from tests.faults.memory_use import watching_memory
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_HELD = 300
"""Connections to each service whose request never ends."""
_BATCH_SIZE = 1
"""Connections to each service that send headers without end."""
_LASTS_S = 15.0
_MAX_BYTES = 64 * 1024 * 1024
"""More than the buffers of a connection hold: a server that has read so much of one request's headers has no bound."""
_MAX_GROWTH_MB = 150
_CHUNK = 64 * 1024


def _fields() -> Iterator[bytes]:
    """Many short fields."""
    for number in itertools.count():
        yield b"".join(b"x-%d-%d: y\r\n" % (number, each) for each in range(_CHUNK // 16))


def _value() -> Iterator[bytes]:
    """One field whose value never ends."""
    yield b"x-long: "
    yield from itertools.repeat(b"y" * _CHUNK)


async def _flood(world: World[OneOfEach]) -> None:
    until = monotonic() + _LASTS_S
    async with watching_memory(world, _MAX_GROWTH_MB), singles_go_on(world), asyncio.TaskGroup() as group:
        for name, each in world.kept.items():
            for _ in range(_BATCH_SIZE):
                group.create_task(_endless(world, name, each.url, _fields(), until))
                group.create_task(_endless(world, name, each.url, _value(), until))
            group.create_task(_half(each.url, until))


async def _endless(world: World[OneOfEach], name: str, url: str, headers: Iterator[bytes], until: float) -> None:
    """One connection after another; complains where one is let go on."""
    where = urlsplit(url)
    while monotonic() < until:
        sent = 0
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LASTS_S):
                _, writer = await asyncio.open_connection(where.hostname, where.port)
                try:
                    writer.write(b"GET /ready HTTP/1.1\r\nHost: x\r\n")
                    for each in headers:
                        writer.write(each)
                        await writer.drain()
                        sent += len(each)
                        if sent > _MAX_BYTES:
                            world.complain(f"{name} reads headers without end: {sent} bytes of one request")
                            return
                finally:
                    writer.transport.abort()
        await asyncio.sleep(0.5)


async def _half(url: str, until: float) -> None:
    """Many connections that are held open, each with half a request."""
    where = urlsplit(url)
    held: list[asyncio.StreamWriter] = []
    try:
        for _ in range(_HELD):
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    _, writer = await asyncio.open_connection(where.hostname, where.port)
                held.append(writer)
                writer.write(b"GET /ready HTTP/1.1\r\nHost: x\r\nX-Half: ")
        await asyncio.sleep(max(until - monotonic(), 0.0))
    finally:
        for writer in held:
            writer.transport.abort()


async def _in_first_life(world: World[OneOfEach]) -> None:
    world.all_in_first_life()


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault("headers without end, and half requests, at every service", draw.uniform(0, 1), _flood)]


PLANS = (Plan("floods", "headers without end at every HTTP door", _faults, OneOfEach, check=_in_first_life),)
