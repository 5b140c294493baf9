"""The recorder's loop: messages as they come, judged and written batch by batch, and the notice that there is more."""

from collections import Counter
from collections.abc import Sequence

import nats.errors
import structlog
from nats.aio.client import Client

from services.recorder.rows import JournalRow, judged
from services.recorder.write import Writer
from services.stream.follow import Follower

BATCH = 1000
"""The most messages in one transaction; fewer when no more have arrived."""
NOTICE = "notice.recorded"
"""Told after each commit, with the highest sequence of the journal in decimal digits."""

log = structlog.get_logger()


async def record(nc: Client, stream: str, writer: Writer) -> None:
    """Write what follows the writer's position, for ever.

    Raises LostLeadership, StreamMismatch, Unavailable, and what asyncpg raises when PostgreSQL goes away.
    """
    async with Follower(nc, stream, writer.position.sequence + 1) as follower:
        async for messages in follower.batches(BATCH):
            rows = await writer.write(judged(messages, writer.position.recorded_at))
            await _tell(nc, rows[-1].sequence)
            _log(rows)


async def _tell(nc: Client, sequence: int) -> None:
    if not nc.is_connected:
        return  # losing a notice costs latency only
    try:
        await nc.publish(NOTICE, str(sequence).encode())
    except (nats.errors.Error, OSError) as error:
        log.warning("notice_not_sent", sequence=sequence, error=repr(error))


def _log(rows: Sequence[JournalRow]) -> None:
    found = Counter(row.disposition for row in rows)
    log.debug("batch_recorded", first=rows[0].sequence, last=rows[-1].sequence, **found)
    quarantined = [row.sequence for row in rows if row.disposition in ("conflict", "unreadable")]
    if quarantined:
        log.warning("messages_quarantined", count=len(quarantined), sequences=quarantined[:10])
