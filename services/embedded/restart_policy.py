"""Restart policy of one process: when it ends, it is started again, at once the first time, then later and later."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from services.embedded.process import Process, Started
from services.errors import ServerFailed
from services.runtime.shutdown import cancel_and_wait

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
"""With what a start takes, whoever keeps ending is back within five seconds."""
STEADY_S = 60.0
"""Who has lived this long starts with the first pause again."""
_TRIES = 3

Say = Callable[[str], None]


class Startable(Protocol):
    """A server or a service."""

    async def start(self, started: Started) -> Process:
        """Starts a process, passes it to `started` at once, and returns when it can be used. Raises ServerFailed."""

    async def stop(self) -> None:
        """Ends the process in good order, if there is one."""


class SupervisedProcess:
    """A server or service that is kept alive."""

    def __init__(self, name: str, startable: Startable, started: Callable[[str, int], None], say: Say) -> None:
        self.name = name
        self.restarts = 0
        self._startable = startable
        self._started = started
        self._say = say
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts it and keeps it alive from now on. Raises ServerFailed when the first start fails."""
        await self._startable.start(self._note)
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def stop(self) -> None:
        """Ends it for good."""
        if self._keeper is not None:
            await cancel_and_wait([self._keeper])
        await self._startable.stop()

    def check(self) -> None:
        """Raises ServerFailed when it keeps ending; for use until everything is ready."""
        if self.restarts >= _TRIES:
            words = self._process.last_words() if self._process else ""
            raise ServerFailed(f"{self.name} does not start. Its log ends with:\n{words}")

    def _note(self, process: Process) -> None:
        self._process = process
        self._started(self.name, process.pid)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            assert self._process is not None
            begun = time.monotonic()
            code = await self._process.wait()
            if time.monotonic() - begun > STEADY_S:
                pause = FIRST_PAUSE_S
            self.restarts += 1
            how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
            words = self._process.last_words(1)
            self._say(f"{self.name} {how}; starting it again in {pause:g} s. {words}".rstrip())
            await asyncio.sleep(pause)
            while not await self._again():  # noqa: ASYNC110 - trying again, later each time
                await asyncio.sleep(LONGEST_PAUSE_S)
            pause = min(LONGEST_PAUSE_S, pause * 3)

    async def _again(self) -> bool:
        try:
            await self._startable.start(self._note)
        except Exception as error:  # a keeper that ends by it would keep nothing alive any more
            self._say(f"{self.name} does not start again: {error or type(error).__name__}")
            if self._process is not None:
                await self._process.kill()  # of a start that was given up half way
            return False
        return True
