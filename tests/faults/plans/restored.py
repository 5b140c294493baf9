"""PostgreSQL restored from a base backup: the stream goes further than the journal, which is recorded anew."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from random import Random

from tests.faults.memory import remember_rows, rows_are_as_remembered
from tests.faults.pair import base_backup
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.world import World


def restore(after_s: float) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """A base backup is taken, writes go on, and then the disk is lost and the backup put in its place."""

    async def strike(world: World[OneOfEach]) -> None:
        postgres, backup = world.servers.postgres, world.home / "base-backup"
        await base_backup(f"host={postgres.socket} user=postgres", backup)
        last = world.receipts.highest
        world.note(f"base backup taken at about {last}")
        await asyncio.sleep(after_s)
        await world.caught_up()
        rows = await remember_rows(world)
        await postgres.process.kill()
        await asyncio.to_thread(shutil.rmtree, postgres.data)
        await asyncio.to_thread(backup.rename, postgres.data)
        await postgres.start()
        world.note(f"restored; about {rows - last} rows are to be recorded anew")

    return strike


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    after_s = draw.uniform(3, 8)
    return [
        Fault(f"lose PostgreSQL's disk, restore a backup {after_s:.1f} s old", draw.uniform(0, 4), restore(after_s))
    ]


PLANS = (
    Plan(
        "restored",
        "PostgreSQL: restored from an older base backup",
        _faults,
        OneOfEach,
        check=rows_are_as_remembered,
    ),
)
