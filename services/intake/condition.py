"""How intake is: whether the stream takes an event now, keeps it, and is the one that the ledger remembers."""

import asyncpg
from nats.aio.client import Client

from services.database import DATABASE_AWAY
from services.errors import Unavailable
from services.intake.door import Door
from services.monitoring.condition import Condition, Reason
from services.settings import Settings
from services.sql import queries
from services.stream.provision import MAX_MESSAGE_BYTES, configuration, differences
from services.stream.state import StreamState, find

_SQL = queries("services.intake", "condition.sql")
TIMEOUT_S = 1.0
ROOM_BYTES = MAX_MESSAGE_BYTES + 1024
"""With less room than the largest message takes, the stream counts as full."""
_COPIES = "num_replicas"
"""How many copies there are is for whoever makes the stream; services need not be told."""


class Looking:
    """Looks at the stream, and remembers what the ledger said of it while PostgreSQL is away."""

    def __init__(self, settings: Settings, door: Door, nc: Client, pool: asyncpg.Pool) -> None:
        self._settings = settings
        self._door = door
        self._nc = nc
        self._pool = pool
        self._remembered: asyncpg.Record | None = None

    async def look(self) -> Condition:
        """How intake is now. PostgreSQL may be away: intake takes events all the same."""
        journal = await self._ask_ledger()
        state = {"journal": journal, "sources": self._door.sources.loaded}
        figures = {"daybook_intake_journal_away": float(not journal)}
        reasons = []
        if not self._door.sources.loaded:
            reasons.append(Reason("sources_unknown", "The sources could not be read yet: nobody would be let in."))
        try:
            found = await find(self._nc, self._settings.stream) if self._nc.is_connected else None
        except Unavailable:
            found = None
        else:
            if found is None and self._nc.is_connected:
                reasons.append(Reason("stream_missing", f"There is no stream {self._settings.stream}."))
                return Condition(reasons, state, figures)
        if found is None:
            reasons.append(Reason("stream_away", "NATS does not answer, or the stream has no leader now."))
            return Condition(reasons, state, figures)
        reasons += self._faults(found)
        return Condition(reasons, state | {"last_sequence": found.last_sequence}, figures | found.figures())

    async def _ask_ledger(self) -> bool:
        try:
            async with self._pool.acquire(timeout=TIMEOUT_S) as connection:
                self._remembered = await connection.fetchrow(_SQL["remembered"], timeout=TIMEOUT_S)
        except DATABASE_AWAY:
            return False
        return True

    def _faults(self, found: StreamState) -> list[Reason]:
        reasons = []
        if found.bytes + ROOM_BYTES > found.max_bytes:
            what = f"It holds {found.bytes} of at most {found.max_bytes} bytes: raise DAYBOOK_STREAM_MAX_BYTES."
            reasons.append(Reason("stream_full", what))
        ours = self._remembered
        if ours is not None and found.created_at != ours["created_at"]:
            what = "The stream is not the one that the ledger remembers: `daybook reconcile` shows the difference."
            reasons.append(Reason("stream_foreign", what))
        elif ours is not None and found.last_sequence < ours["recorded"]:
            what = (
                f"The stream ends at {found.last_sequence}, the journal at {ours['recorded']}: its numbers would be "
                "used again. `daybook reconcile` puts back what is missing."
            )
            reasons.append(Reason("stream_rewound", what))
        differing = differences(configuration(self._settings, found.max_bytes), found.configuration).keys() - {_COPIES}
        if differing:
            what = f"The stream has other settings than it must have: {', '.join(sorted(differing))}."
            reasons.append(Reason("stream_settings", what))
        return reasons
