"""Our own Python in child processes: it imports what this process imports, and nothing from the working directory.

Python puts the working directory first where it is started with `-m` or `-c`, and wherever `PYTHONPATH` has an empty or
relative entry: a folder with a package `services` or a file `asyncpg.py` would then be imported in place of ours.
"""

import os
import sys
from pathlib import Path

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
