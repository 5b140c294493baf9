"""Observations of a run from outside: what processes say of themselves, and how far the views have come."""

import asyncio
from abc import ABC, abstractmethod
from time import monotonic

import asyncpg
import httpx

from tests.faults.kept import Kept
from tests.faults.servers import connect

_SERVED = "select schema_name from ledger.generation where promoted_at is not null order by promoted_at desc limit 1"
_LEADS_WITHIN_S = 10.0
AWAY = (httpx.HTTPError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What is raised while something is away."""


class Onlooker(ABC):
    """Asks, and changes nothing."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        """The processes, by name."""
        self._looking: asyncpg.Connection | None = None
        self._one_look = asyncio.Lock()
        self._asking = httpx.AsyncClient(timeout=2)

    @property
    @abstractmethod
    def database_url(self) -> str:
        """URL of the ledger's database now."""

    async def look_away(self) -> None:
        """No more."""
        await self._asking.aclose()
        if self._looking is not None:
            self._looking.terminate()

    def of(self, service: str) -> list[Kept]:
        """Its processes: `recorder`, `recorder-2`, …"""
        return [each for name, each in self.kept.items() if name.partition("-")[0] == service]

    async def leading(self, service: str) -> Kept | None:
        """Of a service's processes, the one that says that it leads; one that has much to do may be slow to say so."""
        until = monotonic() + _LEADS_WITHIN_S
        while True:
            for each in self.of(service):
                try:
                    state = (await self._asking.get(f"{each.url}/ready")).json()["state"]
                except (httpx.HTTPError, ValueError, KeyError):
                    continue
                if state.get("role") in ("leading", "active"):
                    return each
            if monotonic() > until:
                return None
            await asyncio.sleep(0.1)

    async def readiness(self, name: str) -> tuple[int, list[str]]:
        """Return what a process says on `/ready`: status, and codes of its reasons. Raises what httpx raises."""
        answer = await self._asking.get(f"{self.kept[name].url}/ready")
        return answer.status_code, [each["code"] for each in answer.json()["reasons"]]

    async def look(self, query: str, *values: object) -> list[asyncpg.Record]:
        """Asks the database as its owner. Raises what asyncpg raises."""
        async with self._one_look:
            if self._looking is None or self._looking.is_closed():
                self._looking = await connect(self.database_url)
            try:
                return await self._looking.fetch(query, *values)
            except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError):
                self._looking.terminate()
                raise

    async def served(self) -> str:
        """The schema of the generation that is served. Raises what asyncpg raises."""
        return str((await self.look(_SERVED))[0][0])

    async def projected(self) -> int:
        """The lowest position of all lanes of the generation that is served. Raises what asyncpg raises."""
        found = await self.look(f'select coalesce(min(sequence), 0) from "{await self.served()}".lane')
        return int(found[0][0])

    async def signed(self) -> int:
        """Number of rows that the notary's newest head in the database signs. Raises what asyncpg raises."""
        return int((await self.look("select coalesce(max(size), 0) from ledger.tree_head"))[0][0])

    def look_anew(self) -> None:
        """Over another connection: the one there is may hang."""
        if self._looking is not None:
            self._looking.terminate()

    async def lanes(self) -> str:
        """Position of each lane, and what the projectors' connections are doing, for a report."""
        schema = await self.served()
        lanes = await self.look(f'select lane, epoch, sequence from "{schema}".lane order by sequence, lane')
        doing = await self.look(
            "select state, wait_event, extract(epoch from now() - query_start)::numeric(9, 2), left(query, 60)"
            " from pg_stat_activity where application_name = 'projector' order by 3 desc"
        )
        return f"(lane, epoch, position): {[tuple(each) for each in lanes]}; {[tuple(each) for each in doing]}"

    async def unready(self, sequence: int) -> str:
        """Say what is not ready, or not as far as a sequence; empty when all is."""
        try:
            for name, each in self.kept.items():
                if not each.runs:
                    return f"{name} is not alive"
                answer = await self._asking.get(f"{each.url}/ready")
                if answer.status_code != 200:
                    return f"{name} says that it is not ready: {answer.text}"
            reached = await self.projected()
            return "" if reached >= sequence else f"the views have reached {reached} of {sequence}"
        except AWAY as error:
            return repr(error)
