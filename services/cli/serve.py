"""`daybook serve`: one service alone."""

import importlib
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import typer

from services.cli.context import DataOption, load
from services.endpoints import endpoints


class Name(StrEnum):
    """The services; each is the coroutine function `serve(settings)` of `services/<name>/service.py`."""

    INTAKE = "intake"
    RECORDER = "recorder"
    PROJECTOR = "projector"
    QUERY = "query"
    NOTARY = "notary"


def serve(
    service: Annotated[Name, typer.Argument(help="Which one.", show_default=False)], data: DataOption = None
) -> None:
    """Run one service until Ctrl-C, SIGTERM or the end of its terminal; `daybook up` runs all five.

    It finds a running `daybook up` by its data directory, or the servers by DAYBOOK_NATS_URL and
    DAYBOOK_DATABASE_URL. Logs go to standard error.

    Example: `DAYBOOK_NATS_URL=nats://… DAYBOOK_DATABASE_URL=postgresql://… daybook serve recorder`
    """
    with suppress(KeyboardInterrupt):  # told to stop while it is still being loaded: as clean an end as any other
        import uvloop

        from services.endpoints import warn_without_tls
        from services.runtime import logs

        settings = load(data)
        logs.configure(settings, service.value)
        warn_without_tls(endpoints(settings))
        uvloop.run(importlib.import_module(f"services.{service.value}.service").serve(settings))
