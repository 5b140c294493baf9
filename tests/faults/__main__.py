"""`make faults`: a fixed set of runs, or as many as are asked for, and the table.

Exit code 0: nothing was lost, doubled or altered, and everything recovered. 1: something was, or did not. 2: usage.
130: Ctrl-C; what had been run by then is shown.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tests.faults.plan import Plan
from tests.faults.plans import FIXED, PLANS, named
from tests.faults.run import Result, run, schedule
from tests.faults.table import markdown

Wanted = tuple[Plan[Any], int]

_EXAMPLES = """examples:
  python -m tests.faults                                 the fixed set
  python -m tests.faults --seeds 200                     200 runs: seeds 1 to 200, through all plans in turn
  python -m tests.faults --plan kill_nats --seeds 20     seeds 1 to 20 of one plan
  python -m tests.faults --plan kill_nats --seed 17 -v   one run again, with its schedule and what happened
"""


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Faults at random instants, and then a search for every acknowledged event.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--plan", action="append", choices=[each.name for each in PLANS], help="only this plan")
    parser.add_argument("--seeds", type=int, help="so many runs, with the seeds from 1 on; none: the fixed set")
    parser.add_argument("--seed", type=int, help="one run of each plan with this seed")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="runs side by side (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run's result to a file")
    parser.add_argument("--list", action="store_true", help="show the plans")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what happened in every run")
    asked = parser.parse_args(words)
    if asked.seeds is not None and asked.seed is not None:
        parser.error("--seeds and --seed exclude each other")
    if min(asked.jobs, asked.seeds or 1) < 1:
        parser.error("--jobs and --seeds are 1 or more")
    return asked


def wanted(asked: argparse.Namespace) -> Iterator[Wanted]:
    """The runs."""
    plans = [named(each) for each in asked.plan] if asked.plan else list(PLANS)
    if asked.seed is not None:
        yield from ((plan, asked.seed) for plan in plans)
    elif asked.seeds is not None:
        yield from zip(islice(cycle(plans), asked.seeds), range(1, asked.seeds + 1), strict=True)
    else:
        yield from ((named(name), seed) for name, seed in FIXED if not asked.plan or name in asked.plan)


async def runs(some: Sequence[Wanted], jobs: int, results: list[Result], verbose: bool) -> None:
    """All of them, so many side by side; each result is shown and added as it comes."""
    left = iter(some)

    async def work() -> None:
        for plan, seed in left:
            result = await run(plan, seed, partial(tell, plan.name, seed) if verbose else ignore)
            results.append(result)
            show(result, f"{len(results)}/{len(some)}", verbose)

    async with asyncio.TaskGroup() as group:
        for _ in range(jobs):
            group.create_task(work())


def show(result: Result, number: str, verbose: bool) -> None:
    """One run, on standard error."""
    verdict = "ok" if result.passed else "FAILED"
    say(
        f"[{number}] {result.plan} seed {result.seed}: {verdict}, {result.acknowledged} events acknowledged, "
        f"lost {result.lost}, doubled {result.doubled}, altered {result.altered}, "
        f"recovered in {result.recovery_s:.2f} s, took {result.seconds:.0f} s"
    )
    if not result.passed:
        for each in () if verbose else result.notes:
            say(f"    {each}")
        for each in result.complaints:
            say(f"    wrong: {each}")
        say(f"    logs and receipts: {result.kept}")
        say(f"    again: python -m tests.faults --plan {result.plan} --seed {result.seed} -v")


def tell(plan: str, seed: int, text: str) -> None:
    """What happens in a run, as it happens."""
    say(f"{plan} {seed} {text}")


def ignore(text: str) -> None:
    """It is in the run's notes."""


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)


def main(words: Sequence[str]) -> int:
    """The exit code."""
    asked = arguments(words)
    if asked.list:
        print("\n".join(f"{each.name:24} {each.about}" for each in PLANS))
        return 0
    some = list(wanted(asked))
    if asked.verbose:
        for plan, seed in some:
            say(
                f"{plan.name} seed {seed}: "
                + "; ".join(f"{each.at_s:.2f} s {each.name}" for each in schedule(plan, seed))
            )
    results: list[Result] = []
    interrupted = False
    try:
        asyncio.run(runs(some, asked.jobs, results, asked.verbose))
    except KeyboardInterrupt:
        interrupted = True
    if results:
        print(markdown(results, {each.name: each.about for each in PLANS}))
    if asked.json:
        asked.json.write_text(json.dumps([each.document() for each in results], indent=2, ensure_ascii=False) + "\n")
    if interrupted:
        say(f"Interrupted after {len(results)} of {len(some)} runs.")
        return 130
    return 0 if all(each.passed for each in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
