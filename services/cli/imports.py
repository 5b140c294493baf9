"""`daybook import`: files of systems that cannot send events themselves."""

import asyncio
import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.errors import NotConfigured
from services.intake import importing
from services.intake.adapters import invoices_csv, maven_crm
from services.intake.adapters.reading import Reading
from services.intake.client import IntakeClient
from services.settings import Settings, running

app = typer.Typer(
    no_args_is_help=True, help="Send the contents of files through intake; a second run records nothing new."
)

Data = Annotated[Path | None, typer.Option(help="Data directory of the running ledger.", envvar="DAYBOOK_DATA")]
Intake = Annotated[str | None, typer.Option(help="Address of intake; by default that of the running `up`.")]
Token = Annotated[
    str | None, typer.Option(help="Token of the source `import`; by default the one kept in the data directory.")
]
Rejects = Annotated[Path, typer.Option(help="Where refused lines are written, as CSV with their reasons.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


@app.command("maven-crm")
def import_maven_crm(
    folder: Annotated[Path, typer.Argument(help="Folder with accounts.csv and sales_pipeline.csv.")],
    undated_at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day for opportunities that have no engage date.")
    ] = None,
    data: Data = None,
    intake: Intake = None,
    token: Token = None,
    rejects: Rejects = Path("daybook-rejects.csv"),
    as_json: Json = False,
) -> None:
    """Accounts and opportunities of a CRM export, on playbook crm_claims; amounts are in USD.

    Example: daybook import maven-crm ../shared/data/maven-crm --undated-at 2017-12-31
    """
    settings = _settings(data)
    day: date | None = undated_at.date() if undated_at else None
    _run(settings, maven_crm.read(folder, ZoneInfo(settings.timezone), day), intake, token, rejects, as_json)


@app.command("invoices-csv")
def import_invoices_csv(
    file: Annotated[Path, typer.Argument(help="CSV file with one invoice a line.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 currency of all amounts.")],
    data: Data = None,
    intake: Intake = None,
    token: Token = None,
    rejects: Rejects = Path("daybook-rejects.csv"),
    as_json: Json = False,
) -> None:
    """Invoices, each with the payment that settled it.

    Example: daybook import invoices-csv accounts_receivable.csv --currency USD
    """
    settings = _settings(data)
    _run(settings, invoices_csv.read(file, ZoneInfo(settings.timezone), currency), intake, token, rejects, as_json)


def _settings(data: Path | None) -> Settings:
    return Settings(data=data) if data is not None else Settings()


def _run(
    settings: Settings, reading: Reading, intake: str | None, token: str | None, rejects: Path, as_json: bool
) -> None:
    client = IntakeClient(intake or _intake(settings), token or asyncio.run(importing.token(settings)))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("sending events", total=len(reading.drafts))
        try:
            summary = importing.send(reading, client, lambda count: progress.advance(task, count))
        finally:
            client.close()
    if summary.rejects:
        importing.write_rejects(rejects, summary.rejects)
    if as_json:
        shown = {
            "sent": summary.sent, "recorded": summary.recorded, "duplicate": summary.duplicate,
            "refused": summary.refused, "last_sequence": summary.last_sequence, "notes": summary.notes,
            "rejects": [{"file": r.line.file, "row": r.line.row, "reason": r.reason} for r in summary.rejects],
        }  # fmt: skip
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        for note in summary.notes:
            console.print(f"note: {note}")
        counts = ("sent", "recorded", "duplicate", "refused")
        typer.echo(", ".join(f"{name} {getattr(summary, name)}" for name in counts))
        for reject in summary.rejects[:20]:
            typer.echo(f"refused {reject.line.file} row {reject.line.row}: {reject.reason}")
        if summary.rejects:
            typer.echo(f"all {len(summary.rejects)} refused lines are in {rejects}")
    if summary.rejects:
        raise typer.Exit(1)


def _intake(settings: Settings) -> str:
    run = running(settings.data)
    if run is None:
        raise NotConfigured(
            f"No ledger runs on {settings.data}. Start one with `daybook up --data {settings.data}`, or say where "
            "intake is with --intake http://HOST:PORT."
        )
    return run["intake_url"]
