"""`daybook up`: the whole ledger, until Ctrl-C."""

import asyncio
import time
from shlex import quote
from typing import Annotated

import typer

from services.cli.context import DataOption, LanguageOption, load
from services.output import say_lines
from services.runtime.shutdown import cancel_and_wait, stop_signals
from services.settings import Settings
from services.wording import Wording


def up(
    data: DataOption = None,
    intake_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of intake; 0 takes a free one.", show_default="8080")
    ] = None,
    query_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of query; 0 takes a free one.", show_default="8081")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Run the whole ledger until Ctrl-C: a NATS server, PostgreSQL and the five services.

    Everything is kept in the data directory, and found there again. With DAYBOOK_NATS_URL and DAYBOOK_DATABASE_URL no
    server is started. What ends by itself is started again. Each process has its log in the data directory, in `logs`
    (16 MiB, three older ones kept).

    Example: `daybook up --data ~/ledger --intake-port 8080 --query-port 8081`
    """
    settings = load(data, intake_port=intake_port, query_port=query_port, language=lang)
    asyncio.run(_up(settings))


async def _up(settings: Settings) -> None:
    from services.embedded.data_directory import held
    from services.embedded.supervisor import Supervisor

    def say(text: str) -> None:
        try:
            say_lines(f"· {text}")
        except OSError:
            return  # whoever read our output is gone; the ledger goes on

    begun, wording = time.monotonic(), Wording(settings.language)
    told_to_stop = asyncio.Event()
    for number in stop_signals():
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    with held(settings.data) as directory:
        say(wording.text("up on", data=settings.data))
        supervisor = Supervisor(settings, directory, say)
        starting = asyncio.create_task(supervisor.start())
        stopping = asyncio.create_task(told_to_stop.wait())
        try:
            await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                say(wording.text("up ready", seconds=f"{time.monotonic() - begun:.1f}"))
                if supervisor.unsigned is not None:
                    say(wording.text("nothing signed", reason=supervisor.unsigned))
                if supervisor.outdated:
                    say(wording.text("outdated"))
                    command = f"daybook rebuild --data {quote(str(settings.data))}"
                    say(wording.text("rebuild makes anew", command=command))
                for line in addresses(supervisor.run, settings):
                    say(line)
                await stopping
            say(wording.text("up stopping"))
        finally:
            await cancel_and_wait((starting, stopping))
            await supervisor.stop()
    say(wording.text("up stopped"))


def addresses(run: dict[str, object], settings: Settings) -> list[str]:
    """Lines for people with the address of every service."""
    wording = Wording(settings.language)
    found = {
        "console": f"{run['query_url']}/",
        "send events": f"{run['intake_url']}/events",
        "read": f"{run['query_url']}/docs",
    }
    if run["emitter_nats_url"]:
        found["send by NATS"] = f"{run['emitter_nats_url']}, request intake.<source>"
        found["read by SQL"] = str(run["sql_url"])
    found["proofs"] = f"{run['notary_url']}/checkpoint"
    found["health"] = wording.text("health at", recorder=run["recorder_url"], projector=run["projector_url"])
    found["commands"] = f"daybook status --data {quote(str(settings.data))}"
    found["logs"] = str(settings.data / "logs")
    return [f"{wording.text(name):15} {address}" for name, address in found.items()]
