"""`daybook serve`: one service alone."""

import importlib
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import typer

from services.cli.context import DataOption, load
from services.endpoints import endpoints


class Name(StrEnum):
    """The services; each is the coroutine function `serve(settings)` of a module."""

    INTAKE = "intake"
    RECORDER = "recorder"
    PROJECTOR = "projector"
    QUERY = "query"
    NOTARY = "notary"

    @property
    def module(self) -> str:
        """Module of the service. Query serves the console, too, whose pages are made of its answers."""
        return f"services.{'console' if self is Name.QUERY else self.value}.service"


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
        uvloop.run(importlib.import_module(service.module).serve(settings))
