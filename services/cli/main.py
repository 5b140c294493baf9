"""The command `daybook`: every command and group of commands, mounted here.

A command's module is imported at every start, so it imports what is heavy (servers, frameworks, numbers of models)
inside its functions.
"""

import sys
from typing import Annotated

import typer

from services.cli import (
    backup,
    changes,
    config,
    demo,
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
    reports,
    restore,
    serve,
    source,
    status,
    up,
    verify,
)
from services.errors import DaybookError
from services.version import version

app = typer.Typer(
    name="daybook",
    help="An event-sourced sales activity ledger.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

app.command()(up.up)
app.command()(serve.serve)
app.command()(init.init)
app.command()(config.config)
app.command()(rebuild.rebuild)
app.command()(reconcile.reconcile)
app.command()(demo.demo)
app.command()(status.status)
app.command()(history.history)
app.command()(explain.explain)
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
        typer.echo(f"daybook {version()}")
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
    try:
        app()
    except DaybookError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        sys.exit(2)


if __name__ == "__main__":
    run()
