"""No room for logs: nothing ends because it cannot say what it does, and everything goes on."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.faults.going_on import singles_go_on
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.small_disk import SmallDisk, impossible
from tests.faults.world import World

_DISK_BYTES = 64 * 1024 * 1024


class LogsOnSmallDisk(OneOfEach):
    """The logs of all processes and servers have a small disk to themselves."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.disk = SmallDisk(home / "logs", _DISK_BYTES)

    async def start(self) -> None:
        self.disk.mount()
        self.disk.path.chmod(0o711)  # PostgreSQL may be another user
        await super().start()

    async def stop(self) -> None:
        try:
            await super().stop()
        finally:
            self.disk.unmount()


def _faults(draw: Random) -> Sequence[Fault[LogsOnSmallDisk]]:
    for_s = draw.uniform(6, 10)

    async def strike(world: World[LogsOnSmallDisk]) -> None:
        taken = await asyncio.to_thread(world.servers.disk.fill, 0)
        world.note(f"{taken} bytes were taken")
        try:
            async with singles_go_on(world):
                await asyncio.sleep(for_s)
        finally:
            world.servers.disk.free()

    return [Fault(f"no room for logs for {for_s:.1f} s, single events go on", draw.uniform(0, 2), strike)]


async def nobody_ended(world: World[LogsOnSmallDisk]) -> None:
    """All are in their first life."""
    world.all_in_first_life()


PLANS = (
    Plan(
        "full_logs",
        "the disk of the logs full",
        _faults,
        LogsOnSmallDisk,
        check=nobody_ended,
        impossible=impossible,
    ),
)
