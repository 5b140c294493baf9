"""`make bench`: everything side by side in one run, medians of repeated runs, as JSON and as a Markdown table."""

import asyncio
import json
import platform
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tests.benchmarks import appends, projecting, recording
from tests.benchmarks.figure import Figure, markdown, medians
from tests.ledger import fresh_ledger
from tests.servers import running_servers

REPEATS = 3
RESULTS = Path(__file__).parent / "results"


async def main() -> None:
    """Measure, print and write `results.json` and `results.md`."""
    runs: list[list[Figure]] = []
    versions = 0.0
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("measuring", total=3 * REPEATS)
        async with running_servers() as servers:
            for _ in range(REPEATS):
                async with fresh_ledger(servers, []) as ledger:
                    run = await appends.measure(ledger)
                progress.advance(task)
                run += await recording.measure(servers, recording.EVENTS)
                progress.advance(task)
                projected, versions = await projecting.measure(servers, projecting.DEALS)
                runs.append(run + projected)
                progress.advance(task)
    found = medians(runs)
    title = f"Medians of {REPEATS} runs, Python {platform.python_version()}, {platform.machine()}."
    text = f"{title} Row versions per entry: {versions:.2f}.\n\n{markdown(found)}\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "results.md").write_text(text)
    document = {"repeats": REPEATS, "versions_per_entry": versions, "figures": [asdict(each) for each in found]}
    (RESULTS / "results.json").write_text(json.dumps(document, indent=2) + "\n")
    print(text)


if __name__ == "__main__":
    asyncio.run(main())
