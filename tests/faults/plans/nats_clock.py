"""The clock of the NATS server jumps, by ten years or by an hour, and is set right again.

While it is wrong nothing more is appended, and no row says a time that is still to come. What was appended before
intake noticed stays unrecorded until `daybook reconcile` gives it a time.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from time import monotonic
from typing import Any

import httpx

from tests.faults.clock import impossible, move_clock
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_YEARS_S, _HOUR_S = 10 * 365 * 86400, 3600
_NOTICED_S = 15.0
_REASON = "the clock of NATS was wrong"
_AHEAD = "select count(*) from ledger.journal where recorded_at > now() + interval '1 minute'"


def jump(seconds: int, for_s: float) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """The clock is so many seconds off for a while; over when what came of it is put right."""

    async def strike(world: World[OneOfEach]) -> None:
        process = world.servers.nats.process
        await move_clock(process.pid, seconds)
        began = monotonic()
        for name in ("intake", "recorder"):
            await _says(world, name, began)
        await asyncio.sleep(max(began + for_s - monotonic(), 0.0))
        before = world.receipts.highest
        await asyncio.sleep(1)
        if world.receipts.highest > before:
            world.complain(f"events are acknowledged while the clock is wrong: {before}, {world.receipts.highest}")
        await move_clock(process.pid, 0)
        await _put_right(world)

    return strike


async def _says(world: World[Any], name: str, began: float) -> None:
    """A process says that it is not ready, because of the clock."""
    while monotonic() - began < _NOTICED_S:
        try:
            if "clock_differs" in (await world.readiness(name))[1]:
                world.note(f"{name} says so after {monotonic() - began:.1f} s")
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.1)
    world.complain(f"{name} has not noticed within {_NOTICED_S:g} s that the clock of NATS is wrong")


async def _put_right(world: World[OneOfEach]) -> None:
    """Put back what was appended with a wrong time, by `daybook reconcile`; where nothing was, nothing is done."""
    recorder = world.kept["recorder"]
    await recorder.hold()
    code, output, complaint = await world.daybook("reconcile", "--apply", "--reason", _REASON, "--json")
    if code:
        world.complain(f"daybook reconcile --apply ended with {code}: {output}{complaint}")
    else:
        said = json.loads(output)
        for each in said["moved"]:
            old, new = (range(first, last + 1) for first, last in (each["old"], each["new"]))
            world.moved |= dict(zip(old, new, strict=True))
        world.note(f"reconcile: {said['action']}, {len(world.moved)} messages moved")
    await recorder.release()


async def nothing_is_dated_ahead(world: World[OneOfEach]) -> None:
    """No row says that it was recorded at a time that is still to come."""
    if ahead := (await world.look(_AHEAD))[0][0]:
        world.complain(f"{ahead} rows were recorded at a time that is still to come")


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [
        Fault(f"the clock of NATS is {seconds} s off for {for_s:.1f} s", draw.uniform(0.5, 2), jump(seconds, for_s))
        for seconds, for_s in ((_YEARS_S, draw.uniform(3, 6)), (-_HOUR_S, draw.uniform(3, 6)))
    ]


PLANS = (
    Plan(
        "nats_clock",
        "the clock of NATS jumps",
        _faults,
        OneOfEach,
        check=nothing_is_dated_ahead,
        impossible=impossible,
    ),
)
