"""Strikes of the plans: kill -9 and SIGSTOP, of a process of the product or of a server."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.faults.plan import Fault
from tests.faults.servers import OneOfEach
from tests.faults.world import World


def kill(name: str, down_s: float) -> Callable[[World[Any]], Awaitable[None]]:
    """kill -9 of a process such as `recorder-2`; it is started again so much later."""

    async def strike(world: World[Any]) -> None:
        await world.kept[name].kill(down_s)

    return strike


def kill_server(name: str, down_s: float) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """kill -9 of `nats` or `postgres`."""

    async def strike(world: World[OneOfEach]) -> None:
        await world.servers.kill(name, down_s)

    return strike


def freeze(names: Sequence[str], for_s: float) -> Callable[[World[Any]], Awaitable[None]]:
    """SIGSTOP of some processes, and SIGCONT later."""

    async def strike(world: World[Any]) -> None:
        for each in names:
            world.kept[each].freeze()
        try:
            await asyncio.sleep(for_s)
        finally:
            for each in names:
                world.kept[each].thaw()

    return strike


def freeze_server(name: str, for_s: float) -> Callable[[World[OneOfEach]], Awaitable[None]]:
    """SIGSTOP of `nats` or `postgres`, and SIGCONT later."""

    async def strike(world: World[OneOfEach]) -> None:
        await world.servers.freeze(name, for_s)

    return strike


def kill_fault(name: str, at_s: float, down_s: float) -> Fault[Any]:
    """kill -9 of a process of the product."""
    return Fault(f"kill {name}, down for {down_s:.2f} s", at_s, kill(name, down_s))


def kill_server_fault(name: str, at_s: float, down_s: float) -> Fault[OneOfEach]:
    """kill -9 of a server."""
    return Fault(f"kill {name}, down for {down_s:.2f} s", at_s, kill_server(name, down_s))
