"""SIGSTOP of a server with its children, and SIGCONT: it keeps its connections and answers nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.embedded.process import Process


@contextmanager
def frozen(process: Process) -> Iterator[None]:
    """Frozen while the context is open."""
    freeze(process)
    try:
        yield
    finally:
        thaw(process)


def freeze(process: Process) -> None:
    """SIGSTOP to a process and its children; nothing happens when it has ended."""
    _signal(process, signal.SIGSTOP)


def thaw(process: Process) -> None:
    """SIGCONT to a process and its children."""
    _signal(process, signal.SIGCONT)


def _signal(process: Process, number: signal.Signals) -> None:
    if process.exit_code is not None:
        return
    for pid in [process.pid, *_children(process.pid)]:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _children(parent: int) -> list[int]:
    """PostgreSQL's processes are children of the first one, each in a session of its own."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents = entry.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if parents == str(parent):
            found.append(int(entry.parent.name))
    return found
