"""Projectors inside the test, and what they are waited for by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from projections.views import VIEWS
from services.projector.projector import Projector
from services.views import generation
from services.views.generation import Generation
from tests.ledger import Ledger
from tests.service import at_work


async def served(connection: asyncpg.Connection) -> Generation:
    """The generation that is served."""
    found = await generation.served(connection)
    assert found is not None
    return found


@asynccontextmanager
async def projecting(ledger: Ledger, **manner: Any) -> AsyncIterator[Projector]:
    """A projector at work in this process; cut off at the end."""
    views = manner.setdefault("views", VIEWS)
    projector = Projector(ledger.endpoints.database_url, lambda connection: generation.own(connection, views), **manner)
    async with at_work(projector.run()):
        yield projector


async def lanes_are_held(connection: asyncpg.Connection, number: int) -> bool:
    """Tell if so many projectors hold all lanes, each as many as the others."""
    rows = await connection.fetch(
        "select pid, count(*) as lanes from pg_locks where locktype = 'advisory' and objsubid = 2 and objid < 16"
        " and database = (select oid from pg_database where datname = current_database()) group by pid"
    )
    return [row["lanes"] for row in rows] == [16 // number] * number
