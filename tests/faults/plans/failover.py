"""PostgreSQL fails over to its streaming replica, which has everything that was committed, or not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random
from time import monotonic

from tests.faults.memory import remember_rows, rows_are_as_remembered
from tests.faults.plan import Fault, Plan
from tests.faults.replicated import Replicated
from tests.faults.taking_over import others_go_on
from tests.faults.world import World

_LAG = 30
"""So many rows at least the replica lacks, where it does not have everything."""
_LAGS_WITHIN_S = 60.0


def fail_over(*, frozen: bool, for_s: float, lags: bool) -> Callable[[World[Replicated]], Awaitable[None]]:
    """The primary is killed, or freezes and is killed later, and the ledger goes on with the replica that it had.

    Over when a new replica follows the new primary.
    """

    async def strike(world: World[Replicated]) -> None:
        pair = world.servers.pair
        if lags:
            await pair.cut_off_standby()
            last = await _last(world)
            async with asyncio.timeout(_LAGS_WITHIN_S):
                while await _last(world) < last + _LAG:  # noqa: ASYNC110 - writers and recorder are other processes
                    await asyncio.sleep(0.05)
        await remember_rows(world)
        began = monotonic()
        await pair.fail_over(frozen=frozen)
        world.note(f"{pair.primary.home.name} is the primary now")
        await asyncio.sleep(for_s)
        await pair.bury()
        world.look_anew()
        await others_go_on(world, "the primary", began)
        await pair.follow()

    return strike


async def _last(world: World[Replicated]) -> int:
    return int((await world.look("select coalesce(max(sequence), 0) from ledger.journal"))[0][0])


def _faults(lags: bool) -> Callable[[Random], Sequence[Fault[Replicated]]]:
    def faults(draw: Random) -> Sequence[Fault[Replicated]]:
        frozen, for_s = draw.random() < 0.5, draw.uniform(1, 8)
        how = f"freezes for {for_s:.1f} s" if frozen else "is killed"
        strike = fail_over(frozen=frozen, for_s=for_s, lags=lags)
        return [Fault(f"the primary {how}, its replica takes over", draw.uniform(0, 3), strike)]

    return faults


PLANS = (
    Plan(
        "failover",
        "PostgreSQL: failover to a synchronous replica",
        _faults(lags=False),
        partial(Replicated, synchronous=True),
        check=rows_are_as_remembered,
    ),
    Plan(
        "failover_lagging",
        "PostgreSQL: failover to a replica that lacks the last rows",
        _faults(lags=True),
        partial(Replicated, synchronous=False),
        check=rows_are_as_remembered,
    ),
)
