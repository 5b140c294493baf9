"""`daybook demo`: a story of 200 deals on a ledger of its own."""

import tempfile
from pathlib import Path
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

    Example: `daybook demo --serve --data .daybook`
    """
    from services.demo.ledger import DemoLedger
    from services.demo.run import WIDTH, run

    with tempfile.TemporaryDirectory(prefix="daybook-demo-") as temporary:
        ports = (intake_port, query_port) if serve else (0, 0)
        with DemoLedger((data or Path(temporary)).absolute(), *ports) as ledger:
            run(ledger, deals, seed)
            if not serve:
                return
            addresses = ledger.run
            heading("serving until Ctrl-C", WIDTH)
            for name in ("intake_url", "query_url", "emitter_nats_url"):
                say(f"{name.removesuffix('_url'):14} {addresses[name]}")
            say(f"{'API reference':14} {addresses['query_url']}/docs and {addresses['intake_url']}/docs")
            say(f"{'commands':14} daybook status --data {ledger.data}")
            try:
                ledger.wait()
            except KeyboardInterrupt:
                say("stopping")
