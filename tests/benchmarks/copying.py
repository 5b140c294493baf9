"""The floor of recording: COPY alone, of the same rows into tables with the same indexes, a transaction per batch."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from contracts.cloudevents.envelope import MAX_BATCH
from services.nats import connection as stream_connection
from services.recorder.journal_rows import ClassifiedMessage, Concern, JournalRow, classified, concern
from services.stream.follow import Follower
from tests.ledger import Ledger, fresh_ledger


async def copying(ledger: Ledger, to: int) -> float:
    """Rows per second, of what the ledger's stream holds, into the empty database of another ledger."""
    seconds = 0.0
    async with fresh_ledger(ledger.servers, []) as floor:
        connection = await floor.connect()
        async for rows in _rows(ledger, to):
            entries = [each.row for each in rows]
            concerns = [concern(subject, each.row.sequence) for each in rows for subject in each.subjects]
            start = time.perf_counter()
            async with connection.transaction():
                await connection.copy_records_to_table(
                    "journal", schema_name="ledger", columns=JournalRow._fields, records=entries
                )
                await connection.copy_records_to_table(
                    "concerns", schema_name="ledger", columns=Concern._fields, records=concerns
                )
            seconds += time.perf_counter() - start
    return to / seconds


async def _rows(ledger: Ledger, to: int) -> AsyncIterator[list[ClassifiedMessage]]:
    """Yield the rows that the recorder writes for the ledger's stream, batch by batch."""
    nc = await stream_connection.connect_following(ledger.endpoints.nats_url, "test")
    try:
        async with Follower(nc, ledger.settings.stream, 1) as follower:
            async for messages in follower.batches(MAX_BATCH, end=to):
                yield classified(messages, datetime.min.replace(tzinfo=UTC))
    finally:
        await nc.close()
