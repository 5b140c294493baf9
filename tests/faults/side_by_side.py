"""Many runs, each in a process of its own: writers and checks of one take no time from those of another."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from services.embedded.process import Process, Program
from tests.faults.plan import Plan
from tests.faults.run import Result

_ENDS_WITHIN_S = 60.0
"""How long a run that is told to end may take to end all its processes."""
_REPOSITORY = Path(__file__).parent.parent.parent


async def runs(
    some: Sequence[tuple[Plan[Any], int]], jobs: int, results: list[Result], show: Callable[[Result, str], None]
) -> None:
    """All of them, so many side by side; each result is shown and added as it comes."""
    left = iter(some)

    async def work() -> None:
        for plan, seed in left:
            results.append(await _run(plan, seed))
            show(results[-1], f"{len(results)}/{len(some)}")

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
                *("--json", str(document)),
            ],
            log=log,
            environment=os.environ,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            directory=_REPOSITORY,
        )
        process = await Process.start(program)
        try:
            code = await process.wait()
        finally:
            await process.stop(_ENDS_WITHIN_S)
        if not document.exists():
            raise RuntimeError(f"the run of {plan.name} with seed {seed} ended with {code}:\n{log.read_text()}")
        (result,) = json.loads(document.read_text())
    return Result(**{name: value for name, value in result.items() if name != "passed"})
