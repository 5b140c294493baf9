"""Request context of the read API: it admits the reader, waits for `after`, and answers over one connection."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from services.errors import BadRequest, DaybookError
from services.http.parameters import parameters, sequence
from services.http.problems import Problem
from services.ledger.journal import Connection
from services.postgres.connection import DATABASE_AWAY, NOT_THERE
from services.query import moment as times
from services.query.access import Readers
from services.query.moment import Between, Following, Moment, Reach
from services.query.nats_listener import NatsListener
from services.query.position_waiter import WAIT_S, PositionWaiter
from services.query.render import Rows, csv_answer, headers_of, json_answer, prefers_csv
from services.stream.read import taken_after

ROOM_S = 10.0
"""How long a question waits for a connection while all are busy; then 503."""
POSITION_S = 1.0
"""How long a refusal waits to say how far the views are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the connection that answers it."""

    connection: Connection
    parameters: Mapping[str, str]
    reach: Reach
    """How far the views were: the answer includes at least that."""
    csv: bool
    following: Following

    @property
    def projected(self) -> int:
        """The lowest sequence that all lanes had projected."""
        return self.reach.projected

    async def moment(self) -> Moment:
        """The two times asked for. Raises BadRequest or Unavailable."""
        asked = self.parameters
        return await times.moment(
            self.connection, asked.get("as_of"), asked.get("known_at"), self.following, reach=self.reach
        )

    async def between(self) -> Between:
        """The instant and the two states of knowledge asked for. Raises BadRequest or Unavailable."""
        asked = self.parameters
        return await times_between(
            self.connection,
            asked.get("as_of"),
            asked.get("from_known"),
            asked.get("to_known"),
            self.following,
            self.reach,
        )

    def json(self, answer: Mapping[str, Any], moment: Moment | None = None, long: str | None = None) -> Response:
        """The answer as JSON."""
        return json_answer(answer, headers_of(self.projected, moment), long)

    def table(self, header: Sequence[str], rows: Rows, moment: Moment | None = None) -> Response:
        """The answer as CSV."""
        return csv_answer(header, rows, headers_of(self.projected, moment))


@dataclass(frozen=True, slots=True)
class Reading:
    """Resources that all questions share."""

    pool: asyncpg.Pool
    readers: Readers
    arrivals: PositionWaiter
    stream: NatsListener
    stream_name: str

    @asynccontextmanager
    async def asked(self, request: Request, *known: str) -> AsyncIterator[Asked]:
        """Let the reader in, and wait where `after` asks for it. Raises Problem or BadRequest."""
        await self.readers.admit(request)
        found = parameters(request, (*known, "after"))
        if "after" in found:
            await self._arrive(request, sequence(found["after"], "after"))
        async with self.pool.acquire(timeout=ROOM_S) as connection:
            reach = await times.reach_of(connection)
            request.state.projected = reach.projected
            csv = prefers_csv(request.headers.get("accept"))
            yield Asked(connection, found, reach, csv, self._following)

    async def position(self, request: Request) -> int | None:
        """Return the lowest sequence projected, which a refusal states beside its reason.

        None for a reader who may not read, and where the sequence cannot be read within `POSITION_S`.
        """
        known: int | None = getattr(request.state, "projected", None)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(POSITION_S):
                await self.readers.admit(request)
                return await self.projected()
        except (Problem, DaybookError, *DATABASE_AWAY, *NOT_THERE):
            return None

    async def projected(self) -> int:
        """The lowest sequence that all lanes have projected."""
        async with self.pool.acquire(timeout=ROOM_S) as connection:
            return await times.projected(connection)

    async def _following(self, sequence: int) -> datetime | None:
        return await taken_after(self.stream.nc, self.stream_name, sequence)

    async def _arrive(self, request: Request, sequence: int) -> None:
        if not await self.arrivals.reached(sequence):
            request.state.projected = await self.projected()
            raise Problem(
                "not_projected",
                f"The views do not include sequence {sequence} after {WAIT_S:g} s; they include everything up to "
                f"{request.state.projected}. Ask again.",
            )


async def times_between(
    connection: Connection,
    as_of: str | None,
    from_known: str | None,
    to_known: str | None,
    following: Following,
    reach: Reach | None = None,
) -> Between:
    """Reads both states of knowledge in the same way as known_at. Raises BadRequest or Unavailable."""
    if from_known is None:
        raise BadRequest("from_known: say from which state of knowledge on, as a sequence or a time.")
    within = reach or await times.reach_compared(connection)
    later = await times.moment(connection, as_of, to_known, following, name="to_known", reach=within)
    earlier = await times.sequence_known(connection, from_known, within, times.utc_now(), "from_known", following)
    return Between(later.as_of, earlier, later.known_at)
