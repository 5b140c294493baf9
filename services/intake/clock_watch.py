"""Looking at the clock of the stream again and again: an event that is taken while it is wrong is dated wrongly."""

import asyncio
from typing import NoReturn

import structlog

from services.stream.clock import StreamClock

EVERY_S = 1.0

log = structlog.get_logger()


async def keep_looking(clock: StreamClock) -> NoReturn:
    """Look every second, for ever; says when the clocks begin to differ, and when they agree again."""
    differed = False
    while True:
        await clock.look()
        difference = await clock.difference()
        if difference is not None and not differed:
            log.error("clock_difference_detected", ahead_s=clock.ahead_s, found=difference)
        elif difference is None and differed:
            log.info("clock_difference_resolved", ahead_s=clock.ahead_s)
        differed = difference is not None
        await asyncio.sleep(EVERY_S)
