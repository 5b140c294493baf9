"""Following the stream: every message once, in order, without a gap, whatever happens to NATS meanwhile.

Consumers are disposable: they keep nothing (no acks, in memory), and on a gap, an error, silence or a new connection
another one is made at the next sequence. Before that the stream must still hold the last message that was given
out: a stream that was rewound or replaced ends the following with StreamMismatch.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from services.errors import StreamMismatch, Unavailable
from services.stream.reading import Stored, message_at, recordable
from services.stream.state import StreamState, ask, state

log = structlog.get_logger()

REQUEST = 500
"""Messages per pull request; two are in flight."""
BUFFERED = 4 * REQUEST
"""With so many messages asked for or not yet taken, no more are requested."""
HEARTBEAT_S = 1.0
SILENCE_S = 3.5
"""Without a word for so long the consumer is taken for lost: at least two heartbeats are missing."""
RETRY_S = 0.25
_EXPIRES_S = 30
_S = 1_000_000_000


class _Pull:
    """One consumer and what was asked of it."""

    def __init__(self, consumer: str, inbox: str, reconnects: int) -> None:
        self.consumer = consumer
        self.inbox = inbox
        self.reconnects = reconnects
        self.subscription: Subscription | None = None
        self.outstanding = 0
        self.delivered = 0
        self.heard_at = asyncio.get_running_loop().time()
        self.lost: str | None = None


class Follower:
    """An async context that gives the stream's messages from `start` on, in batches. For one task at a time."""

    def __init__(self, nc: Client, stream: str, start: int) -> None:
        self._nc = nc
        self._stream = stream
        self._next = start
        self._last: Stored | None = None
        self._created_at: datetime | None = None
        self._buffer: deque[Stored] = deque()
        self._arrived = asyncio.Event()
        self._pull: _Pull | None = None
        self._fruitless = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._drop()

    async def batches(self, most: int = 1000, end: int | None = None) -> AsyncIterator[list[Stored]]:
        """`batch` after `batch`, up to and including the sequence `end`."""
        while end is None or self._next - len(self._buffer) <= end:
            taken = await self.batch(most)
            if end is not None and taken[-1].sequence > end:
                taken = [each for each in taken if each.sequence <= end]
            yield taken

    async def batch(self, most: int = 1000) -> list[Stored]:
        """What has arrived, one to `most` messages; waits for the first, however long NATS is away.

        Raises StreamMismatch, NotProvisioned when the stream is gone, Unavailable when the connection is closed for
        good.
        """
        while not self._buffer:
            if reason := self._reason_to_renew():
                await self._renew(reason)
                continue
            await self._request()
            self._arrived.clear()
            try:
                async with asyncio.timeout(RETRY_S):
                    await self._arrived.wait()
            except TimeoutError:
                continue
        taken = [self._buffer.popleft() for _ in range(min(most, len(self._buffer)))]
        await self._request()
        return taken

    def _reason_to_renew(self) -> str | None:
        if self._nc.is_closed:
            raise Unavailable("The connection to NATS is closed for good.")
        pull = self._pull
        if pull is None:
            return "not following"
        if pull.lost is not None:
            return pull.lost
        if self._nc.stats["reconnects"] != pull.reconnects:
            return "the connection was renewed"
        silent = asyncio.get_running_loop().time() - pull.heard_at
        return f"no word for {silent:.1f} s" if silent > SILENCE_S else None

    async def _renew(self, reason: str) -> None:
        if self._pull is not None:
            log.warning("consumer_lost", stream=self._stream, next=self._next, reason=reason)
            self._fruitless = self._pull.delivered == 0
        await self._drop()
        try:
            await self._revive()
            found = await self._check()
            if self._fruitless and found.last_sequence >= self._next:
                await self._read_singly()
            await self._create()
        except Unavailable as error:
            log.warning("stream_not_followed", stream=self._stream, next=self._next, reason=str(error))
            await asyncio.sleep(RETRY_S)

    async def _revive(self) -> None:
        """A subject that nats-py's parser cannot read leaves the connection open and mute: make it anew."""
        if not self._nc.is_connected:
            raise Unavailable("NATS is away.")
        try:
            await self._nc.flush(timeout=1)
        except nats.errors.FlushTimeoutError:
            await self._nc.force_reconnect()
            raise Unavailable("NATS is mute on this connection; it is made anew.") from None
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"NATS is away: {error or type(error).__name__}") from error

    async def _check(self) -> StreamState:
        found = await state(self._nc, self._stream)
        if self._created_at is not None and found.created_at != self._created_at:
            raise StreamMismatch(
                f"The stream {self._stream} was replaced while it was followed: made at {found.created_at}, before at "
                f"{self._created_at}. Nothing more is read; restore the stream from its backup."
            )
        if found.last_sequence < self._next - 1:
            raise StreamMismatch(
                f"The stream {self._stream} ends at sequence {found.last_sequence}, but {self._next - 1} was read "
                "before: it was rewound or damaged. Nothing more is read; restore the stream from its backup."
            )
        if self._last is not None and await message_at(self._nc, self._stream, self._last.sequence) != self._last:
            raise StreamMismatch(
                f"The stream {self._stream} no longer holds the message that was read at sequence "
                f"{self._last.sequence}: it was rewound or damaged. Nothing more is read; restore it from its backup."
            )
        self._created_at = found.created_at
        return found

    async def _read_singly(self) -> None:
        """What breaks nats-py's parser (a form feed in a subject) comes through the API, which quotes it."""
        message = await message_at(self._nc, self._stream, self._next)
        if message is None:
            raise StreamMismatch(
                f"The stream {self._stream} has lost its message at sequence {self._next}: it was removed or damaged. "
                "Nothing more is read; restore the stream from its backup."
            )
        log.warning("message_read_singly", stream=self._stream, sequence=message.sequence)
        self._give_out(message)

    async def _create(self) -> None:
        consumer = {
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": self._next,
            "ack_policy": "none",
            "replay_policy": "instant",
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": _EXPIRES_S * _S,
        }
        request = {"stream_name": self._stream, "config": consumer}
        answer = await ask(self._nc, f"CONSUMER.CREATE.{self._stream}", request)
        if "error" in answer:
            raise Unavailable(f"JetStream makes no consumer: {answer['error'].get('description')}")
        pull = _Pull(answer["name"], self._nc.new_inbox(), self._nc.stats["reconnects"])
        try:
            pull.subscription = await self._nc.subscribe(pull.inbox, cb=partial(self._receive, pull))
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"NATS cannot be subscribed to: {error or type(error).__name__}") from error
        self._pull = pull

    async def _drop(self) -> None:
        pull, self._pull = self._pull, None
        if pull is None or self._nc.is_closed:
            return
        try:
            if pull.subscription is not None:
                await pull.subscription.unsubscribe()
            await self._nc.publish(f"$JS.API.CONSUMER.DELETE.{self._stream}.{pull.consumer}")
        except (nats.errors.Error, OSError):
            return  # the server forgets an unused consumer by itself

    async def _request(self) -> None:
        pull = self._pull
        if pull is None or pull.lost is not None:
            return
        if pull.outstanding == 0:
            pull.heard_at = asyncio.get_running_loop().time()  # nothing was asked, so there was nothing to be heard
        while pull.outstanding <= REQUEST and pull.outstanding + len(self._buffer) < BUFFERED:
            pull.outstanding += REQUEST
            order = {"batch": REQUEST, "expires": _EXPIRES_S * _S, "idle_heartbeat": int(HEARTBEAT_S * _S)}
            try:
                await self._nc.publish(
                    f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{pull.consumer}", json.dumps(order).encode(), pull.inbox
                )
            except (nats.errors.Error, OSError) as error:
                pull.lost = f"messages cannot be requested: {error or type(error).__name__}"

    async def _receive(self, pull: _Pull, msg: Msg) -> None:
        if pull is not self._pull or pull.lost is not None:
            return
        pull.heard_at = asyncio.get_running_loop().time()
        if not msg.reply.startswith("$JS.ACK."):
            self._heed(pull, msg.headers or {})
            return
        place = msg.reply.split(".")
        at = 5 if len(place) == 9 else 7  # with domain and account hash there are two words more
        sequence = int(place[at])
        pull.outstanding -= 1
        if sequence != self._next:
            self._lose(pull, f"sequence {sequence} came where {self._next} was due")
            return
        pull.delivered += 1
        self._give_out(Stored(sequence, int(place[at + 2]), recordable(msg.subject), msg.data))
        if pull.outstanding == REQUEST:
            await self._request()

    def _heed(self, pull: _Pull, status: dict[str, str]) -> None:
        match status.get("Status"):
            case "100":
                return
            case "408":  # the request ended before so many messages came
                pull.outstanding -= int(status.get("Nats-Pending-Messages", REQUEST))
                self._arrived.set()
            case code:
                self._lose(pull, f"the server said {code} {status.get('Description', '')}".rstrip())

    def _lose(self, pull: _Pull, reason: str) -> None:
        pull.lost = reason
        self._arrived.set()

    def _give_out(self, message: Stored) -> None:
        self._next = message.sequence + 1
        self._last = message
        self._buffer.append(message)
        self._arrived.set()
