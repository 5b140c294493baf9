"""Check that the stream is the one that the ledger remembers: otherwise nothing is appended to it.

The stream is looked at before anything is taken, every few seconds, and again before the next event once the connection
to NATS was renewed: a server that comes back may have lost a part. Events acknowledged between a loss and the look are
not lost either: `daybook reconcile` keeps them, and puts them at the stream's end.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import NoReturn

import asyncpg
import structlog
from nats.aio.client import Client

from services.errors import NotProvisioned, StreamMismatch, Unavailable
from services.intake.bounded_queries import BoundedQueries
from services.ledger.stream_identity import StreamIdentity, mismatch, remembered

EVERY_S = 5.0
TIMEOUT_S = 2.0

log = structlog.get_logger()


class StreamWatch:
    """Remembers what the ledger said of its stream while PostgreSQL is away, and what was found while NATS is."""

    def __init__(self, nc: Client, stream: str, ask: BoundedQueries) -> None:
        self._nc = nc
        self._stream = stream
        self._ask = ask
        self._one = asyncio.Lock()
        self._looked_after: int | None = None
        self._looked_at = float("-inf")
        self._ours: StreamIdentity | None = None
        self.found: str | None = None
        """What was wrong with the stream when it was looked at last; None: nothing."""
        self.journal_answers = True
        """Whether PostgreSQL answered then."""

    async def fault(self) -> str | None:
        """Say what is wrong with the stream, as far as it is known now; None: nothing."""
        if self._looked_after != self._nc.stats["reconnects"]:
            await self.check()
        return self.found

    def unannounced(self, types: Iterable[str]) -> set[str]:
        """Types of events that no recorder is known to know; what was announced once holds for good."""
        return set(types) - (self._ours.event_types if self._ours is not None else frozenset())

    async def check(self) -> None:
        """Look now; all who ask while one look is under way share the next.

        What cannot be reached leaves things as they were.
        """
        asked_at = time.monotonic()
        async with self._one:
            if self._looked_at < asked_at:
                self._looked_at = time.monotonic()
                await self._look_now()

    async def _look_now(self) -> None:
        connection = self._nc.stats["reconnects"]
        try:
            found = await self._look()
        except (Unavailable, NotProvisioned, TimeoutError):
            return
        if found is not None and found != self.found:
            log.error("stream_mismatch_detected", stream=self._stream, found=found)
        elif found is None and self.found is not None:
            log.info("stream_mismatch_resolved", stream=self._stream)
        self.found, self._looked_after = found, connection

    async def keep_looking(self) -> NoReturn:
        """Look every few seconds, for ever."""
        while True:
            await self.check()
            await asyncio.sleep(EVERY_S)

    async def _look(self) -> str | None:
        # The ledger first: the stream only grows, and must never seem to be behind a journal that was read later.
        try:
            self.journal_answers = await self._remember()
        except StreamMismatch as error:
            self.journal_answers = True
            return str(error)
        if self._ours is not None and self._nc.is_connected:
            async with asyncio.timeout(TIMEOUT_S):
                return await mismatch(self._nc, self._ours)
        raise Unavailable("The stream or what is remembered of it cannot be asked.")

    async def _remember(self) -> bool:
        try:
            found = await self._ask(lambda connection: remembered(connection, self._stream))
        except NotProvisioned as error:
            log.warning("stream_identity_not_read", reason=str(error))
            return True
        except asyncpg.UndefinedTableError as error:
            log.debug("ledger_table_missing", reason=str(error))
            return False
        self._ours = found or self._ours
        return found is not None
