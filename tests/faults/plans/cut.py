"""NATS dies in the middle of large batches whose sender never repeats them.

Each has receipts for all of its events, and then all are there; or for none, and then its first events may be.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any

from tests.faults.doors import Door, NoAnswer
from tests.faults.plan import Fault, Plan
from tests.faults.receipts import Sent
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_EVENTS = 1000
_SENT_WITHIN_S = 0.25
"""A batch of so many is written to the stream within about this time."""
_TIMES = 5


def _cut(number: int, after_s: float) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """NATS is killed so long after a batch was sent."""

    async def strike(world: World[OneOfEach]) -> None:
        source = f"cut-{number}"
        door = await world.door(source, "http")
        try:
            sending = asyncio.create_task(_send(world, door, source))
            await asyncio.sleep(after_s)
            await world.servers.kill("nats", 0.0)
            await sending
        finally:
            await door.close()

    return strike


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    found = []
    for number in range(_TIMES):
        after_s = draw.uniform(0, _SENT_WITHIN_S)
        name = f"kill nats {after_s:.3f} s after a batch of {_EVENTS} was sent"
        found.append(Fault(name, draw.uniform(0, 0.5), _cut(number, after_s)))
    return found


async def _send(world: World[Any], door: Door, source: str) -> None:
    sent = [Sent(_call(source, each)) for each in range(_EVENTS)]
    world.receipts.note_once(sent)
    try:
        answer = await door.send(f"[{','.join(each.message.decode() for each in sent)}]", batch=True)
    except NoAnswer:
        return
    if answer.status == 201:
        world.receipts.acknowledge(sent, [each["sequence"] for each in answer.said])
    elif answer.status != 503:
        world.complain(f"a good batch was refused with {answer.status}: {answer.said}")


def _call(source: str, number: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": source,
        "type": "daybook.call_made.v1",
        "subject": f"deal/D-{source}-{number % 50}",
        "time": "2026-03-02T09:00:00Z",
        "data": {"outcome": "interested"},
    }


PLANS = (Plan("cut", "kill -9 of NATS in the middle of large batches, never repeated", _faults, OneOfEach),)
