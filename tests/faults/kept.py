"""A process of the product that is started again whenever it ends, as any supervisor would do it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from services.embedded.process import Process, Program
from services.errors import ServerFailed
from tests.freezing import freeze, thaw

RESTART_S = 0.25
"""How soon a process that ended by itself is started again."""
_STARTS_WITHIN_S = 30.0
"""How long one that is to be started may take to be there, beyond what it is left dead on purpose."""


class Kept:
    """One of them. It has the same address and log in all its lives."""

    def __init__(self, name: str, program: Program, url: str, said: Callable[[str], None]) -> None:
        self.name = name
        self.url = url
        self.ended: list[str] = []
        """Each end that nobody asked for: exit code and last words."""
        self.lives = 0
        self._program = program
        self._said = said
        self._process: Process | None = None
        self._asked = False
        self._pause = RESTART_S
        self._wanted = asyncio.Event()
        self._alive = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        """Tell if the process is alive, frozen or not."""
        return self._alive.is_set()

    @property
    def pid(self) -> int:
        """Of the present life, or the last one."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    async def start(self) -> None:
        """Starts it and keeps it from now on."""
        self._wanted.set()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")
        await self._lives()

    async def kill(self, down_s: float) -> None:
        """kill -9; returns once it is started again, so much later. One that is dead already stays so no longer."""
        if self.runs:
            self._pause = down_s
            await self._end()
        await self._lives(down_s)

    async def hold(self) -> None:
        """kill -9, and no more life until `release`."""
        self._wanted.clear()
        await self._end()

    async def release(self) -> None:
        """Starts it again after `hold`."""
        self._wanted.set()
        await self._lives()

    def freeze(self) -> None:
        """SIGSTOP."""
        if self._process is not None:
            freeze(self._process)

    def thaw(self) -> None:
        """SIGCONT."""
        if self._process is not None:
            thaw(self._process)

    async def stop(self) -> int | None:
        """SIGTERM, at the end of the run; its exit code, None when it was not alive."""
        self._wanted.clear()
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self._process is None or self._process.exit_code is not None:
            return None
        self.thaw()
        return await self._process.stop(20)

    def output(self) -> str:
        """All that it has written, in all its lives."""
        try:
            return self._program.log.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    async def _lives(self, down_s: float = 0.0) -> None:
        """Waits until it is there. Raises TimeoutError."""
        async with asyncio.timeout(down_s + _STARTS_WITHIN_S):
            await self._alive.wait()

    async def _end(self) -> None:
        assert self._process is not None
        if self._process.exit_code is None:
            self._asked = True
            await self._process.kill()
        while self._alive.is_set():  # noqa: ASYNC110 - the keeper has yet to notice
            await asyncio.sleep(0)

    async def _keep(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                self._process = await Process.start(self._program)
            except ServerFailed as error:
                self._mourn(str(error))
                await asyncio.sleep(RESTART_S)
                continue
            self.lives += 1
            self._alive.set()
            code = await self._process.wait()
            self._alive.clear()
            if not self._asked:
                self._mourn(f"{self.name} ended with {code}: {self._process.last_words(1)}")
            self._asked = False
            await asyncio.sleep(self._pause)
            self._pause = RESTART_S

    def _mourn(self, words: str) -> None:
        self.ended.append(words)
        self._said(words)
