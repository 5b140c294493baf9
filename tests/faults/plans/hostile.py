"""5,000 malformed, oversized and hostile messages, among good ones: each is refused by name or kept as unreadable."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.faults.hostile.doors import over_http, over_nats
from tests.faults.hostile.raw import raw_http
from tests.faults.hostile.stream import Published, into_the_stream
from tests.faults.memory_use import resident_mb
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_HTTP, _NATS, _STREAM = 2000, 1000, 2000
_HELD = 40
"""Connections whose body never comes."""
_MAX_MEMORY_MB = 600
"""Of each process. Intake holds at most 128 MB of bodies and as much of events being recorded."""


def _attack(draw: Random) -> Sequence[Fault[OneOfEach]]:
    seeds = [draw.random() for _ in range(3)]

    async def strike(world: World[OneOfEach]) -> None:
        watching = asyncio.create_task(_watch(world))
        held = await raw_http(world, _HELD)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(over_http(world, Random(seeds[0]), _HTTP))
                group.create_task(over_nats(world, Random(seeds[1]), _NATS))
                stream = group.create_task(into_the_stream(world, Random(seeds[2]), _STREAM))
        finally:
            watching.cancel()
            for each in held:
                each.close()
        world.remembered["published"] = stream.result()
        world.note(f"the stream took {len(stream.result().taken)} and refused {dict(stream.result().refused)}")
        world.note(f"most memory in MB: {world.remembered['memory']}")

    return [Fault(f"{_HTTP + _NATS + _STREAM} hostile messages", 0.0, strike)]


async def _watch(world: World[Any]) -> None:
    """The most memory that each process was seen to hold."""
    most: dict[str, int] = world.remembered.setdefault("memory", {})
    while True:
        for name, each in world.kept.items():
            most[name] = max(most.get(name, 0), resident_mb(each))
        await asyncio.sleep(0.2)


async def nothing_bad_counts(world: World[Any]) -> None:
    """Every process is in its first life, none grew beyond bounds, and what cannot be an event is no entry."""
    world.all_in_first_life()
    for name, most in world.remembered["memory"].items():
        if most > _MAX_MEMORY_MB:
            world.complain(f"{name} held {most} MB")
    published: Published = world.remembered["published"]
    rows = await world.look(
        "select sequence, disposition, reason, message from ledger.journal where sequence = any($1::bigint[])",
        list(published.taken),
    )
    if len(rows) != len(published.taken):
        world.complain(f"of {len(published.taken)} messages that the stream took, {len(rows)} are in the journal")
    for row in rows:
        message, why = published.taken[row["sequence"]]
        if row["message"] != message:
            world.complain(f"row {row['sequence']} has other bytes than were sent")
        if why is not None and (row["disposition"] == "entry" or not row["reason"]):
            world.complain(f"{message[:200]!r} ({why}) is {row['disposition']}, reason {row['reason']}")
    world.note(f"straight into the stream: {dict(Counter(row['disposition'] for row in rows))}")
    without = await world.look(
        "select count(*) from ledger.journal where disposition in ('unreadable', 'conflict') and reason is null"
    )
    if without[0][0]:
        world.complain(f"{without[0][0]} quarantined messages have no reason")


PLANS = (Plan("hostile", "5,000 malformed, oversized, hostile messages", _attack, OneOfEach, check=nothing_bad_counts),)
