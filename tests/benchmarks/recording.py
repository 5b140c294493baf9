"""Events recorded per second, beside COPY of the same rows into tables with the same indexes, in the same run.

The recorder is a process of its own and finds the stream full. Run: python -m tests.benchmarks.recording [events]
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg

from contracts.envelope import MAX_BATCH, read_event
from services.recorder.rows import Concern, JournalRow, Judged, concern, judged
from services.stream import connection as stream_connection
from services.stream.append import Appended, append, message_of
from services.stream.follow import Follower
from tests.benchmarks.appends import new_event
from tests.benchmarks.figure import Figure, markdown
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers, running_servers

EVENTS = 20_000


async def fill(ledger: Ledger, events: int) -> None:
    """Append events of about 400 bytes."""
    nc = await ledger.nats()
    for start in range(0, events, MAX_BATCH):
        messages = [message_of(read_event(new_event())) for _ in range(min(MAX_BATCH, events - start))]
        outcome = await append(nc, ledger.settings.stream, messages)
        assert isinstance(outcome, Appended), outcome


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


async def measure(servers: Servers, events: int) -> list[Figure]:
    """Recording, and COPY as its floor."""
    async with fresh_ledger(servers, []) as ledger:
        await fill(ledger, events)
        recorded = await recording(ledger, events)
        rows = await rows_of(ledger, events)
        size = sum(len(each.row.message) for each in rows) // len(rows)
    async with fresh_ledger(servers, []) as floor:
        copied = await copying(await floor.connect(), rows)
    return [Figure(f"record: {events:,} events of {size} bytes, beside COPY", recorded, copied)]


async def main(events: int) -> None:
    """On servers of its own."""
    async with running_servers() as servers:
        print(markdown(await measure(servers, events)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else EVENTS))
