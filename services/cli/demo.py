"""`daybook demo`: a story of 200 deals on a ledger of its own."""

import tempfile
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from services.cli.context import LanguageOption, load
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
    lang: LanguageOption = None,
) -> None:
    """Tell the story of 200 deals through intake, ask every report, verify the ledger.

    The ledger is one of its own, on servers of its own, whatever the environment names. A directory with a ledger that
    the demo did not make, or to which others have sent events before the story was told, is refused. Interrupted, it
    goes on when it is run again; a story that was told is not told again.

    Example: `daybook demo --serve --data .daybook`
    """
    from contracts.playbooks.shipped import shipped
    from services.demo import notes
    from services.demo.ledger import DemoLedger
    from services.demo.run import WIDTH, run
    from services.demo.story import tell

    with tempfile.TemporaryDirectory(prefix="daybook-demo-") as temporary:
        ports = (intake_port, query_port) if serve else (0, 0)
        settings = load(data or Path(temporary), language=lang)
        story = tell(shipped(), deals, seed)
        remembered = notes.of(settings.data, deals, seed, story.digest)
        with DemoLedger(settings.data, *ports, language=settings.language) as ledger:
            run(ledger, remembered, story)
            if not serve:
                say(ledger.wording.text("console after demo", command="daybook demo --serve --data .daybook"))
                return
            run_at, told, at = ledger.run, ledger.wording, quote(str(ledger.data))
            heading(told.text("demo serving"), WIDTH)
            say(f"{told.text('console'):14} {run_at['query_url']}/")
            for name in ("intake_url", "query_url", "emitter_nats_url"):
                say(f"{name.removesuffix('_url'):14} {run_at[name]}")
            say(f"{told.text('API reference'):14} {run_at['query_url']}/docs, {run_at['intake_url']}/docs")
            say(f"{told.text('commands'):14} daybook status --data {at}")
            say(f"{told.text('stop'):14} Ctrl-C, daybook down --data {at}")
            try:
                ledger.wait()
            except KeyboardInterrupt:
                say(told.text("up stopping"))
