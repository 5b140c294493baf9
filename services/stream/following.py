"""nats-py's client for a connection that hears much: it follows a stream, or takes requests."""

from collections.abc import Callable
from typing import Any

from nats.aio.subscription import Subscription

from services.stream.guarded import GuardedClient

Take = Callable[[bytes, bytes, bytes, bytes | None], None]
"""Takes one delivery: subject, reply subject, data, headers; all as they came."""


class FollowingClient(GuardedClient):
    """Hands deliveries of a subscription over as they come, without reading their headers and subjects.

    nats-py reads the headers of every message, makes an object of it and wakes a task for it: 29 microseconds a
    message where this takes 10. And a malformed header, or a subject that is not UTF-8, would end its reader for good.
    `_process_msg` and `_sid` are nats-py's own; `tests/integration/stream/test_follow.py` notices when they change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._takers: dict[int, Take] = {}

    async def subscribe_raw(self, subject: str, take: Take, queue: str = "") -> Subscription:
        """A subscription whose deliveries `take` gets, from the first on."""
        expected = self._sid + 1
        self._takers[expected] = take
        subscription = await self.subscribe(subject, queue)
        assert subscription._id == expected
        return subscription

    async def unsubscribe_raw(self, subscription: Subscription) -> None:
        """No more deliveries."""
        self._takers.pop(subscription._id, None)
        await subscription.unsubscribe()

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: Any) -> None:
        take = self._takers.get(sid)
        if take is None:
            await super()._process_msg(sid, subject, reply, data, headers)
        else:
            take(subject, reply, data, headers)
