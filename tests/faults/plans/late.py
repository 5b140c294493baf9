"""Events that are sent again when the stream has forgotten them: the journal knows them.

The stream knows an identity for two minutes. Here it is told to forget sooner, and started anew, so that it does.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from time import monotonic
from typing import Any

from tests.faults.doors import Answer, Door, NoAnswer
from tests.faults.plan import Fault, Plan
from tests.faults.receipts import Sent
from tests.faults.servers import OneOfEach
from tests.faults.stream_damage import ask
from tests.faults.world import STREAM, World

_FORGETS_NS = 100_000_000
_EVENTS = 25
_ANSWERED_S = 60.0


async def _repeat(world: World[OneOfEach]) -> None:
    doors = {source: await world.door(source, way) for source, way in (("late-http", "http"), ("late-nats", "nats"))}
    try:
        async with world.writers.quiet():
            sequences = {}
            for source, door in doors.items():
                for sent in _sent(source):
                    world.receipts.note([sent])
                    answer = await _settled(door, sent)
                    sequences[sent.identity] = int(answer.said["sequence"])
                    world.receipts.acknowledge([sent], [sequences[sent.identity]])
            await world.settled()
            await _forget(world)
            for source, door in doors.items():
                for sent in _sent(source):
                    answer = await _settled(door, sent)
                    if answer.status != 200 or answer.said["sequence"] != sequences[sent.identity]:
                        world.complain(f"{sent.identity} is {sequences[sent.identity]}, sent again: {answer}")
    finally:
        for door in doors.values():
            await door.close()


async def _forget(world: World[OneOfEach]) -> None:
    """Make the stream forget what is older than a moment; from now on it knows what comes as ever."""
    url = world.servers.nats_url
    config = (await ask(url, "STREAM.INFO", STREAM))["config"]
    await ask(url, "STREAM.UPDATE", STREAM, config | {"duplicate_window": _FORGETS_NS})
    await asyncio.sleep(2 * _FORGETS_NS / 1e9)
    await world.servers.kill("nats", 0.0)
    await ask(url, "STREAM.UPDATE", STREAM, config)


async def _settled(door: Door, sent: Sent) -> Answer:
    until = monotonic() + _ANSWERED_S
    while True:
        with suppress(NoAnswer):
            answer = await door.send(sent.message.decode(), batch=False)
            if answer.status != 503:
                return answer
        if monotonic() > until:
            raise TimeoutError(f"{sent.identity} is not answered")
        await asyncio.sleep(0.1)


def _sent(source: str) -> list[Sent]:
    return [Sent(_call(source, number)) for number in range(_EVENTS)]


def _call(source: str, number: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"late-{number}",
        "source": source,
        "type": "daybook.call_made.v1",
        "subject": "deal/D-late",
        "time": "2026-03-02T09:00:00Z",
        "data": {"outcome": "interested"},
    }


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault(f"{2 * _EVENTS} events again that the stream has forgotten", draw.uniform(0, 2), _repeat)]


PLANS = (Plan("late", "events sent again that the stream has forgotten", _faults, OneOfEach),)
