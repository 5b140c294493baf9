"""Following the stream: every message once, in order, without a gap, whatever happens to NATS meanwhile.

Consumers are disposable: on a gap, an error, silence or a new connection another one is made at the next sequence.
Before that the stream must still hold the last message that was given out: a stream that was rewound or replaced ends
the following with StreamMismatch.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from types import TracebackType
from typing import Self

import nats.errors
import structlog

from services.errors import MessageMissing, NotProvisioned, StreamMismatch, Unavailable
from services.nats.client import FollowingClient
from services.stream.consumer import Consumer
from services.stream.read import Place, Stored, message_at, place_of
from services.stream.state import find

RETRY_S = 0.25
"""How soon it looks again for what went wrong."""
STALLED_S = 5.0
"""After so long without a message the stream is asked whether there is one."""

log = structlog.get_logger()


class Follower:
    """An async context that gives the stream's messages from `start` on, in batches. For one task at a time.

    `behind` is the message right before `start`, where the stream must still hold it.
    """

    def __init__(self, nc: FollowingClient, stream: str, start: int, behind: Place | None = None) -> None:
        self._nc = nc
        self._stream = stream
        self._next = start
        self._last = behind
        self._end: int | None = None
        self._created_at: datetime | None = None
        self._consumer: Consumer | None = None
        self._fruitless = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._consumer is not None:
            await self._consumer.drop()

    async def batches(self, most: int = 1000, end: int | None = None) -> AsyncIterator[list[Stored]]:
        """`batch` after `batch`, up to and including the sequence `end`, which the stream has reached before."""
        self._end = end
        while end is None or self._next <= end:
            yield await self.batch(most if end is None else min(most, end - self._next + 1))

    async def batch(self, most: int = 1000) -> list[Stored]:
        """Return the messages that have come, one to `most`; waits for the first, however long NATS is away.

        Raises StreamMismatch, NotProvisioned when there is no stream, Unavailable when the connection is closed for
        good.
        """
        taken: list[Stored] = []
        while not taken:
            consumer = self._consumer
            if consumer is None:
                taken = await self._begin()
            elif not (taken := consumer.take(most)) and (reason := consumer.lost) is not None:
                await self._give_up(consumer, reason, consumer.fruitless)
            elif not taken and consumer.idle_s > STALLED_S and await self._has_more(consumer):
                await self._give_up(consumer, f"nothing came for {consumer.idle_s:.1f} s, and there is more", True)
            else:
                await consumer.request()
                if not taken:
                    await consumer.arrival(RETRY_S)
        self._last = place_of(taken[-1])
        self._next = self._last.sequence + 1
        return taken

    async def _has_more(self, consumer: Consumer) -> bool:
        """Tell if the stream goes on behind what has come: a server that cannot read its stream sends nothing, for
        ever.
        """
        try:
            found = await find(self._nc, self._stream)
        except Unavailable:
            return False
        if consumer.idle_s < STALLED_S:
            return False  # something came while we asked
        consumer.looked()
        return found is not None and max(found.last_sequence, self._end or 0) >= self._next

    async def _give_up(self, consumer: Consumer, reason: str, fruitless: bool) -> None:
        log.warning("consumer_lost", stream=self._stream, next=self._next, reason=reason)
        self._consumer = None
        self._fruitless = fruitless
        await consumer.drop()

    async def _begin(self) -> list[Stored]:
        """Makes a consumer; after a fruitless one the next message, if there is one, is first read singly."""
        try:
            await self._revive()
            last = await self._check()
            if self._fruitless and self._next <= last:
                message = await self._read_singly()
                self._fruitless = False
                return [message]
            self._consumer = await Consumer.create(self._nc, self._stream, self._next)
        except Unavailable as error:
            if self._nc.is_closed:
                raise
            log.warning("stream_not_followed", stream=self._stream, next=self._next, reason=str(error))
            await asyncio.sleep(RETRY_S)
        return []

    async def _revive(self) -> None:
        """A subject that nats-py's parser cannot read leaves the connection open and mute: make it anew."""
        if self._nc.is_closed:
            raise Unavailable("The connection to NATS is closed for good.")
        if not self._nc.is_connected:
            raise Unavailable("NATS is away.")
        try:
            await self._nc.flush(timeout=1)
        except nats.errors.FlushTimeoutError:
            await self._nc.force_reconnect()
            raise Unavailable("NATS is mute on this connection; it is made anew.") from None
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"NATS is away: {error or type(error).__name__}") from error

    async def _check(self) -> int:
        """The stream's last sequence, if it is still the stream that was followed before."""
        found = await find(self._nc, self._stream)
        if found is None and self._created_at is None:
            raise NotProvisioned(f"There is no stream {self._stream}. Run `daybook init`.")
        if found is None:
            raise self._mismatch("is gone")
        if self._created_at is not None and found.created_at != self._created_at:
            raise self._mismatch(f"was replaced by one made at {found.created_at}; before it was {self._created_at}")
        if found.last_sequence < max(self._next - 1, self._end or 0):
            raise self._mismatch(f"ends at sequence {found.last_sequence}: it was rewound or damaged")
        last = self._last
        if last is not None and not last.holds(await message_at(self._nc, self._stream, last.sequence)):
            raise self._mismatch("no longer holds the last of them: it was rewound or damaged")
        self._created_at = found.created_at
        return found.last_sequence

    async def _read_singly(self) -> Stored:
        """Read the next message through the API. A message that breaks nats-py's parser (a form feed in a subject)
        comes so, because the API quotes it.
        """
        message = await message_at(self._nc, self._stream, self._next)
        if message is None:
            what = f"does not hold the message at sequence {self._next}: it was removed or damaged"
            raise MessageMissing(self._next, self._words(what))
        log.warning("message_read_singly", stream=self._stream, sequence=message.sequence)
        return message

    def _mismatch(self, what: str) -> StreamMismatch:
        return StreamMismatch(self._words(what))

    def _words(self, what: str) -> str:
        return (
            f"The stream {self._stream}, of which the messages up to {self._next - 1} have been read, {what}. Nothing "
            "more is read. `daybook reconcile` shows what is missing and puts it back from the journal; or restore the "
            "stream from its backup or another replica."
        )
