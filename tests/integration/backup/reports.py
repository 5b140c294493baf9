"""Answers of a ledger, for comparing before and after: every report at one as of and one known at."""

from typing import Any

import httpx

from services.audit.verify import verify
from services.nats import connection as stream_connection
from services.query.service import running
from tests.ledger import Ledger

AS_OF = "2026-04-01T00:00:00+00:00"
_PATHS = (
    "/pipeline",
    "/funnel/practice",
    "/receivables/ageing",
    "/receivables/open",
    "/deals/D-1",
    "/deals/D-1/history",
    "/deals/D-1/explain",
    "/accounts/A-1/history",
)
_TABLES = ("source", "reader", "quarantine_decision", "identity")


class Silent:
    """Nobody wants to know how far it is."""

    def begins(self, step: str, total: int | None) -> None:
        pass

    def notes(self, text: str) -> None:
        pass


async def answers(ledger: Ledger, known_at: int) -> dict[str, Any]:
    """Reports by path, and what durable tables hold by name."""
    settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    found: dict[str, Any] = {}
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        for path in _PATHS:
            answer = await client.get(path, params={"as_of": AS_OF, "known_at": str(known_at)})
            assert answer.status_code == 200, answer.text
            found[path] = answer.json()
    owner = await ledger.connect()
    for table in _TABLES:
        found[table] = [tuple(row) for row in await owner.fetch(f"select * from ledger.{table} order by 1, 2")]
    for table in ("journal", "concerns"):
        rows = f"select * from ledger.{table} where sequence <= $1 order by 1, 2"
        found[table] = [tuple(row) for row in await owner.fetch(rows, known_at)]
    return found


async def sound(ledger: Ledger) -> None:
    """Stream, journal and views agree, entry by entry."""
    connection = await ledger.connect("daybook_query")
    nc = await stream_connection.connect_following(ledger.endpoints.nats_url, "test")
    found = await verify(connection, nc, ledger.settings.stream, Verifying())
    await nc.close()
    assert found["ok"], found["differences"]


class Restoring(Silent):
    """As restoring tells it."""

    def advances(self, parts: int) -> None:
        pass


class Verifying(Silent):
    """As verifying tells it."""

    def begins(self, step: str, total: int | None) -> None:
        pass

    def advances(self, step: str, parts: int) -> None:
        pass
