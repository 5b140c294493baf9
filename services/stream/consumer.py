"""Disposable consumer: messages from a sequence on, as long as they come without a gap.

It keeps nothing on the server (no acks, in memory). Two pull requests are in flight; what comes is taken as it comes,
without a task or a timer for each message.
"""

import asyncio
import json
from collections import deque
from typing import Self

import nats.errors
from nats.aio.subscription import Subscription

from services.errors import Unavailable
from services.nats.client import FollowingClient
from services.stream.read import Stored, recordable, taken_at_ns
from services.stream.state import ask

REQUEST = 500
"""Messages per pull request."""
REQUEST_BYTES = 4 * 2**20
"""A pull request also ends after so many bytes, which only large messages make."""
BUFFERED = 4 * REQUEST
"""With so many messages asked for or not yet taken, no more are requested."""
BUFFERED_BYTES = 2 * REQUEST_BYTES
"""Nor with so many bytes not yet taken."""
TAKEN_BYTES = REQUEST_BYTES
"""What is taken at once ends with the message that makes it so many bytes."""
HEARTBEAT_S = 1.0
SILENCE_S = 3.5
"""Without a word for so long the consumer is lost: at least two heartbeats are missing."""
EXPIRES_S = 30
"""A request that is not filled ends after so long, and a consumer that nobody asks."""
_S = 1_000_000_000


class Consumer:
    """Messages wait here until they are taken. `lost` says why no more will come."""

    def __init__(self, nc: FollowingClient, stream: str, name: str, start: int) -> None:
        self._nc = nc
        self._stream = stream
        self._name = name
        self._inbox = nc.new_inbox()
        self._subscription: Subscription | None = None
        self._reconnects = nc.stats["reconnects"]
        self._start = self._next = start
        self._outstanding = 0
        self._waiting: deque[Stored] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._heard_at = 0.0
        self._came_at = asyncio.get_running_loop().time()
        self._lost: str | None = None

    @classmethod
    async def create(cls, nc: FollowingClient, stream: str, start: int) -> Self:
        """A consumer of the messages from `start` on. Raises Unavailable."""
        settings = {
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": start,
            "ack_policy": "none",
            "replay_policy": "instant",
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": EXPIRES_S * _S,
        }
        answer = await ask(nc, f"CONSUMER.CREATE.{stream}", {"stream_name": stream, "config": settings})
        if "error" in answer:
            raise Unavailable(f"JetStream makes no consumer: {answer['error'].get('description')}")
        consumer = cls(nc, stream, answer["name"], start)
        try:
            consumer._subscription = await nc.subscribe_raw(consumer._inbox, consumer._take)
            await consumer.request()
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"NATS takes no subscription: {error or type(error).__name__}") from error
        return consumer

    @property
    def fruitless(self) -> bool:
        """Tell if no message has come."""
        return self._next == self._start

    @property
    def lost(self) -> str | None:
        """Reason why no more messages will come; None while more may."""
        if self._lost is None and self._nc.stats["reconnects"] != self._reconnects:
            return "the connection was renewed"
        silence = asyncio.get_running_loop().time() - self._heard_at
        return f"no word for {silence:.1f} s" if self._lost is None and silence > SILENCE_S else self._lost

    @property
    def idle_s(self) -> float:
        """Seconds since the last message came, or since `looked`."""
        return asyncio.get_running_loop().time() - self._came_at

    def looked(self) -> None:
        """Begin `idle_s` anew, because it was looked whether a message should have come."""
        self._came_at = asyncio.get_running_loop().time()

    def take(self, most: int) -> list[Stored]:
        """Take the messages that have come, at most `most` of them and not much more than `TAKEN_BYTES`."""
        taken: list[Stored] = []
        size = 0
        while self._waiting and len(taken) < most and size < TAKEN_BYTES:
            taken.append(self._waiting.popleft())
            size += len(taken[-1].data)
        self._waiting_bytes -= size
        return taken

    async def arrival(self, within_s: float) -> None:
        """Returns when something comes, or is lost, or after so many seconds."""
        self._arrived.clear()
        try:
            async with asyncio.timeout(within_s):
                await self._arrived.wait()
        except TimeoutError:
            return

    async def request(self) -> None:
        """Ask for more, as far as there is room."""
        if self._outstanding == 0:
            self._heard_at = asyncio.get_running_loop().time()  # nothing was asked: there was nothing to be heard
        order = {
            "batch": REQUEST,
            "max_bytes": REQUEST_BYTES,
            "expires": EXPIRES_S * _S,
            "idle_heartbeat": int(HEARTBEAT_S * _S),
        }
        while self._lost is None and self._outstanding <= REQUEST and self._has_room():
            self._outstanding += REQUEST
            try:
                await self._nc.publish(
                    f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._name}", json.dumps(order).encode(), self._inbox
                )
            except (nats.errors.Error, OSError) as error:
                self._lose(f"messages cannot be requested: {error or type(error).__name__}")

    async def drop(self) -> None:
        """Give it up, here and on the server."""
        self._lost = "given up"
        if self._nc.is_closed:
            return
        try:
            if self._subscription is not None:
                await self._nc.unsubscribe_raw(self._subscription)
            await self._nc.publish(f"$JS.API.CONSUMER.DELETE.{self._stream}.{self._name}", reply=self._inbox)
        except (nats.errors.Error, OSError):
            return  # the server forgets an unused consumer by itself

    def _has_room(self) -> bool:
        return self._outstanding + len(self._waiting) < BUFFERED and self._waiting_bytes < BUFFERED_BYTES

    def _take(self, subject: bytes, reply: bytes, data: bytes, headers: bytes | None) -> None:
        if self._lost is not None:
            return
        self._heard_at = asyncio.get_running_loop().time()
        if not reply.startswith(b"$JS.ACK."):
            self._heed(headers or b"")
            return
        place = reply.split(b".")
        at = 5 if len(place) == 9 else 7  # with domain and account hash there are two words more
        sequence = int(place[at])
        if sequence != self._next:
            self._lose(f"sequence {sequence} came where {self._next} was due")
            return
        self._next += 1
        self._came_at = self._heard_at
        self._outstanding -= 1
        self._waiting.append(Stored(sequence, taken_at_ns(int(place[at + 2]), headers), recordable(subject), data))
        self._waiting_bytes += len(data)
        self._arrived.set()

    def _heed(self, headers: bytes) -> None:
        """The server's own word: `NATS/1.0`, a code and a description, and perhaps fields below."""
        status, *fields = headers.decode(errors="replace").removeprefix("NATS/1.0 ").split("\r\n")
        if status.startswith("100") or "Batch Completed" in status:  # still there; a request was filled
            return
        if status.startswith("408") or "MaxBytes" in status:  # the request ended before so many messages came
            left = dict(each.split(": ", 1) for each in fields if ": " in each)
            self._outstanding -= int(left.get("Nats-Pending-Messages", REQUEST))
            self._arrived.set()
        else:
            self._lose(f"the server said {status}")

    def _lose(self, reason: str) -> None:
        self._lost = reason
        self._arrived.set()
