"""Events recorded per second, beside COPY of the same rows into tables with the same indexes, in the same run.

The recorder is a process of its own and finds the stream full.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg

from contracts.envelope import MAX_BATCH
from services.recorder.rows import Concern, JournalRow, Judged, concern, judged
from services.stream import connection as stream_connection
from services.stream.follow import Follower
from tests.benchmarks.events import fill
from tests.benchmarks.figure import Beside, Figure
from tests.benchmarks.section import Run, Section
from tests.ledger import Ledger, fresh_ledger

EVENTS = 20_000


async def recording(ledger: Ledger, events: int) -> float:
    """Events per second between the first commit that is seen and the last."""
    connection = await ledger.connect()
    query = "select coalesce(max(sequence), 0) from ledger.journal"
    async with ledger.process("recorder"):
        while not (first := await connection.fetchval(query)):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.005)
        start = time.perf_counter()
        while await connection.fetchval(query) < events:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return float((events - first) / (time.perf_counter() - start))


async def rows_of(ledger: Ledger, events: int) -> list[Judged]:
    """What the recorder writes for all that is in the stream."""
    nc = await stream_connection.connect_following(ledger.endpoints.nats_url, "test")
    found: list[Judged] = []
    async with Follower(nc, ledger.settings.stream, 1) as follower:
        async for messages in follower.batches(MAX_BATCH, end=events):
            found += judged(messages, datetime.min.replace(tzinfo=UTC))
    await nc.close()
    return found


async def copying(connection: asyncpg.Connection, rows: Sequence[Judged]) -> float:
    """Rows per second of COPY alone, one transaction for each batch."""
    concerns = [[concern(subject, each.row.sequence) for subject in each.subjects] for each in rows]
    start = time.perf_counter()
    for at in range(0, len(rows), MAX_BATCH):
        end = at + MAX_BATCH
        async with connection.transaction():
            await connection.copy_records_to_table(
                "journal", schema_name="ledger", columns=JournalRow._fields, records=[row for row, _ in rows[at:end]]
            )
            await connection.copy_records_to_table(
                "concerns",
                schema_name="ledger",
                columns=Concern._fields,
                records=[each for some in concerns[at:end] for each in some],
            )
    return len(rows) / (time.perf_counter() - start)


async def measure(run: Run) -> list[Figure]:
    """Recording, and COPY as its floor."""
    events = 2_000 if run.quick else EVENTS
    run.says(f"{events:,} events")
    async with fresh_ledger(run.servers, []) as ledger:
        await fill(ledger, events)
        recorded = await recording(ledger, events)
        rows = await rows_of(ledger, events)
        size = sum(len(each.row.message) for each in rows) // len(rows)
    async with fresh_ledger(run.servers, []) as floor:
        copied = await copying(await floor.connect(), rows)
    return [Figure(f"{events:,} events of {size} bytes", recorded, beside=[Beside("COPY", copied, least=0.5)])]


SECTION = Section("record", "Events recorded per second, beside COPY of the same rows", measure)
