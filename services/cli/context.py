"""Options and helpers that commands share: the ledger's address, read-only questions, output, running of coroutines."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from services.endpoints import endpoints, running
from services.errors import NotConfigured
from services.output import print_json, say
from services.settings import Settings
from services.texts import Language
from services.wording import Wording

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from asyncpg import Connection

    from services.query.moment import Following

Result = TypeVar("Result")

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Data directory of `daybook up`. Also: DAYBOOK_DATA.",
        show_default="~/.local/share/daybook",
        file_okay=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
LanguageOption = Annotated[
    Language | None,
    typer.Option(
        "--lang", help="Language of headings and sentences: zh or en. Also: DAYBOOK_LANGUAGE.", show_default="en"
    ),
]

IntakeOption = Annotated[
    str | None, typer.Option("--intake", help="Address of intake; by default that of the running `up`.")
]


def load(data: Path | None = None, **given: Any) -> Settings:
    """The settings: what the command line gives (None: not given), then the environment, then the defaults.

    From here on logs go to standard error; warnings and errors only, unless a level is set.

    Raises NotConfigured, which names every variable at fault.
    """
    from services.runtime import logs

    named = {name: value for name, value in {"data": data, **given}.items() if value is not None}
    try:
        settings = Settings(**named)
    except ValidationError as error:
        faults = [
            f"DAYBOOK_{str(each['loc'][0]).upper()}: {each['msg']}" if each["loc"] else each["msg"]
            for each in error.errors(include_url=False)
        ]
        raise NotConfigured("These settings are wrong:\n  - " + "\n  - ".join(faults)) from None
    level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    logs.configure(settings.model_copy(update={"log_level": level}), "command")
    return settings


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end, its cleanup too, however many signals say stop; then raise KeyboardInterrupt.

    Raises NotPermitted as soon as NATS does not permit what the coroutine does.
    """
    from services.runtime.shutdown import cancelled_by, stop_signals, unless_refused

    async def interruptible() -> Result:
        task = asyncio.ensure_future(unless_refused(work))
        numbers = [each for each in stop_signals() if signal.getsignal(each) is not signal.SIG_IGN]
        with cancelled_by(task, numbers if threading.current_thread() is threading.main_thread() else ()) as came:
            try:
                return await task
            except (Exception, asyncio.CancelledError) as error:
                if came:
                    raise KeyboardInterrupt from error
                raise

    return asyncio.run(interruptible())


def on_database(settings: Settings, work: "Callable[[Connection], Awaitable[Result]]") -> Result:
    """Run work on a connection of the ledger's owner and return its result.

    Raises NotConfigured, NotProvisioned, Unavailable, and what the work raises.
    """
    from services.postgres import connection as database

    async def run() -> Result:
        connection = await database.connect(endpoints(settings).database_url)
        try:
            with database.explained():
                return await work(connection)
        finally:
            connection.terminate()

    return wait_for(run())


async def wording_of(settings: Settings, connection: "Connection") -> Wording:
    """Read the zone of the ledger; the language is a setting."""
    from services.query.moment import time_zone

    return Wording(settings.language, await time_zone(connection))


def worded(settings: Settings, work: "Callable[[Connection], Awaitable[Result]]") -> tuple[Result, Wording]:
    """Run work as `on_database` does, and return how to word its result as well."""

    async def both(connection: "Connection") -> tuple[Result, Wording]:
        return await work(connection), await wording_of(settings, connection)

    return on_database(settings, both)


def print_token(name: str, token: str, as_json: bool, language: Language) -> None:
    """Prints a token, once: alone on standard output, with a word about it on standard error."""
    if as_json:
        print_json({"name": name, "token": token})
        return
    say(token)
    say(Wording(language).text("token", name=name), err=True)


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


def ask(
    data: Path | None,
    question: "Callable[[Connection, Settings], Awaitable[Result]]",
    lang: Language | None = None,
) -> tuple[Result, Wording]:
    """Asks over one connection that may only read, and how to word the answer.

    Raises NotConfigured, NotProvisioned or Unavailable.
    """
    settings = load(data, language=lang)

    async def asked() -> tuple[Result, Wording]:
        async with reading(settings) as connection:
            return await question(connection, settings), await wording_of(settings, connection)

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
    """Function for the time at which the stream took what follows a sequence; it connects to NATS only when called."""

    async def taken(sequence: int) -> "datetime | None":
        from services.nats import connection as stream_connection
        from services.stream.read import taken_after

        nc = await stream_connection.connect(endpoints(settings).nats_url, "asking")
        try:
            return await taken_after(nc, settings.stream, sequence)
        finally:
            await nc.close()

    return taken


def intake_of(settings: Settings) -> str:
    """Address of intake of the running `up`. Raises NotConfigured."""
    run = running(settings.data)
    if run is None:
        raise NotConfigured(
            f"No ledger runs on {settings.data}. Start one with `daybook up --data {quote(str(settings.data))}`, or "
            "say where intake is with --intake http://HOST:PORT."
        )
    return run["intake_url"]


def counted(number: int, what: str) -> str:
    """`1 deal`, `2 deals`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def text(value: Any) -> str:
    """A cell: nothing for null."""
    return "" if value is None else str(value)
