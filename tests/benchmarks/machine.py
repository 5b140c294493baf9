"""The machine that the figures are of."""

import importlib.metadata
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import psycopg

from services.embedded.cluster import binary as postgres_binary
from services.embedded.nats import _binary as nats_binary

_SYNCS = 200
_PACKAGES = (
    "nats-py",
    "faststream",
    "asyncpg",
    "pydantic",
    "uvicorn",
    "uvloop",
    "httptools",
    "eventsourcing",
)


def facts() -> dict[str, str | float | int]:
    """Processors, memory, disk, versions, and how busy the machine was before the run."""
    found: dict[str, str | float | int] = {
        "processor": _of("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(_of("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "fsync_ms": round(fsync_ms(), 2),
        "load_before": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "nats-server": _said(nats_binary()),
        "postgresql": _said(str(postgres_binary("postgres"))),
    }
    found |= {name: importlib.metadata.version(name) for name in _PACKAGES}
    return found | {"psycopg": f"{psycopg.__version__} ({psycopg.pq.__impl__})"}


def fsync_ms() -> float:
    """Median of writing 4 KiB behind a file's end in the directory for temporary files and waiting until the disk has
    it: what every append by itself must take at least."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(_SYNCS):
            start = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - start)
    return median(took) * 1000


def _of(file: str, key: str) -> str:
    lines = (line.partition(":") for line in Path(file).read_text().splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "unknown")


def _said(program: str) -> str:
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return words[-1]
