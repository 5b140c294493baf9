"""Recording, projecting, rebuilding and verifying ledgers of ten thousand, a hundred thousand and a million events.

Every worker is a process of its own and finds its work waiting: what is measured is how fast it goes at most.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.runtime import process as python
from services.stream.append import Message
from tests.benchmarks.copying import copying
from tests.benchmarks.corpus import corpus, send
from tests.benchmarks.figure import Beside, Figure
from tests.benchmarks.peer_projecting import Peer, peer_projecting
from tests.benchmarks.section import Run, Section
from tests.benchmarks.worker import Went, projecting, recording, schema
from tests.ledger import Ledger, fresh_ledger

COMMANDS = 100_000
"""From how many events on a command's start, a second or two, does not matter much."""
SMALL = 5
"""How often ten thousand events are measured beside a million: they take a third of a second."""
ROOM = 2 * 2**30
"""For the stream of a million events, in bytes."""


@dataclass(frozen=True, slots=True)
class Ledgered:
    """One ledger, from its stream to the end."""

    events: int
    copied: float
    """Rows per second of COPY alone."""
    recorded: Went
    projected: Went
    versions: float
    """Row versions written over all views, for each entry."""
    rebuilt: float
    """Entries per second, the comparison with the views served and the command's start included."""
    verified: float
    """Entries per second, the command's start included."""

    def figures(self, peer: Peer, smallest: "Ledgered | None" = None) -> list[Figure]:
        """Everything about it, beside the peer and the same on the smallest ledger."""
        size = f"{self.events:,} events"
        floor = [Beside("COPY of the same rows", self.copied, least=0.5), Beside("the peer, in bulk", peer.saved)]
        others = [] if peer.projected is None else [Beside("the peer's projection", peer.projected)]
        recorded, projected = (smallest.recorded, smallest.projected) if smallest else (None, None)
        commands = self.events >= COMMANDS
        live = Beside("project", self.projected.per_second, least=1.0 if commands else None)
        return [
            *self.recorded.figures(f"record {size}", floor, smaller=recorded),
            *self.projected.figures(f"project {size}", others, least=15_000, smaller=projected),
            Figure(f"project {size}: row versions", self.versions, "per entry", most=6),
            Figure(f"rebuild and compare {size}", self.rebuilt, beside=[live]),
            Figure(f"verify {size}", self.verified, least=10_000 if commands else None),
        ]


async def ledgered(run: Run, events: int, told: Iterator[Message]) -> Ledgered:
    """Measure one ledger with these events."""
    async with fresh_ledger(run.servers, stream_max_bytes=ROOM) as ledger:
        run.says(f"send {events:,} events")
        await send(ledger, told)
        to = await ledger.last_sequence()
        run.says(f"record {events:,} events")
        recorded = await recording(ledger, to)
        run.says(f"copy {events:,} events")
        copied = await copying(ledger, to)
        run.says(f"project {events:,} events")
        projected = await projecting(ledger, to)
        versions = await versions_per_entry(ledger)
        run.says(f"rebuild {events:,} events")
        rebuilt = to / await command(ledger, "rebuild", "--diff", "--force")
        run.says(f"verify {events:,} events")
        verified = to / await command(ledger, "verify", "--json")
    return Ledgered(events, copied, recorded, projected, versions, rebuilt, verified)


async def command(ledger: Ledger, *words: str) -> float:
    """Seconds that a command of the CLI takes, its start included."""
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *python.daybook(*words),
        env=ledger.environment | {"PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return time.perf_counter() - start


async def versions_per_entry(ledger: Ledger) -> float:
    """Row versions written over all views, for each entry of the journal."""
    connection = await ledger.connect()
    served = await schema(ledger)
    tables = await connection.fetch(
        "select quote_ident(table_name) from information_schema.columns "
        "where quote_ident(table_schema) = $1 and column_name = 'known_from'",
        served,
    )
    counts = [await connection.fetchval(f"select count(*) from {served}.{name}") for (name,) in tables]
    return float(sum(counts) / await connection.fetchval("select count(*) from ledger.journal"))


async def measure(run: Run) -> list[Figure]:
    """Two sizes, the second beside the first."""
    small, large = (3_000, 8_000) if run.quick else (10_000, 100_000)
    smallest = await ledgered(run, small, corpus(small))
    larger = await ledgered(run, large, corpus(large))
    run.says("the peer")
    peers = [await peer_projecting(run.servers, each) for each in (small, large)]
    return [*smallest.figures(peers[0]), *larger.figures(peers[1], smallest)]


async def measure_million(run: Run) -> list[Figure]:
    """A million events, beside ten thousand on the same servers. The peer only saves them."""
    small, large = (3_000, 12_000) if run.quick else (10_000, 1_000_000)
    smallest = _middle([await ledgered(run, small, corpus(small)) for _ in range(1 if run.quick else SMALL)])
    largest = await ledgered(run, large, corpus(large))
    run.says("the peer")
    return largest.figures(await peer_projecting(run.servers, large, project=False), smallest)


def _middle(ledgers: Sequence[Ledgered]) -> Ledgered:
    """One of several ledgers alike, with the median cost of recording and of projecting."""
    middle = len(ledgers) // 2
    recorded = sorted((each.recorded for each in ledgers), key=lambda went: went.cost_us)[middle]
    projected = sorted((each.projected for each in ledgers), key=lambda went: went.cost_us)[middle]
    return replace(ledgers[0], recorded=recorded, projected=projected)


SECTION = Section("sizes", "Recording, projecting, rebuilding and verifying ten and a hundred thousand events", measure)
MILLION = Section("million", "The same with a million events", measure_million, at_most=1)
