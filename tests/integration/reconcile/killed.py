"""A reconciliation that dies (kill -9) at a point: `python -m tests.integration.reconcile.killed STEP TIME PARTS`.

It dies as the step begins for the TIMEth time, or once PARTS of it are done. It ends with 0 when it never comes there.
"""

import asyncio
import os
import signal
import sys

from services.endpoints import endpoints
from services.reconcile import reconcile
from services.settings import Settings
from services.stream import append_at


class Deadly:
    """Kills us."""

    def __init__(self, step: str, time: int, parts: int) -> None:
        self._step, self._times_left, self._parts = step, time, parts
        self._now = ""

    def begins(self, step: str, total: int | None) -> None:
        self._now = step
        self._times_left -= step == self._step
        self._die()

    def advances(self, parts: int) -> None:
        self._parts -= parts if self._reached() else 0
        self._die()

    def _reached(self) -> bool:
        return self._now == self._step and self._times_left == 0

    def _die(self) -> None:
        if self._reached() and self._parts <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(step: str, time: str, parts: str) -> None:
    append_at.MAX_BATCH_BYTES = 1  # each message is a batch of its own
    settings = Settings()
    deadly = Deadly(step, int(time), int(parts))
    await reconcile.apply(settings, endpoints(settings), deadly, by="Li", reason="a test")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
