"""Health of the notary: it signs, it stands by, or something keeps it from both. The active one tells Postgres too."""

from time import monotonic
from typing import Literal

import asyncpg
import structlog

from services.ledger.journal import Connection
from services.notary.journal import SQL
from services.postgres.connection import DATABASE_AWAY
from services.runtime.health import Health, Reason

State = Literal["waiting", "checking", "signing", "refusing", "interrupted"]
STANDS_BY_S = 5.0
"""Who stands by has asked for the lock within so long."""

log = structlog.get_logger()


class NotaryHealth:
    """State of a notary, reported by its service: it signs, it stands by, or something keeps it from both."""

    def __init__(self, vkey: str) -> None:
        self._vkey = vkey
        self._connection: Connection | None = None
        self._state: State = "interrupted"
        self._detail = "It is just starting."
        self._size = 0
        self._asked_at = float("-inf")

    def stands_by(self) -> None:
        """Note that this notary has asked for the lock, and another notary has it."""
        self._asked_at = monotonic()

    def leads(self, connection: Connection) -> None:
        """Note that this notary is the active one, which reports its state over the connection."""
        self._asked_at = float("-inf")
        self._connection = connection

    def ended(self) -> None:
        """Note that this notary is active no more."""
        self._connection = None

    async def says(self, state: State, detail: str) -> None:
        """Notes the state from now on, for `daybook status` too. Raises what asyncpg raises."""
        if (state, detail) == (self._state, self._detail):
            return
        self._state, self._detail = state, detail
        self._size = 0 if state == "checking" else self._size
        if self._connection is not None:
            await self._connection.execute(SQL["say"], state, detail, self._vkey)

    async def interrupted(self, reason: str) -> None:
        """Notes that something is away and that it begins anew. What it is decides whether Postgres can be told."""
        try:
            await self.says("interrupted", reason)
        except (*DATABASE_AWAY, asyncpg.PostgresError) as error:
            log.debug("notary_state_not_saved", error=str(error))

    def compared(self, rows: int) -> None:
        """Note that so many more rows were compared with the heads."""
        self._size += rows

    def signed(self, size: int) -> None:
        """The newest head covers so many rows."""
        self._size = size

    async def check(self) -> Health:
        """Checks the notary's health now."""
        if self._connection is None and monotonic() - self._asked_at < STANDS_BY_S:
            return Health((), {"role": "standing_by"}, {"daybook_notary_signing": 0})
        state = {"role": "active" if self._connection else "waiting", "doing": self._state, "rows": self._size}
        figures = {"daybook_notary_signing": float(self._state == "signing")}
        if self._state == "signing":
            return Health((), state, figures | {"daybook_notary_signed_rows": float(self._size)})
        return Health((Reason(self._state, self._detail),), state, figures)
