"""Child processes: each with a session of its own, output appended to a log, gone when we are gone."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.errors import ServerFailed

_PARENT_DEATH_SIGNAL = Path(__file__).with_name("parent_death_signal.py")
_LOG_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class User:
    """A system user that a process runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """Program to run, and the signals by which it is told to end."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals
    """Ends it in good order."""
    orphan_signal: signal.Signals
    """Sent by the kernel when its supervisor is gone."""
    directory: Path = Path("/")
    user: User | None = None
    """None: whoever we are."""


def with_parent_death_signal(orphan_signal: signal.Signals, user: User | None = None) -> list[str]:
    """Words to put before a command so that it gets the signal when this process ends, however that happens."""
    uid, gid = (user.uid, user.gid) if user else (-1, -1)
    words = (sys.executable, "-I", "-S", str(_PARENT_DEATH_SIGNAL), int(orphan_signal), os.getpid(), uid, gid)
    return [str(each) for each in words]


class Process:
    """A running program. Its standard output and error are appended to the program's log."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self._process = process

    @classmethod
    async def start(cls, program: Program) -> "Process":
        """Starts it. Raises ServerFailed when there is no such program."""
        program.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = await asyncio.create_subprocess_exec(
                *with_parent_death_signal(program.orphan_signal, program.user),
                *program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.directory,
                env=dict(program.environment),
                start_new_session=True,
            )
        except OSError as error:
            raise ServerFailed(f"{program.name} cannot be started: {error}") from error
        finally:
            os.close(log)
        return cls(program, process)

    @property
    def pid(self) -> int:
        """Process id of the program."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Exit code of the process: None while it runs; negative: the signal that ended it."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for the program to end; return its exit code."""
        return await self._process.wait()

    async def stop(self, patience_s: float = 10.0) -> int:
        """Ends it in good order, by force when that takes longer than `patience_s`."""
        self.send(self.program.stop_signal)
        try:
            async with asyncio.timeout(patience_s):
                return await self.wait()
        except TimeoutError:
            return await self.kill()

    async def kill(self) -> int:
        """Ends it at once (kill -9)."""
        self.send(signal.SIGKILL)
        return await self.wait()

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; nothing happens when it has ended."""
        if self._process.returncode is None:
            try:
                self._process.send_signal(number)
            except ProcessLookupError:
                return

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        return last_words(self.program.log, lines)


Started = Callable[[Process], None]


def unnoted(_: Process) -> None:
    """Notes nothing: nobody remembers this process."""


def last_words(log: Path, lines: int = 5) -> str:
    """The last lines of a log; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
