"""`daybook demo`: a story of 200 deals on a ledger of its own."""

import tempfile
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from services.output import heading, say


def demo(
    serve: Annotated[bool, typer.Option("--serve", help="Go on serving the ledger until Ctrl-C.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Keep the ledger in this directory; by default a temporary one, removed at the end."),
    ] = None,
    deals: Annotated[int, typer.Option(min=20, max=5000, help="How many deals the story has.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed tells the same story.")] = 7,
    intake_port: Annotated[int, typer.Option(help="Port of intake with --serve.")] = 8080,
    query_port: Annotated[int, typer.Option(help="Port of query with --serve.")] = 8081,
) -> None:
    """Tell the story of 200 deals through intake, show the reports, verify the ledger.

    The ledger is one of its own, on servers of its own, whatever the environment names. A directory with a ledger that
    the demo did not make, or to which others have sent events before the story was told, is refused. Interrupted, it
    goes on when it is run again; a story that was told is not told again.

    Example: `daybook demo --serve --data .daybook`
    """
    from services.cli.context import load
    from services.demo import notes
    from services.demo.ledger import DemoLedger
    from services.demo.run import WIDTH, run

    with tempfile.TemporaryDirectory(prefix="daybook-demo-") as temporary:
        ports = (intake_port, query_port) if serve else (0, 0)
        directory = load(data or Path(temporary)).data
        remembered = notes.of(directory, deals, seed)
        with DemoLedger(directory, *ports) as ledger:
            run(ledger, remembered)
            if not serve:
                return
            addresses = ledger.run
            heading("serving until Ctrl-C", WIDTH)
            for name in ("intake_url", "query_url", "emitter_nats_url"):
                say(f"{name.removesuffix('_url'):14} {addresses[name]}")
            say(f"{'API reference':14} {addresses['query_url']}/docs and {addresses['intake_url']}/docs")
            say(f"{'commands':14} daybook status --data {quote(str(ledger.data))}")
            say(f"{'stop':14} Ctrl-C, or daybook down --data {quote(str(ledger.data))}")
            try:
                ledger.wait()
            except KeyboardInterrupt:
                say("stopping")
