"""Many runs, each in a process of its own: writers and checks of one take no time from those of another."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from services.embedded.process import Process, Program
from services.errors import ServerFailed
from tests.faults.plan import Plan
from tests.faults.run import Result

_ENDS_WITHIN_S = 60.0
"""How long a run that is told to end may take to end all its processes."""
_MORE_S = 120.0
"""How long after its own bound a run that breaks itself off may take to say so."""
_REPOSITORY = Path(__file__).parent.parent.parent


class _NoResult(Exception):
    """A run said nothing that can be read; the message says how it ended."""


async def runs(some: Sequence[tuple[Plan[Any], int]], jobs: int, came: Callable[[Result], None]) -> None:
    """All of them, so many side by side; `came` hears each result. A run that gives none has failed, and only that."""
    left = iter(some)

    async def work() -> None:
        for plan, seed in left:
            began = monotonic()
            try:
                came(await _run(plan, seed))
            except _NoResult as error:
                came(_failed(plan, seed, monotonic() - began, str(error)))

    async with asyncio.TaskGroup() as group:
        for _ in range(jobs):
            group.create_task(work())


async def _run(plan: Plan[Any], seed: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="daybook-faults-") as directory:
        document, log = Path(directory) / "result.json", Path(directory) / "log"
        program = Program(
            name=f"{plan.name} {seed}",
            command=[
                *(sys.executable, "-m", "tests.faults", "--plan", plan.name, "--seed", str(seed)),
                *("--recover-within", str(plan.recover_within_s), "--json", str(document)),
            ],
            log=log,
            environment=os.environ,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            directory=_REPOSITORY,
        )
        words = await _to_its_end(program, plan.ends_within_s + _MORE_S)
        results = json.loads(document.read_text()) if document.exists() else []
        if not results:
            said = log.read_text(errors="replace") if log.exists() else ""
            raise _NoResult(f"{words} and gave no result:\n{said}")
    return Result(**{name: value for name, value in results[0].items() if name != "passed"})


async def _to_its_end(program: Program, within_s: float) -> str:
    """Runs a program to its end and tells how it ended. Neither it nor a command that it began is there afterwards."""
    try:
        process = await Process.start(program)
    except ServerFailed as error:
        raise _NoResult(str(error)) from error
    try:
        async with asyncio.timeout(within_s):
            return f"it ended with {await process.wait()}"
    except TimeoutError:
        return f"it went on for {within_s:g} s, was told to end"
    finally:
        await process.stop(_ENDS_WITHIN_S)
        with suppress(ProcessLookupError):  # nobody is left
            os.killpg(process.pid, signal.SIGKILL)


def _failed(plan: Plan[Any], seed: int, seconds: float, why: str) -> Result:
    return Result(
        plan=plan.name,
        seed=seed,
        acknowledged=0,
        lost=0,
        doubled=0,
        altered=0,
        take_overs_s=[],
        recovery_s=None,
        seconds=round(seconds, 1),
        complaints=[why],
        notes=[],
        kept=None,
    )
