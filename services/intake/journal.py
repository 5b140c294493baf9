"""What the journal knows about the events being sent. With Postgres away the answer is None: nothing is known.

Look-ups that arrive while one is under way are made together in the next, so many senders cost few queries.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import asyncpg
import structlog

from services.database import DATABASE_AWAY
from services.intake.together import Together
from services.ledger.journal import Connection, recorded_position
from services.sql import queries

log = structlog.get_logger()

T = TypeVar("T")
Identity = tuple[str, str]
"""(source, id)."""

TIMEOUT_S = 2.0
AWAY_S = 0.5
"""After a failure Postgres is left alone for so long: no sender waits for what will not come."""
POLL_S = 0.02
MOST = 4000
"""Identities and subjects in one query."""

_SQL = queries("services.intake", "journal.sql")


class Original(NamedTuple):
    """The event that holds an identity."""

    sequence: int
    type: str
    subject: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """What one sender needs to know."""

    identities: Collection[Identity]
    subjects: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal holds of what was asked, and perhaps more."""

    originals: Mapping[Identity, Original] = field(default_factory=dict)
    subjects: Collection[str] = ()


_Answer = Known | None | Exception


class Journal:
    """Looks into the journal, within `TIMEOUT_S`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._away_until = float("-inf")
        self._together: Together[Question, _Answer] = Together(
            self._look, lambda question: len(question.identities) + len(question.subjects), MOST
        )

    @property
    def away(self) -> bool:
        """Whether Postgres did not answer just now."""
        return time.monotonic() < self._away_until

    async def look(self, question: Question) -> Known | None:
        """What is known. None with Postgres away. What PostgreSQL refuses to be asked raises for its asker alone."""
        found = await self._together(question)
        if isinstance(found, Exception):
            raise found
        return found

    async def position(self) -> int | None:
        """How far the recorder is. None with Postgres away."""
        return await self._try(recorded_position)

    async def passed(self, sequence: int, within_s: float) -> bool:
        """Wait until the recorder has passed a sequence; False when it does not in time, or Postgres is away."""
        deadline = time.monotonic() + within_s
        while True:
            position = await self.position()
            if position is None or position >= sequence:
                return position is not None
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_S)

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record] | None:
        """The rows of a named statement of journal.sql. None with Postgres away."""
        return await self._try(lambda connection: connection.fetch(_SQL[statement], *values))

    async def _look(self, questions: Sequence[Question]) -> list[_Answer]:
        try:
            return [await self._look_for_all(questions)] * len(questions)
        except Exception as error:
            if len(questions) == 1:
                return [error]
        return [answer for question in questions for answer in await self._look([question])]

    async def _look_for_all(self, questions: Sequence[Question]) -> Known | None:
        identities = list({each for question in questions for each in question.identities})
        subjects = list({each for question in questions for each in question.subjects})
        return await self._try(lambda connection: _known(connection, identities, subjects))

    async def _try(self, ask: Callable[[Connection], Awaitable[T]]) -> T | None:
        if self.away:
            return None
        try:
            async with asyncio.timeout(TIMEOUT_S), self._pool.acquire() as connection:
                return await ask(connection)
        except DATABASE_AWAY as error:
            self._away_until = time.monotonic() + AWAY_S
            log.warning("journal_away", error=str(error) or type(error).__name__)
            return None


async def _known(connection: Connection, identities: Sequence[Identity], subjects: Sequence[str]) -> Known:
    sources, ids = [source for source, _ in identities], [id_ for _, id_ in identities]
    rows = await connection.fetch(_SQL["originals"], sources, ids)
    return Known(
        {
            (row["source"], row["id"]): Original(row["sequence"], row["type"], row["subject"], row["message"])
            for row in rows
        },
        {row["subject"] for row in await connection.fetch(_SQL["subjects"], subjects)} if subjects else (),
    )
