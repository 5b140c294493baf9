"""Entries projected, rebuilt and verified per second, on the story of the demo told by many deals.

Each worker is a process of its own and finds the journal full.
"""

import asyncio
import sys
import time

from contracts.envelope import MAX_BATCH, read_event
from contracts.playbooks.shipped import shipped
from services.demo.story import tell
from services.stream.append import Appended, append, message_of
from tests.benchmarks.figure import Figure
from tests.benchmarks.section import Run, Section
from tests.ledger import Ledger, fresh_ledger

DEALS = 800


async def fill(ledger: Ledger, deals: int) -> int:
    """Append the story in order of time, late facts last; how many events it has."""
    nc = await ledger.nats()
    story = tell(next(each for each in shipped() if each.key == "project"), deals)
    told = [*story.main, *story.aftermath]
    for start in range(0, len(told), MAX_BATCH):
        messages = [message_of(read_event(event)) for event in told[start : start + MAX_BATCH]]
        outcome = await append(nc, ledger.settings.stream, messages)
        assert isinstance(outcome, Appended), outcome
    return len(told)


async def projecting(ledger: Ledger) -> float:
    """Entries per second between the first progress that is seen and the last."""
    connection = await ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation where promoted_at is not null")
    least = f'select min(sequence) from "{schema}".lane'
    mean = f'select avg(sequence)::float8 from "{schema}".lane'
    last = await ledger.last_sequence()
    async with ledger.process("projector"):
        while not (first := await connection.fetchval(mean)):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.005)
        start = time.perf_counter()
        while (await connection.fetchval(least)) < last:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return float((last - first) / (time.perf_counter() - start))


async def command(ledger: Ledger, *words: str) -> float:
    """Seconds that a command of the CLI takes, its start included."""
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", *words,
        env=ledger.environment | {"PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return time.perf_counter() - start


async def versions_per_entry(ledger: Ledger) -> float:
    """Row versions written over all views, for each entry of the journal."""
    connection = await ledger.connect()
    schema = await connection.fetchval("select schema_name from ledger.generation where promoted_at is not null")
    found = await connection.fetch(
        "select table_name from information_schema.columns where table_schema = $1 and column_name = 'known_from'",
        schema,
    )
    counts = [await connection.fetchval(f'select count(*) from "{schema}"."{row["table_name"]}"') for row in found]
    return float(sum(counts) / await connection.fetchval("select count(*) from ledger.journal"))


async def measure(run: Run) -> list[Figure]:
    """Projecting live, verifying and rebuilding."""
    deals = 40 if run.quick else DEALS
    run.says(f"the story of {deals:,} deals")
    async with fresh_ledger(run.servers) as ledger:
        events = await fill(ledger, deals)
        async with ledger.process("recorder"):
            await ledger.recorded()
        projected = await projecting(ledger)
        verified = await command(ledger, "verify", "--json")
        rebuilt = await command(ledger, "rebuild", "--diff", "--force")
        versions = await versions_per_entry(ledger)
    return [
        Figure(f"project: {events:,} entries of {deals:,} deals", projected, least=15_000),
        Figure("verify: the same, start of the command included", events / verified, least=10_000),
        Figure("rebuild and compare: the same, start of the command included", events / rebuilt),
        Figure("row versions", versions, "per entry"),
    ]


SECTION = Section("project", "Entries projected, verified and rebuilt per second", measure)
