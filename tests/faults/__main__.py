"""`make faults`: a fixed set of runs, or as many as are asked for, and the table.

Exit code 0: nothing was lost, doubled or altered, and everything recovered. 1: something was, or did not, or there was
nothing that could be run here. 2: usage. 130: Ctrl-C or SIGTERM; what had been run by then is shown.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tests.faults.plan import Plan
from tests.faults.plans import FIXED, PLANS, named
from tests.faults.run import Result, run, schedule
from tests.faults.side_by_side import runs
from tests.faults.table import markdown

_EXAMPLES = """examples:
  python -m tests.faults                                 the fixed set
  python -m tests.faults --seeds 200                     200 runs: seeds 1 to 200, through all plans in turn
  python -m tests.faults --plan kill_nats --seeds 20     seeds 1 to 20 of one plan
  python -m tests.faults --plan kill_nats --seed 17 -v   one run again, with its schedule and what happens
"""


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Faults at random instants, and then a search for every acknowledged event.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [each.name for each in PLANS]
    parser.add_argument("--plan", action="append", choices=names, metavar="NAME", help="only this plan; see --list")
    parser.add_argument("--seeds", type=int, metavar="N", help="so many runs, with the seeds from 1 on")
    parser.add_argument("--seed", type=int, metavar="N", help="one run of each plan with this seed")
    parser.add_argument("--recover-within", type=float, metavar="S", help="seconds, in place of each plan's own bound")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="runs side by side (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run's result to a file, as they come")
    parser.add_argument("--list", action="store_true", help="show the plans")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the schedule and what happens in every run")
    asked = parser.parse_args(words)
    if asked.seeds is not None and asked.seed is not None:
        parser.error("--seeds and --seed exclude each other")
    if asked.jobs < 1 or (asked.seeds is not None and asked.seeds < 1):
        parser.error("--jobs and --seeds are 1 or more")
    return asked


def wanted(asked: argparse.Namespace) -> Iterator[tuple[Plan[Any], int]]:
    """The runs."""
    for plan, seed in _wanted(asked):
        yield (plan if asked.recover_within is None else replace(plan, recover_within_s=asked.recover_within)), seed


def _wanted(asked: argparse.Namespace) -> Iterator[tuple[Plan[Any], int]]:
    plans = [named(each) for each in asked.plan] if asked.plan else list(PLANS)
    if asked.seed is not None:
        yield from ((plan, asked.seed) for plan in plans)
    elif asked.seeds is not None:
        yield from zip(islice(cycle(plans), asked.seeds), range(1, asked.seeds + 1), strict=True)
    else:
        some = {each.name for each in plans}
        yield from ((named(name), seed) for name, seed in FIXED if name in some)
        if asked.plan:
            yield from ((each, 1) for each in plans if not each.in_fixed_set)


def show(result: Result, number: str, with_notes: bool) -> None:
    """One run, on standard error."""
    passed = "ok" if result.passed else "FAILED"
    recovered = (
        "not known to have recovered" if result.recovery_s is None else f"recovered in {result.recovery_s:.2f} s"
    )
    say(
        f"[{number}] {result.plan} seed {result.seed}: {passed}, {result.acknowledged} events acknowledged, "
        f"lost {result.lost}, doubled {result.doubled}, altered {result.altered}, "
        f"{recovered}, took {result.seconds:.0f} s"
    )
    for each in result.notes if with_notes or not result.passed else ():
        say(f"    {each}")
    if not result.passed:
        for each in result.complaints:
            say(f"    wrong: {each}")
        if result.kept:
            say(f"    logs and receipts: {result.kept}")
        say(f"    again: python -m tests.faults --plan {result.plan} --seed {result.seed} -v")


def write(file: Path | None, results: Sequence[Result]) -> None:
    """For programs: all that is known by now."""
    if file is not None:
        file.write_text(json.dumps([each.document() for each in results], indent=2, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)


async def until_told(work: Coroutine[Any, Any, None]) -> bool:
    """Await the work, also after Ctrl-C or SIGTERM has cancelled it; tell if it came to its end."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return False
    return True


async def alone(plan: Plan[Any], seed: int, came: Callable[[Result], None]) -> None:
    """One run in this process: what happens is shown as it happens."""
    came(await run(plan, seed, partial(say_of, plan.name, seed)))


def say_of(plan: str, seed: int, text: str) -> None:
    """Say what happens in a run, after the run's plan and seed."""
    say(f"{plan} {seed} {text}")


def main(words: Sequence[str]) -> int:
    """The exit code."""
    asked = arguments(words)
    if asked.list:
        print("\n".join(f"{each.name:30} {each.about}" for each in PLANS))
        return 0
    some = list(wanted(asked))
    not_run = {plan.name: why for plan in {each.name: each for each, _ in some}.values() if (why := plan.impossible())}
    some = [each for each in some if each[0].name not in not_run]
    for plan, seed in some if asked.verbose else ():
        faults = "; ".join(f"{each.at_s:.2f} s {each.name}" for each in schedule(plan, seed))
        say(f"{plan.name} seed {seed}: {faults}")
    results: list[Result] = []

    def came(result: Result) -> None:
        results.append(result)
        show(result, f"{len(results)}/{len(some)}", with_notes=asked.verbose and len(some) > 1)
        write(asked.json, results)

    write(asked.json, results)
    work = alone(*some[0], came) if len(some) == 1 else runs(some, asked.jobs, came)
    ended = asyncio.run(until_told(work))
    if results or not_run:
        print(markdown(results, {each.name: each.about for each in PLANS}, not_run))
    if not ended:
        say(f"Interrupted after {len(results)} of {len(some)} runs.")
        return 130
    return verdict(results)


def verdict(results: Sequence[Result]) -> int:
    """The exit code of runs that were not interrupted: where nothing was run, nothing was shown to hold."""
    return 0 if results and all(each.passed for each in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
