"""Comparison of our clock with the stream's.

The server's clock dates every message, and so says when something was known; our clock judges what lies in the future.
Where they differ by more than `BOUND_S`, nobody can tell which one is right: nothing is appended, and nothing recorded.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from nats.aio.client import Client

from contracts.types.microseconds import instant
from services.errors import ClockDiffers, Unavailable
from services.stream.read import Stored
from services.stream.state import StreamState, find

BOUND_S = 60.0
_BOUND_NS = int(BOUND_S * 1e9)


def ahead_s(found: StreamState) -> float:
    """Seconds that the server's clock is ahead of ours, negative when behind, for an answer that has just come."""
    return found.asked_at.timestamp() - time.time()


def words(ahead: float) -> str | None:
    """Say what is wrong with the clocks, and what to do; None: they agree."""
    if abs(ahead) <= BOUND_S:
        return None
    where = "ahead of" if ahead > 0 else "behind"
    return (
        f"The clock of the NATS server is {abs(ahead):.0f} s {where} the one here, and at most {BOUND_S:.0f} s are "
        "borne. Set the wrong one right: this goes on by itself."
    )


def to_come(message: Stored, now_ns: int) -> bool:
    """Tell if the stream took a message at a time that is still to come, by more than clocks may differ."""
    return message.taken_at_ns > now_ns + _BOUND_NS


def until_now(messages: Sequence[Stored]) -> tuple[Sequence[Stored], ClockDiffers | None]:
    """The messages before the first one whose time is still to come, and what is wrong with that one."""
    now_ns = time.time_ns()
    if max(each.taken_at_ns for each in messages) <= now_ns + _BOUND_NS:
        return messages, None
    place = next(place for place, each in enumerate(messages) if to_come(each, now_ns))
    first = messages[place]
    return messages[:place], ClockDiffers(
        f"The stream says that it took message {first.sequence} at {instant(first.taken_at_ns // 1000)}, which is "
        f"still to come: here it is {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC. It is not recorded, nor is anything "
        "behind it. Where the clock here is wrong, set it right. Where that of the NATS server was, set it right and "
        "run `daybook reconcile`: it gives such messages the time at which they are put back."
    )


class StreamClock:
    """The server's clock beside ours, as far as it was looked at; between two looks ours may not jump either."""

    def __init__(self, nc: Client, stream: str) -> None:
        self._nc = nc
        self._stream = stream
        self._seen: tuple[int, float, float] | None = None

    async def difference(self) -> str | None:
        """Say what is wrong with the clocks; None: nothing is known to be.

        A new connection may lead to another server: then the clock of that server is looked at.
        """
        if self._seen is None or self._seen[0] != self._nc.stats["reconnects"]:
            await self.look()
        ahead = self.ahead_s
        return None if ahead is None else words(ahead)

    @property
    def ahead_s(self) -> float | None:
        """Seconds that the server's clock is ahead of ours; None when it could not be asked yet."""
        if self._seen is None:
            return None
        _, theirs, monotonic = self._seen
        return theirs + (time.monotonic() - monotonic) - time.time()

    async def look(self) -> None:
        """Ask the server. What cannot be reached leaves things as they were."""
        connection = self._nc.stats["reconnects"]
        try:
            found = await find(self._nc, self._stream) if self._nc.is_connected else None
        except Unavailable:
            return
        if found is not None:
            self._seen = connection, found.asked_at.timestamp(), time.monotonic()
