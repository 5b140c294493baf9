"""Workers that lose their place: lanes claimed by others, a recorder and a projector met within a transaction."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from time import monotonic
from typing import Any

from tests.faults.kept import Kept
from tests.faults.onlooker import AWAY
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.taking_over import others_go_on
from tests.faults.world import World

_LANES = 16
_NOTICED_S = 20.0
_TAKES_OVER_WITHIN_S = 45.0
"""PostgreSQL itself ends a transaction in which nothing happens after 60 s."""
_TRIES = 4000
_WRITES = "select count(*) from pg_stat_activity where application_name = $1 and backend_xid is not null"


async def _claim(world: World[Any]) -> None:
    """Each lane is claimed, as another projector would do it; whoever worked on it notices, and nothing is doubled."""
    projector = world.kept["projector"]
    async with world.writers.quiet():
        await world.settled()  # so that all lanes go on together, and none by itself
        mark = len(projector.output())
        await world.look(f'update "{await world.served()}".lane set epoch = epoch + 1')
    until = monotonic() + _NOTICED_S
    while len(lost := _lost(projector, mark)) < _LANES and monotonic() < until:  # noqa: ASYNC110 - a process
        await asyncio.sleep(0.05)
    world.note(f"the projector has noticed that {len(lost)} lanes were claimed")
    if len(lost) < _LANES:
        world.complain(f"lanes were claimed, and the projector has lost {sorted(lost)} of {_LANES}")


def _lost(projector: Kept, mark: int) -> set[str]:
    lines = projector.output()[mark:].splitlines()
    return {word for line in lines if "lane_lost" in line for word in line.split() if word.startswith("lane=")}


async def _stop_within_a_transaction(world: World[OneOfEach]) -> None:
    """The recorder is stopped while PostgreSQL holds rows for it; a standby must not wait for those."""
    leader = await world.leading("recorder")
    if leader is None:
        world.complain("no recorder leads")
        return
    began = await _frozen_while_it_writes(world, leader, "recorder writer")
    try:
        await others_go_on(world, leader.name, began, within_s=_TAKES_OVER_WITHIN_S)
    finally:
        leader.thaw()


async def _kill_within_a_transaction(world: World[OneOfEach]) -> None:
    """The projector dies while rows are written: of what was not committed nothing may be there, positions neither."""
    projector = world.kept["projector"]
    async with world.writers.quiet():
        await world.settled()  # what comes next is taken by all lanes together
    await _frozen_while_it_writes(world, projector, "projector")
    await projector.kill(0.0)


async def _frozen_while_it_writes(world: World[Any], process: Kept, connections: str) -> float:
    """Stops a process as often as it takes to meet it with rows written and not committed; when that was.

    `connections`: what its connections are called.
    """
    for _ in range(_TRIES):
        process.freeze()
        began = monotonic()
        if await _writes(world, connections):
            world.note(f"{process.name} is stopped within a transaction")
            return began
        process.thaw()
        await asyncio.sleep(world.draw.uniform(0.001, 0.02))
    raise TimeoutError(f"{process.name} was never met within a transaction")


async def _writes(world: World[Any], connections: str) -> bool:
    """Tell if a transaction is open that has written, and stays so once PostgreSQL has done what it was asked for."""
    with suppress(*AWAY):
        await asyncio.sleep(0.01)
        if (await world.look(_WRITES, connections))[0][0]:
            await asyncio.sleep(0.05)
            return bool((await world.look(_WRITES, connections))[0][0])
    return False


def _claimed(draw: Random) -> Sequence[Fault[Any]]:
    return [Fault("claim every lane, as another projector does", draw.uniform(0.5, 2), _claim) for _ in range(3)]


def _stopped(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault("stop the recorder within a transaction", draw.uniform(0.5, 2), _stop_within_a_transaction)]


def _killed(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [
        Fault("kill the projector within a transaction", draw.uniform(0.5, 1.5), _kill_within_a_transaction)
        for _ in range(3)
    ]


PLANS = (
    Plan("claimed", "lanes claimed by another projector", _claimed, OneOfEach),
    Plan("killed_writing", "kill -9 of the projector within a transaction", _killed, OneOfEach),
    Plan(
        "stopped_writing",
        "SIGSTOP of the recorder within a transaction, a standby takes over",
        _stopped,
        OneOfEach,
        services=("intake", "recorder", "recorder-2", "projector", "query", "notary"),
    ),
)
