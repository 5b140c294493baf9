"""Lanes at work on a generation that is being built, for as long as they get any further."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from projections.replay.entry import LANES
from services.errors import DaybookError
from services.projector.progress import Progress
from services.projector.projector import Projector
from services.runtime.shutdown import cancel_and_wait
from services.views.generation import Generation, Views

POLL_INTERVAL_S = 0.05
GIVE_UP_AFTER = 5
"""Sessions in a row that an error has ended, and no lane is any further."""


class Build:
    """Progress of the lanes of a build, and what keeps them from going on."""

    def __init__(self) -> None:
        self.working = Progress()
        self._stopped: Exception | None = None
        self._reached = (0, 0)
        self._failures = 0

    @property
    def filled(self) -> float:
        """Share of all lanes' work that is done in lanes that are not committed yet."""
        return sum(self.working.filled.values()) / LANES

    def stop(self, error: Exception) -> None:
        """A lane cannot go on."""
        self._stopped = self._stopped or error

    def reached(self, begun: int, lowest: int) -> None:
        """Notes how many lanes are not empty, and where the lowest is.

        Raises DaybookError when that stays as it is while one session after another ends by an error.
        """
        if (begun, lowest) != self._reached:
            self._reached, self._failures = (begun, lowest), self.working.failures
        elif self.working.failures - self._failures >= GIVE_UP_AFTER:
            raise DaybookError(
                f"The build does not get any further: {GIVE_UP_AFTER} times in a row an error has ended its work. "
                f"The last one: {self.working.interrupted}"
            )

    async def pause(self) -> None:
        """Wait until it is time to look again. Raises the error that has stopped a lane for good."""
        if isinstance(self._stopped, DaybookError):
            raise self._stopped
        if self._stopped is not None:
            raise DaybookError(f"A lane cannot go on: {self._stopped!r}") from self._stopped
        await asyncio.sleep(POLL_INTERVAL_S)


@asynccontextmanager
async def building(database_url: str, after: Generation, views: Views, cache_entries: int) -> AsyncIterator[Build]:
    """A projector that feeds the generation."""
    build = Build()

    async def find(_: asyncpg.Connection) -> Generation:
        return after

    projector = Projector(
        database_url,
        find,
        views=views,
        cache_entries=cache_entries,
        on_trouble=build.stop,
        progress=build.working,
        bulk_loads=True,
    )
    task = asyncio.create_task(projector.run())
    try:
        yield build
    finally:
        await cancel_and_wait([task])
