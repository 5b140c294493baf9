"""Processor time and memory that processes use, as Linux counts them."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def cpu_s(*pids: int) -> float:
    """Seconds of processor time that processes have used so far, in all threads, user and system."""
    return sum(_cpu_s(pid) for pid in pids)


def resident_mib(*pids: int) -> float:
    """Memory that processes hold now. What they share (PostgreSQL's buffers) counts for each of them."""
    return sum(int(_text(pid, "statm").split()[1]) * _PAGE_BYTES for pid in pids) / 2**20


def peak_mib(pid: int) -> float:
    """The most memory that a process has held."""
    line = next(each for each in _text(pid, "status").splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def family(pid: int) -> list[int]:
    """A process and all below it. What has ended is not in it, and its processor time not either: see `cpu_s_of`."""
    return [pid, *(each for child in _children(pid) for each in family(child))]


def cpu_s_of(pid: int) -> float:
    """Seconds of processor time of a process, of all below it, and of those of them that have ended and were waited
    for. For PostgreSQL: all of it, whichever backends came and went."""
    return sum(map(_with_ended_s, family(pid)))


def _cpu_s(pid: int) -> float:
    return sum(map(int, _after_name(pid)[11:13])) * _TICK_S


def _with_ended_s(pid: int) -> float:
    try:
        return _cpu_s(pid) + _ended_s(pid)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it has just ended, and counts for who waited for it


def _ended_s(pid: int) -> float:
    return sum(map(int, _after_name(pid)[13:15])) * _TICK_S


def _after_name(pid: int) -> list[str]:
    """The fields of `stat` behind the name, which may hold spaces: the first is the third of proc(5)."""
    return _text(pid, "stat").rpartition(")")[2].split()


def _children(pid: int) -> Iterator[int]:
    try:
        for task in (Path("/proc") / str(pid) / "task").iterdir():
            yield from map(int, (task / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        return  # it has just ended


def _text(pid: int, name: str) -> str:
    return (Path("/proc") / str(pid) / name).read_text()
