"""A service as a process of its own, as `daybook serve` runs it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from services.embedded.process import Process, Program
from services.runtime import process
from tests import ports

DEADLINE_S = 30.0


class Service:
    """One process. At the end it is told to stop (SIGTERM) and must then end with 0, unless the test ended it."""

    def __init__(self, name: str, program: Program, port: int) -> None:
        self.name = name
        scheme = "https" if "DAYBOOK_TLS_CERTIFICATE" in program.environment else "http"
        self.url = f"{scheme}://127.0.0.1:{port}"
        """Where it answers."""
        self.process: Process
        self.program = program
        self._killed = False
        self._said_before = 0

    async def process_started(self) -> None:
        """Starts its process, whatever becomes of it."""
        self._said_before = self.program.log.stat().st_size if self.program.log.exists() else 0
        self.process = await Process.start(self.program)
        self._killed = False

    async def start(self) -> None:
        """Starts it; intake and query are ready when this returns."""
        await self.process_started()
        if self.name in ("intake", "query"):
            await self.ready()

    async def ready(self) -> None:
        """Waits until `GET /ready` answers 200."""
        async with httpx.AsyncClient(verify=False) as client:  # whom it is trusted by is for tests of TLS to say
            await until(lambda: self._is_ready(client), f"{self.name} is not ready", self.output)

    async def kill(self) -> None:
        """kill -9."""
        self._killed = True
        await self.process.kill()

    async def stop(self) -> None:
        """SIGTERM; it must end with 0, unless it was still being loaded and had not said a word."""
        code = await self.process.stop(20)
        unborn = code == -signal.SIGTERM and self.program.log.stat().st_size == self._said_before
        assert self._killed or code == 0 or unborn, f"{self.name} ended with {code}:\n{self.output()}"

    async def ends(self) -> int:
        """Waits until it ends by itself; its exit code."""
        self._killed = True
        async with asyncio.timeout(DEADLINE_S):
            return await self.process.wait()

    def output(self) -> str:
        """All that it has written."""
        return self.program.log.read_text()

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        assert self.process.exit_code is None, f"{self.name} ended with {self.process.exit_code}:\n{self.output()}"
        try:
            return (await client.get(f"{self.url}/ready")).status_code == 200
        except httpx.TransportError:
            return False


def service_of(name: str, log: Path, environment: Mapping[str, str]) -> Service:
    """A service, not started, with this environment and no other `DAYBOOK_` variables."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DAYBOOK_")}
    port = ports.free()
    inherited[f"DAYBOOK_{name.upper()}_PORT"] = str(port)
    program = Program(
        name=name,
        command=process.daybook("serve", name),
        log=log,
        environment=inherited | dict(environment),
        stop_signal=signal.SIGTERM,
        orphan_signal=signal.SIGKILL,
        directory=Path(__file__).parent.parent,
    )
    return Service(name, program, port)


@asynccontextmanager
async def running_service(name: str, log: Path, environment: Mapping[str, str]) -> AsyncIterator[Service]:
    """A service with this environment and no other `DAYBOOK_` variables."""
    service = service_of(name, log, environment)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


@asynccontextmanager
async def at_work(work: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Work of this process beside the block, cut off at its end; its failure, if it failed, is that of the block."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended


async def until(
    holds: Callable[[], Awaitable[bool]], complaint: str, more: Callable[[], str] = str, deadline_s: float = DEADLINE_S
) -> None:
    """Returns as soon as the coroutine function says yes; AssertionError with the complaint after the deadline."""
    try:
        async with asyncio.timeout(deadline_s):
            while not await holds():  # noqa: ASYNC110 - what is waited for lies in other processes
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{complaint} after {deadline_s:g} s\n{more()}") from None
