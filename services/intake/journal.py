"""Look-ups of the events being sent in the journal. With PostgreSQL away the answer is None: nothing is known.

Look-ups that arrive while one is under way are made together in the next, so many senders cost few queries.
"""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import asyncpg

from services.intake.bounded_queries import BoundedQueries
from services.intake.coalescing_queue import CoalescingQueue
from services.ledger.journal import Connection, recorded_position
from services.postgres.statements import queries

Identity = tuple[str, str]
"""(source, id)."""

POLL_S = 0.02
MAX = 4000
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
    """Identities and subjects that one sender needs to know about."""

    identities: Collection[Identity]
    subjects: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Originals and subjects that the journal holds of those asked for, and perhaps more."""

    originals: Mapping[Identity, Original] = field(default_factory=dict)
    subjects: Collection[str] = ()


_Answer = Known | None | Exception


class Journal:
    """Looks into the journal."""

    def __init__(self, ask: BoundedQueries) -> None:
        self._ask = ask
        self._together: CoalescingQueue[Question, _Answer] = CoalescingQueue(
            self._look, lambda question: len(question.identities) + len(question.subjects), MAX
        )

    @property
    def away(self) -> bool:
        """Tell if PostgreSQL did not answer just now."""
        return self._ask.away

    async def look(self, question: Question) -> Known | None:
        """Return what the journal knows of a question; None with PostgreSQL away.

        An error that PostgreSQL raises for one question is raised for its asker alone, not for those asked together
        with it.
        """
        found = await self._together(question)
        if isinstance(found, Exception):
            raise found
        return found

    async def position(self) -> int | None:
        """Position of the recorder; None with Postgres away."""
        return await self._ask(recorded_position)

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

    async def versions(self, playbooks: Collection[str]) -> dict[str, set[int]] | None:
        """The versions of playbooks that the journal holds, by subject. None with Postgres away."""
        rows = await self.rows("versions", list(playbooks))
        if rows is None:
            return None
        found: dict[str, set[int]] = {each: set() for each in playbooks}
        for row in rows:
            found[row["subject"]].add(row["version"])
        return found

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record] | None:
        """The rows of a named statement of journal.sql. None with Postgres away."""
        return await self._ask(lambda connection: connection.fetch(_SQL[statement], *values))

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
        return await self._ask(lambda connection: _known(connection, identities, subjects))


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
