"""The one sequence at which everything is checked: where the slowest lane is, once all have caught up."""

import asyncio
from dataclasses import dataclass

from services.errors import NotProvisioned
from services.ledger.journal import Connection
from services.postgres.statements import queries

_SQL = queries("services.audit", "journal.sql")
_POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Pin:
    """End of a check."""

    sequence: int
    behind: str | None
    """What had not caught up in time, in words; None when everything that the stream held at the start is checked."""


async def pin(connection: Connection, stream_last: int, wait_s: float) -> Pin:
    """Wait, at most so many seconds, until recorder and lanes have passed what the stream holds now.

    Whoever is further behind is not waited for any longer: the check then says up to where it went.
    """
    deadline = asyncio.get_running_loop().time() + wait_s
    while True:
        row = await connection.fetchrow(_SQL["pins"])
        if row is None or row["projected"] is None:
            raise NotProvisioned("There are no views yet. Run `daybook init`.")
        recorded, projected = row["recorded"], row["projected"]
        wanted = max(stream_last, recorded)
        if projected >= wanted:
            return Pin(projected, None)
        if asyncio.get_running_loop().time() >= deadline:
            return Pin(projected, _behind(stream_last, recorded, projected))
        await asyncio.sleep(_POLL_INTERVAL_S)


def _behind(stream_last: int, recorded: int, projected: int) -> str:
    if recorded < stream_last:
        return f"the stream holds {stream_last}, the recorder is at {recorded}, the slowest lane at {projected}"
    return f"the recorder is at {recorded}, the slowest lane at {projected}"
