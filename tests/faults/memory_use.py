"""Memory that processes of the product hold while something is done to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.faults.kept import Kept
from tests.faults.world import World

_EVERY_S = 0.2


def resident_mb(process: Kept) -> int:
    """Return the resident memory of a process in MiB; 0 when the process has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
    return 0


@asynccontextmanager
async def watching_memory(world: World[Any], most_growth_mb: int) -> AsyncIterator[None]:
    """Complains of each process that has grown by more than so much while the context was open."""
    before = {name: resident_mb(each) for name, each in world.kept.items()}
    most = dict(before)

    async def watch() -> None:
        while True:
            for name, each in world.kept.items():
                most[name] = max(most[name], resident_mb(each))
            await asyncio.sleep(_EVERY_S)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
    grown = {name: most[name] - before[name] for name in before}
    world.note(f"grown by, in MB: {grown}")
    for name, growth in grown.items():
        if growth > most_growth_mb:
            world.complain(f"{name} has grown by {growth} MB")
