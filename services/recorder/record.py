"""The recorder's loop: messages as they come, classified and written batch by batch, and the notice that there is more.

While PostgreSQL commits one batch, the next is classified.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

import nats.errors
import structlog

from services.nats.client import FollowingClient
from services.recorder import metrics
from services.recorder.journal_rows import ClassifiedMessage, JournalRow, classified
from services.recorder.write import Writer
from services.stream.clock import until_now
from services.stream.follow import Follower
from services.stream.notices import RECORDED

BATCH = 1000
"""The most messages in one transaction; fewer when no more have arrived."""
_AT_A_TIME = 50
"""Messages that are classified in one go, before the connections have their turn."""

log = structlog.get_logger()


class Recorder:
    """Writes what follows the writer's position; `judge` and `write` run side by side, for ever."""

    def __init__(self, nc: FollowingClient, stream: str, writer: Writer) -> None:
        self._nc = nc
        self._stream = stream
        self._writer = writer
        self._judged: asyncio.Queue[list[ClassifiedMessage]] = asyncio.Queue(1)

    async def judge(self) -> NoReturn:
        """Follow the stream and classify its messages. Raises StreamMismatch, ClockDiffers and Unavailable."""
        position = self._writer.position
        recorded_at = position.recorded_at
        behind = position.place if position.sequence else None
        async with Follower(self._nc, self._stream, position.sequence + 1, behind) as follower:
            while True:
                messages, differs = until_now(await follower.batch(BATCH))
                batch: list[ClassifiedMessage] = []
                for start in range(0, len(messages), _AT_A_TIME):
                    batch += classified(messages[start : start + _AT_A_TIME], recorded_at)
                    recorded_at = batch[-1].row.recorded_at
                    await asyncio.sleep(0)
                if batch:
                    await self._judged.put(batch)
                if differs is not None:
                    await self._judged.join()  # what lies before it is recorded
                    raise differs

    async def write(self) -> NoReturn:
        """Commit what is classified. Raises LostLeadership, and what asyncpg raises when PostgreSQL goes away."""
        while True:
            batch = await self._judged.get()
            with metrics.COMMIT.time():
                rows = await self._writer.write(batch)
            await self._tell(rows[-1].sequence)
            _account(rows)
            self._judged.task_done()

    async def _tell(self, sequence: int) -> None:
        if not self._nc.is_connected:
            return  # losing a notice costs latency only
        try:
            await self._nc.publish(RECORDED, str(sequence).encode())
        except (nats.errors.Error, OSError) as error:
            log.warning("notice_not_sent", sequence=sequence, error=repr(error))


def _account(rows: Sequence[JournalRow]) -> None:
    found: Counter[str] = Counter(row.disposition for row in rows)
    metrics.committed(found, rows[-1].sequence)
    log.debug("batch_recorded", first=rows[0].sequence, last=rows[-1].sequence, **found)
    quarantined = [row.sequence for row in rows if row.disposition in ("conflict", "unreadable")]
    if quarantined:
        log.warning("messages_quarantined", count=len(quarantined), sequences=quarantined[:10])
