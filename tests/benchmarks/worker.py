"""Speed of a worker of a ledger while it has work, and its cost."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.benchmarks import usage
from tests.benchmarks.figure import Beside, Figure
from tests.ledger import Ledger

Look = Callable[[], Awaitable[float]]
"""How far a worker is, in events."""
POLL_INTERVAL_S = 0.01


@dataclass(frozen=True, slots=True)
class Went:
    """Progress and cost of a worker between the first progress that was seen and the last."""

    events: float
    seconds: float
    cpu_s: float
    """Processor time of its process."""
    postgres_s: float
    """Processor time of all of PostgreSQL meanwhile, writing behind and vacuuming included."""
    peak_mib: float
    """The most memory that its process has held."""

    @property
    def per_second(self) -> float:
        """Events per second."""
        return self.events / self.seconds

    @property
    def cost_us(self) -> float:
        """Processor time of the process and of PostgreSQL, in microseconds for each event."""
        return (self.cpu_s + self.postgres_s) / self.events * 1e6

    def figures(
        self, what: str, beside: Sequence[Beside] = (), least: float | None = None, smaller: "Went | None" = None
    ) -> list[Figure]:
        """Rate, cost and memory. `smaller` is the same on a small ledger: the cost should hardly grow."""
        cheaper = [] if smaller is None else [Beside("the smallest ledger", smaller.cost_us, most=1.2)]
        return [
            Figure(what, self.per_second, beside=beside, least=least),
            Figure(f"{what}: its process", self.cpu_s / self.events * 1e6, "µs/event"),
            Figure(f"{what}: it and PostgreSQL", self.cost_us, "µs/event", cheaper),
            Figure(f"{what}: most memory of its process", self.peak_mib, "MiB"),
        ]


async def watched(ledger: Ledger, pid: int, look: Look, to: int) -> Went:
    """Watch a process until it is as far as `to`."""
    postgres = ledger.servers.postgres.process.pid
    while not (first := await look()):  # noqa: ASYNC110 - another process works
        await asyncio.sleep(POLL_INTERVAL_S)
    start, used, others = time.perf_counter(), usage.cpu_s(pid), usage.cpu_s_of(postgres)
    while await look() < to:  # noqa: ASYNC110
        await asyncio.sleep(POLL_INTERVAL_S)
    return Went(
        to - first,
        time.perf_counter() - start,
        usage.cpu_s(pid) - used,
        usage.cpu_s_of(postgres) - others,
        usage.peak_mib(pid),
    )


async def recording(ledger: Ledger, to: int) -> Went:
    """A recorder that finds the stream full, until the journal holds so many."""
    connection = await ledger.connect()

    async def look() -> float:
        return float(await connection.fetchval("select coalesce(max(sequence), 0) from ledger.journal"))

    async with ledger.process("recorder") as recorder:
        return await watched(ledger, recorder.process.pid, look, to)


async def projecting(ledger: Ledger, to: int, **environment: str) -> Went:
    """A projector that finds the journal full, until every lane has passed so many; settings as `Ledger.process`."""
    async with lanes(ledger) as look, ledger.process("projector", **environment) as projector:
        return await watched(ledger, projector.process.pid, look, to)


@asynccontextmanager
async def lanes(ledger: Ledger) -> AsyncIterator[Look]:
    """Average position of the lanes of the served generation."""
    connection = await ledger.connect()
    mean = f"select avg(sequence)::float8 from {await schema(ledger)}.lane"

    async def look() -> float:
        return float(await connection.fetchval(mean))

    yield look


async def schema(ledger: Ledger) -> str:
    """The quoted schema of the generation that is served."""
    connection = await ledger.connect()
    found: str = await connection.fetchval(
        "select quote_ident(schema_name) from ledger.generation where promoted_at is not null "
        "order by promoted_at desc limit 1"
    )
    return found
