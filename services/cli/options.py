"""Options and helpers that commands share: where the ledger is, how the answer is printed, how coroutines are run."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from services.errors import NotConfigured
from services.output import print_json, say
from services.settings import Settings, endpoints

if TYPE_CHECKING:
    from asyncpg import Connection

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
    """Runs a coroutine to its end. Ctrl-C is KeyboardInterrupt, whatever the libraries in between make of it.

    Raises NotPermitted as soon as NATS does not permit what the coroutine does.
    """
    from services.runtime.shutdown import unless_refused

    async def interruptible() -> Result:
        try:
            return await unless_refused(work)
        except Exception as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
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


def print_token(name: str, token: str, as_json: bool) -> None:
    """Prints a token, once: alone on standard output, with a word about it on standard error."""
    if as_json:
        print_json({"name": name, "token": token})
        return
    say(token)
    say(f"This is the token of {name}. It is shown this once; keep it where {name} finds it.", err=True)
