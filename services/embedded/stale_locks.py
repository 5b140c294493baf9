"""Stale locks of a killed PostgreSQL: processes that are still ending, and lock files that name a dead one.

PostgreSQL refuses to start while the process of a lock file exists. A process that is dead but not reaped yet, or
another one that got its number, exists too. On Linux we can tell; elsewhere PostgreSQL judges alone.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from services.errors import ServerFailed

TIMEOUT_S = 60.0
_PROCESSES = Path("/proc")


def clear(data: Path, socket: Path) -> None:
    """Waits until no process works on the cluster; then its lock files mean nothing. Blocks. Raises ServerFailed.

    To be called by who holds the data directory.
    """
    if not data.exists() or not (_PROCESSES / "self").exists():
        return
    deadline = time.monotonic() + TIMEOUT_S
    while at_work := working_on(data):
        if time.monotonic() > deadline:
            raise ServerFailed(f"Processes {', '.join(map(str, at_work))} still use {data}; end them first.")
        time.sleep(0.05)
    for lock in (data / "postmaster.pid", *socket.glob(".s.PGSQL.*.lock")):
        with suppress(FileNotFoundError):
            holder = lock.read_text().split("\n", 1)[0].strip()
            if (_PROCESSES / holder).exists():
                lock.unlink()


def working_on(data: Path) -> list[int]:
    """Processes whose working directory is the cluster, as that of every PostgreSQL process is."""
    wanted = str(data.resolve())
    found = []
    for entry in _PROCESSES.iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd") == wanted:
                found.append(int(entry.name))
        except OSError:
            continue  # it has just ended, is dead already, or is none of ours
    return found
