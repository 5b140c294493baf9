"""One run: the plan's faults strike while the writers send, and then everything acknowledged is looked for."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from time import monotonic
from traceback import format_exception
from typing import Any

from tests.faults.checks import check
from tests.faults.oracle import Findings
from tests.faults.plan import TAIL_S, Fault, Plan
from tests.faults.recovery import Recovery
from tests.faults.servers import S
from tests.faults.world import NotRecovered, Say, World, ready


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a run."""

    plan: str
    seed: int
    acknowledged: int
    """Different events that a writer has a receipt for."""
    lost: int
    doubled: int
    altered: int
    take_overs_s: Sequence[float | None]
    """Where others were to go on: how long after the beginning of the outage they did; None when they did not."""
    recovery_s: float | None
    """The longest time from a fault's end until everything was there again; None when it was not, or nobody knows."""
    seconds: float
    complaints: Sequence[str]
    notes: Sequence[str]
    kept: str | None
    """Where the logs of a failed run are."""

    @property
    def passed(self) -> bool:
        """Nothing was lost, doubled or altered, and nothing else is wrong."""
        return not (self.lost or self.doubled or self.altered or self.complaints)

    def document(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self) | {"passed": self.passed}


def schedule(plan: Plan[S], seed: int) -> list[Fault[S]]:
    """The faults of a run: the same for the same plan and seed."""
    return list(plan.faults(Random(f"{plan.name} {seed}")))


async def run(plan: Plan[S], seed: int, say: Say) -> Result:
    """One run on a directory of its own, which is kept when the run fails. `say` hears what happens."""
    home = Path(tempfile.mkdtemp(prefix=f"daybook-faults-{plan.name}-{seed}-"))
    passed = False
    try:
        result = await _run(plan, seed, home, say)
        passed = result.passed
        return result
    except asyncio.CancelledError:
        passed = True  # who cancelled it does not want its logs
        raise
    finally:
        if passed:
            shutil.rmtree(home, ignore_errors=True)


async def _run(plan: Plan[S], seed: int, home: Path, say: Say) -> Result:
    began = monotonic()
    world = World(plan, seed, home, say)
    recovery = Recovery(world)
    found = Findings()
    try:
        async with asyncio.timeout(plan.ends_within_s), ready(world):
            found = await _through(world, recovery)
    except Exception as error:
        recovery.gave_up = True
        world.complain("the run broke off: " + "".join(format_exception(error)))
    wrong = bool(world.complaints or found.lost or found.doubled or found.altered)
    return Result(
        plan=plan.name,
        seed=seed,
        acknowledged=found.acknowledged,
        lost=len(found.lost),
        doubled=len(found.doubled),
        altered=len(found.altered),
        take_overs_s=world.take_overs_s,
        recovery_s=None if recovery.gave_up else round(recovery.longest_s, 2),
        seconds=round(monotonic() - began, 1),
        complaints=world.complaints,
        notes=world.notes,
        kept=str(home) if wrong else None,
    )


async def _through(world: World[S], recovery: Recovery[S]) -> Findings:
    world.note("ready")
    async with world.writing():
        await recovery.strike_all(schedule(world.plan, world.seed))
        await asyncio.sleep(TAIL_S)
    try:
        await world.caught_up()
    except NotRecovered as error:
        recovery.gave_up = True
        world.complain(f"at the end: {error}")
    return await check(world)
