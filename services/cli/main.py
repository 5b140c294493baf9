"""The command `daybook`: every command and group of commands, mounted here.

A command's module is imported at every start, so it imports what is heavy (servers, frameworks, numbers of models)
inside its functions.
"""

import signal
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from services.cli import (
    backup,
    changes,
    config,
    demo,
    deploy,
    down,
    evidence,
    explain,
    history,
    imports,
    init,
    notary,
    playbook,
    quarantine,
    reader,
    rebuild,
    reconcile,
    report,
    reports,
    restore,
    serve,
    source,
    status,
    up,
    verify,
)
from services.errors import DaybookError
from services.output import prepare, say, say_lines
from services.runtime.process import shut_working_directory, version
from services.runtime.shutdown import stop_signals

app = typer.Typer(
    name="daybook",
    help="An event-sourced sales activity ledger.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

app.command()(up.up)
app.command()(down.down)
app.command()(serve.serve)
app.command()(init.init)
app.command()(config.config)
app.command()(deploy.deploy)
app.command()(rebuild.rebuild)
app.command()(reconcile.reconcile)
app.command()(demo.demo)
app.command()(status.status)
app.command()(history.history)
app.command()(explain.explain)
app.command()(report.reports)
app.add_typer(report.app, name="report")
app.command()(reports.pipeline)
app.command()(reports.funnel)
app.command()(reports.ageing)
app.command()(changes.changes)
app.command()(verify.verify)
app.command()(evidence.evidence)
app.command()(backup.backup)
app.command()(restore.restore)
app.add_typer(imports.app, name="import")
app.add_typer(source.app, name="source")
app.add_typer(reader.app, name="reader")
app.add_typer(notary.app, name="notary")
app.add_typer(playbook.app, name="playbook")
app.add_typer(quarantine.app, name="quarantine")


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"daybook {version()}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """The entry point: what cannot be done is said on standard error, with exit code 2."""
    prepare()
    shut_working_directory()
    for number in stop_signals():
        if number is not signal.SIGINT:
            signal.signal(number, _interrupt)
    try:
        sys.exit(app(standalone_mode=False))
    except DaybookError as error:
        say_lines(str(error), err=True, style="red")
        sys.exit(2)
    except TyperException as error:
        _explain(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        say("Aborted.", err=True)
        sys.exit(1)


def _interrupt(*_: object) -> None:
    """SIGTERM and SIGHUP do what Ctrl-C does, so that what a command has started is stopped."""
    if not callable(signal.getsignal(signal.SIGINT)):  # in the background of a script Ctrl-C is ignored
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)


def _explain(error: TyperException) -> None:
    """Prints the usage of a command and what was typed wrong; nothing where its help was printed instead."""
    if not (wrong := error.format_message()):
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        say_lines(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.", err=True)
    say_lines(f"Error: {wrong}", err=True, style="red")


if __name__ == "__main__":
    run()
