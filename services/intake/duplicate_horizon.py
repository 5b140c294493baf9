"""Time until which every duplicate is detected: by the journal, or by the stream's duplicate window.

The stream remembers identities for its duplicate window, the journal for ever, as soon as the recorder has recorded
them. While the oldest message that is not recorded yet is younger than the window, an event that neither knows is new.
Behind a recorder that stands still or lags by more, nobody can say so.
"""

import asyncio
import time

import structlog
from nats.aio.client import Client

from services.errors import Unavailable
from services.intake.journal import Journal
from services.stream.configuration import DUPLICATE_WINDOW_S
from services.stream.read import message_at
from services.stream.state import state

log = structlog.get_logger()

SURE_WINDOW_S = DUPLICATE_WINDOW_S - 20.0
"""How long the stream surely remembers an identity, whatever the server's timers do."""
POLL_INTERVAL_S = 1.0
TIMEOUT_S = 2.0
NEVER = float("-inf")


class DuplicateHorizon:
    """Compares the journal's end with the stream, at most once in `POLL_INTERVAL_S`."""

    def __init__(self, nc: Client, stream: str, journal: Journal, remembered_s: float = SURE_WINDOW_S) -> None:
        self._nc = nc
        self._stream = stream
        self._journal = journal
        self._remembered_s = remembered_s
        self._one = asyncio.Lock()
        self._asked = self._until = NEVER

    async def until(self) -> float:
        """The moment (`time.monotonic`) up to which what neither stream nor journal knows is new.

        To be asked before the journal is looked into: that one only grows. In the past when the recorder lags too far;
        `NEVER` with Postgres or the stream away.
        """
        if time.monotonic() > self._asked + POLL_INTERVAL_S:
            async with self._one:
                if time.monotonic() > self._asked + POLL_INTERVAL_S:
                    await self._ask()
        return self._until

    async def _ask(self) -> None:
        asked = time.monotonic()
        age = await self._oldest_unrecorded_s()
        if age is None:
            self._asked = self._until = NEVER
            return
        self._asked, self._until = asked, asked + self._remembered_s - age
        if age > self._remembered_s:
            log.warning("recorder_fell_behind", seconds=round(age))

    async def _oldest_unrecorded_s(self) -> float | None:
        """The age of the first message that is not recorded, 0 when all are. By the server's clock alone."""
        position = await self._journal.position()
        if position is None or not self._nc.is_connected:  # the client would keep the question and wait
            return None
        try:
            async with asyncio.timeout(TIMEOUT_S):
                first = await message_at(self._nc, self._stream, position + 1)
                if first is None:
                    return 0.0
                present = (await state(self._nc, self._stream)).asked_at
        except (Unavailable, TimeoutError):
            return None
        return present.timestamp() - first.taken_at_ns / 1e9
