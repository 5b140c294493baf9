"""A network that carries requests and swallows answers: receipts on the way to senders, and those of the stream.

Whoever asked cannot know what came of it. Senders that repeat must be told of one and the same entry; what others sent
once is there once or not at all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from tests.faults.plan import Fault, Plan
from tests.faults.servers import Swallowing
from tests.faults.world import World


def swallow(appends: bool, for_s: float) -> Callable[[World[Swallowing]], Awaitable[None]]:
    """No answer passes for a while: to senders over HTTP, or with `appends` from the stream to intake."""

    async def strike(world: World[Swallowing]) -> None:
        proxies = [world.servers.between] if appends else list(world.gates.values())
        for each in proxies:
            each.swallow()
        try:
            await asyncio.sleep(for_s)
        finally:
            for each in proxies:
                each.mend()

    return strike


def _faults(draw: Random) -> Sequence[Fault[Swallowing]]:
    found = []
    for appends in draw.sample([True, True, False], 3):  # intake waits 5 s for the stream
        for_s = draw.uniform(6, 8) if appends else draw.choice([draw.uniform(0.2, 1), draw.uniform(4, 6)])
        whose = "the stream's answers to intake" if appends else "the receipts"
        found.append(Fault(f"swallow {whose} for {for_s:.1f} s", draw.uniform(0, 1.5), swallow(appends, for_s)))
    return found


PLANS = (Plan("swallowed", "answers swallowed: receipts, and the stream's to intake", _faults, Swallowing),)
