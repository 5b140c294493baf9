"""Rotation of logs, so that they do not grow for ever."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

KEPT = 3
MAX_BYTES = 16 * 1024 * 1024
_EVERY_S = 30.0


async def keep_rotating(logs: Path) -> None:
    """Looks at every log now and then, for ever."""
    while True:
        with suppress(OSError):  # a full disk; there may be room next time
            await asyncio.to_thread(rotate, logs)
        await asyncio.sleep(_EVERY_S)


def rotate(logs: Path, max_bytes: int = MAX_BYTES) -> None:
    """Copies a log that has become large to `.1` (`.1` to `.2`, …) and empties it; its writer appends and goes on.

    What is written between copy and emptying is lost, a few lines at most.
    """
    for log in logs.glob("*.log"):
        if log.stat().st_size < max_bytes:
            continue
        for number in range(KEPT, 1, -1):
            older = log.with_name(f"{log.name}.{number - 1}")
            if older.exists():
                older.replace(log.with_name(f"{log.name}.{number}"))
        shutil.copy2(log, log.with_name(f"{log.name}.1"))
        with log.open("r+b") as file:
            file.truncate()
