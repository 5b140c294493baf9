"""The data directory: one `daybook up` at a time, what it says about itself, and what one that was killed left.

lock            held while `up` or another command works on it; holds its process id and which command it is
run.json        addresses, ports, process id; gone when nothing runs
children.json   process ids of servers and services; gone when nothing runs
nats/           configuration, stream
postgres/       cluster, socket
notary/         its key, and the signed heads
logs/           one file per process
"""

import asyncio
import fcntl
import json
import os
import pwd
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

from services.endpoints import RUN_FILE, identity, running
from services.errors import AlreadyRunning, DaybookError
from services.runtime import files, private_files

UP = "up"
"""The command that serves a ledger."""
_CHILDREN_FILE = "children.json"
_MAX_BYTES = 65_536
_TRIES = 5
_POLL_INTERVAL_S = 0.02
GRACE_S = 5.0
"""How long services that lost their `up` may take to end by themselves."""
LEFTOVER_S = 60.0
"""The same for servers, and for whatever was told to end."""


class DataDirectory:
    """A data directory that we hold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.nats = path / "nats"
        self.postgres = path / "postgres"
        self.logs = path / "logs"
        self._children: dict[str, int] = {}

    def log(self, name: str) -> Path:
        """Path of the log that a process writes."""
        return self.logs / f"{name}.log"

    def write_run(self, run: Mapping[str, Any]) -> None:
        """Says where everything is; for our own eyes, as it holds passwords."""
        private_files.write(
            self.path / RUN_FILE, json.dumps({"pid": os.getpid(), "directory": identity(self.path), **run}, indent=2)
        )

    def started(self, name: str, pid: int) -> None:
        """Remembers a child, in case we are killed."""
        self._children[name] = pid
        private_files.write(self.path / _CHILDREN_FILE, json.dumps(self._children))

    def forget(self) -> None:
        """Remove the files that say what runs, because nothing runs any more."""
        for name in (RUN_FILE, _CHILDREN_FILE):
            (self.path / name).unlink(missing_ok=True)

    async def clear_leftovers(
        self, say: Callable[[str], None], grace_s: float = GRACE_S, leftover_s: float = LEFTOVER_S
    ) -> None:
        """Ends what an `up` that was killed left running; its own children know to end, and are given time."""
        try:
            left = json.loads(files.read(self.path / _CHILDREN_FILE, _MAX_BYTES))
            children = {str(name): int(pid) for name, pid in left.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            children = {}
        for name, pid in children.items():
            for number in (None, signal.SIGTERM, signal.SIGKILL):
                if not _is_ours(pid, self.path):
                    break
                if number is not None:
                    say(f"ending {name} (process {pid}), left by a `daybook up` that was killed")
                    os.kill(pid, number)
                patient = number is not None or name in ("nats", "postgres")
                await self._gone(pid, leftover_s if patient else grace_s)
        self.forget()

    async def _gone(self, pid: int, patience_s: float) -> None:
        try:
            async with asyncio.timeout(patience_s):
                while _is_ours(pid, self.path):  # noqa: ASYNC110 - it is no child of ours that could be waited for
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return


class Holder(NamedTuple):
    """Process that holds a data directory."""

    pid: int | None
    """None: it has just begun, and not said so yet."""
    command: str


@contextmanager
def held(path: Path, command: str = UP) -> Iterator[DataDirectory]:
    """The directory, made if need be and locked. Raises AlreadyRunning, and DaybookError when it is another user's."""
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        must_be_ours(path)
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DaybookError(f"The data directory {path} cannot be used: {error.strerror} ({error.filename}).") from error
    try:
        try:
            _take(lock)
        except BlockingIOError:
            raise already_running(path, _named(lock)) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()} {command}".encode(), 0)
        yield DataDirectory(path.resolve())
        os.ftruncate(lock, 0)
    finally:
        os.close(lock)


def must_be_ours(path: Path) -> None:
    """Raises DaybookError for a directory of another user, and OSError where there is none."""
    owner = path.stat().st_uid
    if owner != os.geteuid():
        raise DaybookError(
            f"The data directory {path} belongs to {_user(owner)} and we are {_user(os.geteuid())}: files of two "
            "owners would mix. Run Daybook as that user, or use --data with another directory."
        )


def _take(lock: int) -> None:
    """Takes the lock. Whoever only looks who holds it lets go at once. Raises BlockingIOError."""
    for left in reversed(range(_TRIES)):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not left:
                raise
            time.sleep(_POLL_INTERVAL_S)
        else:
            return


def holder(path: Path) -> Holder | None:
    """Return the process that holds a data directory now; None: no process. Raises DaybookError."""
    try:
        lock = os.open(path / "lock", os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DaybookError(f"The data directory {path} cannot be used: {error.strerror} ({error.filename}).") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _named(lock)
    else:
        return None
    finally:
        os.close(lock)


def already_running(path: Path, found: Holder | None = None) -> AlreadyRunning:
    """Says what runs on a data directory, where it answers, and how it is stopped."""
    found = found or holder(path)
    command, pid = (found.command, found.pid) if found else (UP, None)
    run = running(path)
    where = f" Events are sent to {run['intake_url']}/events, reports read at {run['query_url']}." if run else ""
    do = f"Stop that one (`daybook down --data {quote(str(path))}`)" if command == UP else "Wait for its end"
    return AlreadyRunning(
        f"A `daybook {command}` runs on {path} already (process {pid or 'unknown'}).{where} {do}, or use --data with "
        "another directory."
    )


def _named(lock: int) -> Holder:
    pid, _, command = os.pread(lock, 64, 0).decode("ascii", "replace").strip().partition(" ")
    return Holder(int(pid) if pid.isdecimal() else None, command or UP)


def _is_ours(pid: int, path: Path) -> bool:
    """Tell if the process runs and its command names a file of the data directory; process ids are used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        if Path("/proc/self").exists():
            return False
        listed = subprocess.run(  # noqa: S603 - a number
            ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        command = listed.stdout
    return re.search(rf"(?<![^\s\"'=]){re.escape(str(path))}(?![^/\s\"'])", command) is not None


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
