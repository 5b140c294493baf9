"""Others go on while one is away: what is sent during an outage is acknowledged, and appears, before it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from tests.faults.onlooker import AWAY
from tests.faults.world import World

GOES_ON_WITHIN_S = 60.0
_ON_ITS_WAY_S = 0.5
"""An answer that was on its way when the outage began has arrived by then, and is no proof."""


async def others_go_on(
    world: World[Any],
    without: str,
    began: float,
    *,
    reached: Callable[[], Awaitable[int]] | None = None,
    within_s: float = GOES_ON_WITHIN_S,
) -> None:
    """Waits until an event acknowledged since has been reached: is in the views, unless `reached` says otherwise.

    Complains when that takes too long. `began`: when the outage did, by `monotonic`; the time since then is kept.
    """
    await asyncio.sleep(began + _ON_ITS_WAY_S - monotonic())
    before = world.receipts.highest
    while world.receipts.highest <= before or await _sequence(reached or world.projected) <= before:
        if monotonic() - began > within_s:
            world.take_overs_s.append(None)
            world.complain(f"nobody goes on {within_s:g} s after {without} was lost: still at {before}")
            with suppress(*AWAY):
                world.note(await world.lanes())
            return
        await asyncio.sleep(0.05)
    world.take_overs_s.append(round(monotonic() - began, 2))
    world.note(f"others went on {world.take_overs_s[-1]:.2f} s after {without} was lost")


async def _sequence(reached: Callable[[], Awaitable[int]]) -> int:
    try:
        return await reached()
    except AWAY:
        return 0
