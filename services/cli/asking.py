"""Helpers of the reading commands: the two times, a connection that may only read, and words for values."""

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.cli.options import load, wait_for
from services.settings import Settings, endpoints

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from asyncpg import Connection

    from services.query.times import Following

Result = TypeVar("Result")

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="As it had happened by then: a day (its end) or a time with offset. Default: now."),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at", help="As it was known then: a sequence, a day (its end) or a time. Default: all there is."
    ),
]


def ask(data: Path | None, question: "Callable[[Connection, Settings], Awaitable[Result]]") -> Result:
    """Asks over one connection that may only read. Raises NotConfigured, NotProvisioned or Unavailable."""
    settings = load(data)

    async def asked() -> Result:
        async with reading(settings) as connection:
            return await question(connection, settings)

    return wait_for(asked())


@asynccontextmanager
async def reading(settings: Settings) -> "AsyncIterator[Connection]":
    """A connection under the role of the query service."""
    from services.postgres import connection as database

    connection = await database.connect(endpoints(settings).database_url, "daybook_query")
    try:
        with database.explained():
            yield connection
    finally:
        connection.terminate()


def following(settings: Settings) -> "Following":
    """When the stream took what follows a sequence; connects to NATS only when it is asked."""

    async def taken(sequence: int) -> "datetime | None":
        from services.nats import connection as stream_connection
        from services.stream.reading import taken_after

        nc = await stream_connection.connect(endpoints(settings).nats_url, "asking")
        try:
            return await taken_after(nc, settings.stream, sequence)
        finally:
            await nc.close()

    return taken


def counted(number: int, what: str) -> str:
    """`1 deal`, `2 deals`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def moment_line(answer: Any) -> str:
    """The two times that an answer used."""
    return f"as of {clock(answer['as_of'])}, as known at sequence {answer['known_at']}"


def clock(at: str | None) -> str:
    """An instant for people: to the second, in UTC."""
    return "" if at is None else f"{at[:10]} {at[11:19]}"


def text(value: Any) -> str:
    """A cell: nothing for null."""
    return "" if value is None else str(value)
