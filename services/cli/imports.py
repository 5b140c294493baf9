"""`daybook import`: files of systems that cannot send events themselves."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.context import DataOption, IntakeOption, JsonOption, LanguageOption, intake_of, load, wait_for
from services.output import print_json, progress, say
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from services.intake.adapters.import_result import ImportResult
    from services.intake.import_run import Summary

app = typer.Typer(
    no_args_is_help=True, help="Send the contents of files through intake; a second run records nothing new."
)

SHOWN_REJECTS = 20

TokenOption = Annotated[
    str | None,
    typer.Option(help="Token of the source `import`; by default the one kept in the data directory."),
]
RejectsOption = Annotated[Path, typer.Option(help="Where refused lines are written, as CSV with their reasons.")]


@app.command("maven-crm")
def maven_crm(
    folder: Annotated[Path, typer.Argument(help="Folder with accounts.csv and sales_pipeline.csv.")],
    undated_at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day for opportunities that have no engage date.")
    ] = None,
    data: DataOption = None,
    intake: IntakeOption = None,
    token: TokenOption = None,
    rejects: RejectsOption = Path("daybook-rejects.csv"),
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Accounts and opportunities of a CRM export, on playbook crm_claims; amounts are in USD.

    Example: `daybook import maven-crm export/ --undated-at 2017-12-31`
    """
    from services.intake import import_run
    from services.intake.adapters import maven_crm

    settings = load(data, language=lang)
    day: date | None = undated_at.date() if undated_at else None
    reading = maven_crm.read(folder, wait_for(import_run.time_zone(settings)), day)
    _send(settings, reading, intake, token, rejects, as_json)


@app.command("invoices-csv")
def invoices_csv(
    file: Annotated[Path, typer.Argument(help="CSV file with one invoice a line.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 currency of all amounts.")],
    data: DataOption = None,
    intake: IntakeOption = None,
    token: TokenOption = None,
    rejects: RejectsOption = Path("daybook-rejects.csv"),
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Invoices, each with the payment that settled it.

    Example: `daybook import invoices-csv accounts_receivable.csv --currency USD`
    """
    from services.intake import import_run
    from services.intake.adapters import invoices_csv

    settings = load(data, language=lang)
    reading = invoices_csv.read(file, wait_for(import_run.time_zone(settings)), currency)
    _send(settings, reading, intake, token, rejects, as_json)


def _send(
    settings: Settings, reading: "ImportResult", intake: str | None, token: str | None, rejects: Path, as_json: bool
) -> None:
    from services.intake import command_tokens, import_run
    from services.intake.client import IntakeClient

    import_run.check_rejects(rejects)
    address = intake or intake_of(settings)
    client = IntakeClient(
        address, token or wait_for(command_tokens.token(settings, command_tokens.IMPORTER)), settings.tls_ca
    )
    with progress(transient=False) as bar:
        task = bar.add_task("sending events", total=len(reading.drafts))
        try:
            summary = import_run.send(reading, client, lambda count: bar.advance(task, count))
        finally:
            client.close()
    if as_json:
        print_json(_document(summary))
    else:
        _print(summary, rejects, Wording(settings.language))
    if summary.rejects:
        import_run.write_rejects(rejects, summary.rejects)
        raise typer.Exit(1)


def _document(summary: "Summary") -> dict[str, object]:
    return {
        "sent": summary.sent,
        "recorded": summary.recorded,
        "duplicate": summary.duplicate,
        "refused": summary.refused,
        "last_sequence": summary.last_sequence,
        "notes": summary.notes,
        "rejects": [{"file": each.line.file, "row": each.line.row, "reason": each.reason} for each in summary.rejects],
    }


def _print(summary: "Summary", rejects: Path, wording: Wording) -> None:
    for note in summary.notes:
        say(wording.text("note", note=note))
    counts = {name: getattr(summary, name) for name in ("sent", "recorded", "duplicate", "refused")}
    say(wording.text("import counts", **counts))
    for each in summary.rejects[:SHOWN_REJECTS]:
        say(wording.text("refused line", file=each.line.file, row=each.line.row, reason=each.reason))
    if summary.rejects:
        say(wording.text("refused lines", count=len(summary.rejects), file=rejects))
