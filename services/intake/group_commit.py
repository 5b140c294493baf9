"""Group commit: what arrives while the stream is busy with one append is appended together in the next.

The stream pays one round of fsyncs for a whole atomic batch. No caller's messages depend on those of others: when the
group is refused, every caller's are appended alone.
"""

import asyncio
import time
from collections.abc import Sequence
from itertools import chain

from nats.aio.client import Client

from contracts.cloudevents.envelope import MAX_BATCH
from services.intake import metrics
from services.intake.coalescing_queue import CoalescingQueue
from services.stream.append import Appended, Away, DuplicateSomewhere, Message, Outcome, append

SIDE_BY_SIDE = 3
"""Up to so many single messages are faster side by side than as an atomic batch, which has to be staged: in memory by a
cluster and by the embedded server, on the disk by another one unless it is told otherwise (deploy/nats)."""
REMEMBERED_S = 30.0
"""For so long a failed append speaks against the stream."""
UNFINISHED = 12
"""So many batches are under way at once at most, of the 50 that the stream keeps."""

Messages = Sequence[Message]


class GroupCommit:
    """Appends to one stream over one connection. Identities within a group must differ: see `in_flight`."""

    def __init__(self, nc: Client, stream: str) -> None:
        self._nc = nc
        self._stream = stream
        self._together: CoalescingQueue[Messages, Outcome] = CoalescingQueue(self._append, len, MAX_BATCH)
        self._failed: tuple[float, str, int] | None = None
        """When and why the last append failed, and over which connection: that of so many reconnects."""

    @property
    def failing(self) -> str | None:
        """Reason why the last append failed, if that is recent and the server has not been left or lost since.

        Afterwards whoever sends has to try again.
        """
        if self._failed is None:
            return None
        at, reason, connection = self._failed
        return reason if connection == self._connection and time.monotonic() <= at + REMEMBERED_S else None

    @property
    def _connection(self) -> int:
        return int(self._nc.stats["reconnects"])

    async def append(self, messages: Messages) -> Outcome:
        """Append 1 to `MAX_BATCH` messages; all are acknowledged, or none. Raises StreamMismatch."""
        return await self._together(messages)

    async def _append(self, requests: Sequence[Messages]) -> list[Outcome]:
        if len(requests) <= SIDE_BY_SIDE and all(len(each) == 1 for each in requests):
            return await self._alone(requests)
        outcome = await self._one(list(chain.from_iterable(requests)))
        if len(requests) == 1:
            return [outcome]
        match outcome:
            case Appended(sequences):
                return _shares(sequences, requests)
            case Away(ambiguous=True):
                return [outcome] * len(requests)
            case _:
                return await self._alone(requests)

    async def _alone(self, requests: Sequence[Messages]) -> list[Outcome]:
        room = asyncio.Semaphore(UNFINISHED)

        async def one(messages: Messages) -> Outcome:
            async with room:
                return await self._one(messages)

        return list(await asyncio.gather(*map(one, requests)))

    async def _one(self, messages: Messages) -> Outcome:
        connection, connected = self._connection, self._nc.is_connected
        with metrics.APPEND.time():
            outcome = await append(self._nc, self._stream, messages)
        metrics.appended(len(messages), outcome)
        match outcome:
            case Away(reason) if connected:
                self._failed = time.monotonic(), reason, connection
            case Appended() | DuplicateSomewhere():
                self._failed = None
        return outcome


def _shares(sequences: range, requests: Sequence[Messages]) -> list[Outcome]:
    shares: list[Outcome] = []
    start = 0
    for each in requests:
        shares.append(Appended(sequences[start : start + len(each)]))
        start += len(each)
    return shares
