"""The machine of the NATS server loses its power: what was not synced is gone, and nothing that was acknowledged."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

from tests.faults.deployed import ByConfiguration
from tests.faults.plan import Fault, Plan
from tests.faults.power import PowerDisk, impossible
from tests.faults.servers import Monitored, OneOfEach
from tests.faults.world import World
from tests.freezing import freeze

_TIMES = 2


class OnOwnDisk(OneOfEach):
    """NATS has a disk to itself, whose power can fail."""

    def __init__(self, home: Path, nats: type[Monitored]) -> None:
        super().__init__(home, nats)
        self.disk = PowerDisk(home / "nats", home / "nats.img")

    async def start(self) -> None:
        self.disk.mount()
        await super().start()

    async def stop(self) -> None:
        try:
            await super().stop()
        finally:
            self.disk.unmount()

    async def fail(self) -> None:
        """The power fails, and comes back at once."""
        async with self.turn("nats"):
            freeze(self.nats.process)
            left = await asyncio.to_thread(self.disk.photograph)
            await self.nats.process.kill()
            await asyncio.to_thread(self.disk.lose_power, left)
            await self.nats.start()


async def _fail(world: World[OnOwnDisk]) -> None:
    await world.servers.fail()


def _faults(draw: Random) -> Sequence[Fault[OnOwnDisk]]:
    return [Fault("NATS loses its power", draw.uniform(0.5, 2), _fail) for _ in range(_TIMES)]


PLANS = (
    Plan(
        "power",
        "power failure of NATS, embedded",
        _faults,
        partial(OnOwnDisk, nats=Monitored),
        impossible=impossible,
    ),
    Plan(
        "power_deployed",
        "power failure of NATS, as deploy/nats configures it",
        _faults,
        partial(OnOwnDisk, nats=ByConfiguration),
        impossible=impossible,
    ),
)
