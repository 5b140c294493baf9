"""Checks that single events are acknowledged while a fault lasts, over HTTP and over NATS, each within a bound."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from tests.faults.doors import Door, NoAnswer
from tests.faults.receipts import Sent
from tests.faults.world import World

WITHIN_S = 3.0
_EVERY_S = 0.1
_FIRST_S = 30.0
_WAYS = ("http", "nats")


def going_on(strike: Callable[[World[Any]], Awaitable[None]]) -> Callable[[World[Any]], Awaitable[None]]:
    """Add a check to a fault: single events are acknowledged as ever while the fault lasts."""

    async def watched(world: World[Any]) -> None:
        async with singles_go_on(world):
            await strike(world)

    return watched


@asynccontextmanager
async def singles_go_on(world: World[Any], within_s: float = WITHIN_S) -> AsyncIterator[None]:
    """Sends one event after another by each way while the context is open; complains of each that takes too long."""
    number = world.remembered["probes"] = world.remembered.get("probes", 0) + 1
    doors = [await world.door(f"probe{number}-{way}", way) for way in _WAYS]
    over = asyncio.Event()
    try:
        probes = [_Probe(world, f"probe{number}-{way}", door) for way, door in zip(_WAYS, doors, strict=True)]
        await asyncio.gather(*(each.acknowledged(_FIRST_S) for each in probes))  # intake knows the sources now
        async with asyncio.TaskGroup() as group:
            for each in probes:
                group.create_task(each.until(over, within_s))
            try:
                yield
            finally:
                over.set()
        for each in probes:
            world.note(f"{each.source}: {each.number} single events, the slowest took {each.slowest_s:.2f} s")
    finally:
        for door in doors:
            await door.close()


class _Probe:
    """One way in."""

    def __init__(self, world: World[Any], source: str, door: Door) -> None:
        self.source = source
        self.number = 0
        self.slowest_s = 0.0
        self._world = world
        self._door = door

    async def until(self, over: asyncio.Event, within_s: float) -> None:
        while not over.is_set():
            self.slowest_s = max(self.slowest_s, await self.acknowledged(within_s))
            await asyncio.sleep(_EVERY_S)

    async def acknowledged(self, within_s: float) -> float:
        """Sends the next event until it has its receipt; how long that took."""
        self.number += 1
        sent = [Sent(_event(self.source, self.number))]
        self._world.receipts.note(sent)
        began, complained = monotonic(), False
        while True:
            try:
                answer = await self._door.send(sent[0].message.decode(), batch=False)
                if answer.status in (200, 201):
                    self._world.receipts.acknowledge(sent, [answer.said["sequence"]])
                    return monotonic() - began
                why = f"{answer.status} {answer.said}"
            except NoAnswer as error:
                why = str(error)
            if monotonic() - began > within_s and not complained:
                complained = True
                self._world.complain(f"{self.source}: a single event was not acknowledged within {within_s:g} s: {why}")
            await asyncio.sleep(_EVERY_S)


def _event(source: str, number: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"probe-{number}",
        "source": source,
        "type": "daybook.call_made.v1",
        "subject": f"deal/{source}-{number % 8}",
        "time": "2026-03-31T09:30:00Z",
        "data": {"outcome": "interested"},
    }
