"""Runs the mutations and shows what became of each.

Exit code 0: each was noticed for the right reason. 1: one survived, does not apply any more, or a plan or test fails
without it. 130: Ctrl-C or SIGTERM.
"""

import argparse
import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from tests.mutants.mutation import REPOSITORY, DoesNotApply, Mutation, Plan, Test
from tests.mutants.mutations import MUTATIONS

_COPIED = ("contracts", "projections", "services", "deploy", "tests")
_FILES = ("pyproject.toml", "README.md", "LICENSE", "Makefile")
_WITHIN_S = 420.0
_ENDS_WITHIN_S = 60.0
_SHOWN = 2000


class Outcome(NamedTuple):
    """Outcome of a plan or test."""

    code: int | None
    """None: it was ended, for it took too long."""
    output: str
    seconds: float


class Line(NamedTuple):
    """A line of the table."""

    what: str
    notices: str
    verdict: str
    """`noticed` or `passes` where all is well."""
    seconds: float

    @property
    def well(self) -> bool:
        return self.verdict in ("noticed", "passes")


async def baseline(notices: Plan | Test) -> Line:
    """Runs the plan or test on the product as it is, which it passes."""
    with _copy() as tree:
        outcome = await _run(notices, tree)
    if outcome.code == 0:
        return Line("nothing", str(notices), "passes", outcome.seconds)
    _show(f"{notices} fails on the product as it is", outcome)
    return Line("nothing", str(notices), "FAILS", outcome.seconds)


async def mutated(mutation: Mutation) -> Line:
    """Runs the plan or test on the product made wrong, which it fails, saying why."""
    with _copy() as tree:
        file = tree / mutation.file
        try:
            file.write_text(mutation.applied(file.read_text()))
        except (DoesNotApply, OSError) as error:
            print(f"{mutation.breaks}: {error}", file=sys.stderr)
            return Line(mutation.breaks, str(mutation.notices), "DOES NOT APPLY", 0.0)
        outcome = await _run(mutation.notices, tree)
    verdict = judged(mutation, outcome)
    if verdict != "noticed":
        _show(f"{mutation.breaks}: {verdict}", outcome)
    return Line(mutation.breaks, str(mutation.notices), verdict, outcome.seconds)


def judged(mutation: Mutation, outcome: Outcome) -> str:
    """Say what came of a mutation."""
    if outcome.code == 0:
        return "SURVIVED"
    if outcome.code is None:
        return "TOOK TOO LONG"
    return "noticed" if re.search(mutation.says, outcome.output) else "FAILED FOR ANOTHER REASON"


@contextmanager
def _copy() -> Iterator[Path]:
    """The product and its tests, in a place of their own."""
    with tempfile.TemporaryDirectory(prefix="daybook-mutant-") as directory:
        tree = Path(directory)
        tree.chmod(0o711)
        for each in _COPIED:
            shutil.copytree(REPOSITORY / each, tree / each)
        for each in _FILES:
            shutil.copy2(REPOSITORY / each, tree / each)
        yield tree


async def _run(notices: Plan | Test, tree: Path) -> Outcome:
    began = monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *notices.words),
        cwd=tree,
        env={name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    reading = asyncio.ensure_future(process.communicate())
    code: int | None = None
    try:
        async with asyncio.timeout(_WITHIN_S):
            await asyncio.shield(reading)
            code = process.returncode
    except TimeoutError:
        pass
    finally:
        await _ended(process, reading)
    return Outcome(code, reading.result()[0].decode(errors="replace"), monotonic() - began)


async def _ended(process: asyncio.subprocess.Process, reading: "asyncio.Future[tuple[bytes, bytes]]") -> None:
    """Neither it nor what it started is there afterwards."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS_WITHIN_S):
                await asyncio.shield(reading)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await reading


async def all_of(mutations: Sequence[Mutation], jobs: int) -> list[Line]:
    """First each plan and test on the product as it is, then each mutation; so many side by side."""
    room = asyncio.Semaphore(jobs)

    async def one(work: Plan | Test | Mutation) -> Line:
        async with room:
            line = await (mutated(work) if isinstance(work, Mutation) else baseline(work))
        print(f"{line.seconds:6.1f} s  {line.verdict:10} {line.what} ({line.notices})", file=sys.stderr, flush=True)
        return line

    works = [*dict.fromkeys(each.notices for each in mutations), *mutations]
    return list(await asyncio.gather(*map(one, works)))


def markdown(lines: Sequence[Line]) -> str:
    """The table."""
    head = ["| what is made wrong | who must notice it | verdict | seconds |", "| --- | --- | --- | ---: |"]
    return "\n".join(
        [*head, *(f"| {each.what} | {each.notices} | {each.verdict} | {each.seconds:.0f} |" for each in lines)]
    )


def _show(what: str, outcome: Outcome) -> None:
    print(f"{what} (exit code {outcome.code}):\n{outcome.output[-_SHOWN:]}", file=sys.stderr, flush=True)


async def _until_told(mutations: Sequence[Mutation], jobs: int) -> list[Line]:
    task = asyncio.ensure_future(all_of(mutations, jobs))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def main(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="mutations of which the table's line or the file holds this")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="side by side (%(default)s)")
    asked = parser.parse_args(words)
    some = [each for each in MUTATIONS if not asked.only or asked.only in f"{each.breaks} {each.file} {each.notices}"]
    began = monotonic()
    try:
        lines = asyncio.run(_until_told(some, asked.jobs))
    except asyncio.CancelledError:
        return 130
    print(markdown(lines))
    well = bool(lines) and all(each.well for each in lines)
    noticed = sum(each.verdict == "noticed" for each in lines)
    print(f"{noticed} of {len(some)} mutations noticed, in {(monotonic() - began) / 60:.1f} minutes.")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
