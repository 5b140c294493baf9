"""Time from a fault until everything acknowledged by then is in the views and everything is ready."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Generic

from tests.faults.plan import Fault
from tests.faults.servers import S
from tests.faults.world import World

_BEGUN = 40
"""Faults begin once so many receipts were given: the writers are at work then."""


class Recovery(Generic[S]):
    """Measures from the end of each fault. Faults that overlap are one, which ends with the last of them."""

    def __init__(self, world: World[S]) -> None:
        self.longest_s = 0.0
        self.gave_up = False
        """Whether it was ever not ready again within the plan's bound."""
        self._world = world
        self._striking = 0
        self._measured = 0

    async def strike_all(self, faults: Sequence[Fault[S]]) -> None:
        """Every fault at its instant. Raises NotRecovered when the writers cannot even begin."""
        async with asyncio.timeout(self._world.plan.recover_within_s):
            while self._world.receipts.count < _BEGUN:  # noqa: ASYNC110 - receipts come from other processes
                await asyncio.sleep(0.01)
        if self._world.plan.together:
            async with asyncio.TaskGroup() as group:
                for each in faults:
                    group.create_task(self._strike(each), name=each.name)
        else:
            for each in faults:
                await self._strike(each)

    async def _strike(self, fault: Fault[S]) -> None:
        """The fault, at its instant, and what comes after it."""
        self._world.pace.quick = True
        await asyncio.sleep(fault.at_s)
        self._world.note(fault.name)
        self._striking += 1
        try:
            await fault.strike(self._world)
        finally:
            self._striking -= 1
            self._world.pace.quick = bool(self._striking)
        self._measured += 1
        ended, mine = monotonic(), self._measured
        wanted = self._world.receipts.highest
        self._world.note(f"{fault.name}: over, {wanted} acknowledged")
        while why := await self._world.unready(wanted):
            if self._striking or mine != self._measured:
                return  # another fault struck before: its end is what counts
            if monotonic() - ended > self._world.plan.recover_within_s:
                self._world.complain(f"not ready again {monotonic() - ended:.0f} s after {fault.name}: {why}")
                self.gave_up = True
                return
            await asyncio.sleep(0.02)
        took = monotonic() - ended
        self._world.note(f"{fault.name}: ready again after {took:.2f} s")
        self.longest_s = max(self.longest_s, took)
