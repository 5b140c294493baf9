"""`make bench`: everything side by side in one run, medians of repeated runs, as JSON and as Markdown tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks import machine
from tests.benchmarks.figure import Figure, over
from tests.benchmarks.report import Report
from tests.benchmarks.section import Run, Section
from tests.benchmarks.sections import SECTIONS
from tests.servers import running_servers

REPEATS = 3
RESULTS = Path(__file__).parent / "results"
_NAMES = ", ".join(each.name for each in SECTIONS)

app = typer.Typer(add_completion=False)


@app.command()
def bench(
    only: Annotated[list[str] | None, typer.Option(help=f"Measure this section; may be repeated. {_NAMES}.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Everything once and in small, to see that it runs.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="How often each section is measured.")] = REPEATS,
    results: Annotated[Path, typer.Option(help="Where the figures are written.")] = RESULTS,
) -> None:
    """Measure this machine. Figures are written as results.json and results.md after every section, so that Ctrl-C
    leaves what was measured; those of a run that is quick or of some sections under a name of their own.

    Example: python -m tests.benchmarks --only append --repeats 5
    """
    unknown = sorted(set(only or ()) - {each.name for each in SECTIONS})
    if unknown:
        raise typer.BadParameter(f"There is no section {', '.join(unknown)}. There are {_NAMES}.", param_hint="--only")
    chosen = [each for each in SECTIONS if not only or each.name in only]
    name = "-".join([each.name for each in chosen] if only else ["results"]) + ("-quick" if quick else "")
    try:
        report = uvloop.run(_measure(chosen, quick, 1 if quick else repeats, results, name))
    except KeyboardInterrupt:
        typer.echo("Interrupted; what was measured until then is written.", err=True)
        raise typer.Exit(130) from None
    print(report.markdown())
    typer.echo(f"Written to {results / name}.json and .md.", err=True)


async def _measure(chosen: Sequence[Section], quick: bool, repeats: int, results: Path, name: str) -> Report:
    report = Report(machine.facts(), quick, {}, [])
    times = {each.name: min(repeats, each.at_most or repeats) for each in chosen}
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("starting", total=sum(times.values()))
        for section in chosen:
            found: list[list[Figure]] = []
            for _ in range(times[section.name]):

                def says(text: str, section: Section = section) -> None:
                    progress.update(task, description=f"{section.name}: {text}")

                says("starting the servers")
                async with running_servers() as servers:
                    found.append(await section.measure(Run(servers, quick, says)))
                progress.advance(task)
            report = Report(
                report.machine,
                quick,
                {**report.repeats, section.name: len(found)},
                [*report.found, *over(section.name, found)],
            )
            report.write(results, name)
    return report


if __name__ == "__main__":
    app(prog_name="python -m tests.benchmarks")
