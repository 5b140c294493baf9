"""A projector: one session after another, for as long as it runs. Postgres may go and come back."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic

import asyncpg
import structlog

from projections.views import VIEWS
from services.errors import DaybookError, NotProvisioned
from services.postgres import connection as database
from services.projector.progress import Progress
from services.projector.session import CONNECTION_BROKEN, Find, Manner, Session, Tell, Working
from services.views.generation import Views

CONNECTIONS = 4
"""At work at the same time; the lanes take turns on them."""
BATCH = 20_000
"""Arrivals per transaction of a lane, at most."""
FORGET_S = 15
"""A process that has been silent for so long, frozen or cut off, loses its lanes: PostgreSQL ends its connections."""
PAUSES_S = (0.1, 2.0)
"""Before the next session: at first, and at most after many that ended at once."""
STEADY_S = 5.0
"""A session that has lasted so long is followed by the first pause."""

_NO_GENERATION = "run `daybook rebuild`, or `daybook init` for a new ledger"

log = structlog.get_logger()


async def _tell_nobody(lane: int, sequence: int) -> None:
    pass


class Projector:
    """Feeds the generation that `find` gives, in its share of the lanes among all projectors that do."""

    def __init__(
        self,
        database_url: str,
        find: Find,
        *,
        views: Views = VIEWS,
        cache_entries: int = 1_000_000,
        batch: int = BATCH,
        tell: Tell = _tell_nobody,
        on_trouble: Callable[[Exception], None] = lambda error: None,
        progress: Progress | None = None,
        bulk_loads: bool = False,
    ) -> None:
        self._url = database_url
        self._find = find
        self._progress = progress or Progress()
        self._manner = Manner(views, cache_entries, batch, tell, on_trouble, self._progress, bulk_loads)
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Wakes the lanes: there may be more in the journal."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        pause = PAUSES_S[0]
        while True:
            began = monotonic()
            try:
                await self._session()
            except (*CONNECTION_BROKEN, DaybookError) as error:
                log.warning("session_ended", error=str(error) or type(error).__name__)
                self._progress.ended(str(error) or type(error).__name__)
            except Exception as error:
                log.exception("session_ended")
                self._progress.ended(f"{type(error).__name__}; its log says more")
            else:
                self._progress.ended()
            pause = PAUSES_S[0] if monotonic() - began > STEADY_S else min(pause * 2, PAUSES_S[1])
            await asyncio.sleep(pause)

    async def _session(self) -> None:
        async with AsyncExitStack() as stack:
            locking = await self._connection(stack)
            await locking.execute(f"set idle_session_timeout = '{FORGET_S}s'")
            generation = await self._find(locking)
            if generation is None:
                log.error("generation_missing", do=_NO_GENERATION)
                raise NotProvisioned(f"This version's views are not there: {_NO_GENERATION}.")
            working: Working = asyncio.LifoQueue()
            for _ in range(CONNECTIONS):
                working.put_nowait(await self._connection(stack))
            session = Session(locking, working, generation, self._manner, self._wake)
            stack.push_async_callback(session.end)
            log.info("projector_started", generation=generation.digest, schema=generation.schema)
            self._progress.began(generation)
            await session.run(self._find)

    async def _connection(self, stack: AsyncExitStack) -> asyncpg.Connection:
        connection = await database.connect(self._url, "daybook_projector")
        stack.callback(connection.terminate)
        await connection.execute(f"set idle_in_transaction_session_timeout = '{FORGET_S}s'")
        return connection
