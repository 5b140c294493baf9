"""Sources of the ledger and their rights to send, kept in memory and read anew every two seconds.

With PostgreSQL away the last known sources count. A token is compared by its SHA-256 alone.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import asyncpg

from contracts.events import EVENTS
from services.intake.bounded_queries import BoundedQueries
from services.ledger.sources import ALL
from services.ledger.tokens import hash_token, is_token, matches
from services.postgres.statements import queries

PUBLISHING = frozenset({"playbook_published", "playbook_withdrawn"})
"""Events that decide where deals stand: `all` does not include them."""
_BUT_FOR_PLAYBOOKS = frozenset(each.event_name() for each in EVENTS) - PUBLISHING

REFRESH_S = 2.0
MISS_REFRESH_S = 0.25
"""A token that is not known is looked for at once, but not more often: a new source may send from its first moment."""

_SQL = queries("services.intake", "sources.sql")


@dataclass(frozen=True, slots=True)
class Source:
    """An emitting system and its rights."""

    name: str
    events: frozenset[str]
    """Event names that it may send."""
    id_prefix: str | None
    """What ids of deals and accounts that it is the first to name begin with."""
    corrects_others: bool
    """Whether it may correct and void other sources' events."""
    disabled: bool
    token_hash: bytes


Stranger = Literal["unknown", "disabled", "not_known"]
"""Why a token names no source that may send: nobody has it; its source is disabled; it may be a new one, but
Postgres is away."""


def may_send(events: list[str]) -> frozenset[str]:
    """The names as kept in the ledger; `all` stands for every event that this version knows, but for policy.

    A sales process decides where everybody's deals stand, and a target by what they are measured: rights to such
    events are given by name.
    """
    named = frozenset(events)
    return named | _BUT_FOR_PLAYBOOKS if ALL in named else named


def source_of(row: asyncpg.Record) -> Source:
    """A source from its row in the ledger."""
    return Source(
        row["name"],
        may_send(row["events"]),
        row["id_prefix"],
        row["corrects_others"],
        row["disabled_at"] is not None,
        row["token_hash"],
    )


class Sources:
    """The sources as last read from the ledger."""

    def __init__(self, ask: BoundedQueries) -> None:
        self._ask = ask
        self._by_hash: Mapping[bytes, Source] = {}
        self._tried_at = float("-inf")
        self._loaded = False
        self._current = False
        self._reading = asyncio.Lock()

    @property
    def loaded(self) -> bool:
        """Tell if the sources were read at least once."""
        return self._loaded

    async def of(self, token: str) -> Source | Stranger:
        """The source that a token belongs to."""
        source = self._known(token)
        if source is None and is_token(token):
            await self._look_again()
            source = self._known(token)
        if source is not None:
            return "disabled" if source.disabled else source
        return "unknown" if self._current else "not_known"

    def name_of(self, token: str) -> str | None:
        """The source that may send by a token, as far as it was read; at once."""
        source = self._known(token) if is_token(token) else None
        return None if source is None or source.disabled else source.name

    def _known(self, token: str) -> Source | None:
        source = self._by_hash.get(hash_token(token))
        return source if source is not None and matches(token, source.token_hash) else None

    async def _look_again(self) -> None:
        asked_at = time.monotonic()
        async with self._reading:
            if self._tried_at < asked_at:
                await asyncio.sleep(self._tried_at + MISS_REFRESH_S - asked_at)
                await self.read()

    async def read(self) -> None:
        """Read them anew; with Postgres away they stay as they are."""
        self._tried_at = time.monotonic()
        rows = await self._ask(lambda connection: connection.fetch(_SQL["sources"]))
        if rows is None:
            self._current = False
            return
        self._by_hash = {row["token_hash"]: source_of(row) for row in rows}
        self._loaded = self._current = True

    async def keep_reading(self) -> None:
        """Read them every `REFRESH_S`, until cancelled."""
        while True:
            await self.read()
            await asyncio.sleep(REFRESH_S)
