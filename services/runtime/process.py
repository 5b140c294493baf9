"""This process: Daybook's version, its garbage collector, and its own Python in child processes.

Python puts the working directory first where it is started with `-m` or `-c`, and wherever `PYTHONPATH` has an empty or
relative entry: a folder with a package `services` or a file `asyncpg.py` would then be imported in place of ours.
"""

import gc
import os
import sys
from importlib import metadata
from pathlib import Path


def version() -> str:
    """The installed version."""
    try:
        return metadata.version("daybook")
    except metadata.PackageNotFoundError:
        return "not installed"


def tune_garbage_collector() -> None:
    """Freeze existing objects out of garbage collection, and collect of new ones the youngest generation alone.

    That is a fifth of the throughput. A collection of older generations would take seconds with millions of objects,
    in which nothing else is done.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 1_000_000, 1_000_000)


_START = Path(__file__).parents[1] / "cli" / "start.py"


def daybook(*words: str) -> list[str]:
    """Words that run a command of Daybook: this interpreter, this code, whatever the working directory holds."""
    return [sys.executable, "-P", str(_START), *words]


def shut_working_directory() -> None:
    """Let no Python that this process starts import from the working directory, one started by a library included.

    `multiprocessing` starts workers with `-c`. They get neither `-P` nor words of ours, so the environment says it.
    """
    os.environ["PYTHONSAFEPATH"] = "1"
    if (path := os.environ.pop("PYTHONPATH", None)) is not None:
        absolute = [each for each in path.split(os.pathsep) if os.path.isabs(each)]
        if absolute:
            os.environ["PYTHONPATH"] = os.pathsep.join(absolute)
