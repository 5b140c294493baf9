"""`daybook source`: who may send events, and what."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load, on_database, print_token, worded
from services.output import print_json, say, show, table
from services.wording import Wording

app = typer.Typer(help="Emitting systems: add, list, rotate, disable.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name: the CloudEvents `source` that it must use.")]


@app.command()
def add(
    name: NameArgument,
    events: Annotated[
        str,
        typer.Option(
            "--events",
            help="Events that it may send, comma separated; or `all`, which leaves out playbook_published and "
            "playbook_withdrawn: name them beside it.",
        ),
    ],
    id_prefix: Annotated[
        str | None,
        typer.Option("--id-prefix", help="Ids of deals and accounts that it is the first to name begin with this."),
    ] = None,
    corrects_others: Annotated[
        bool, typer.Option("--corrects-others", help="May correct and void other sources' events.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Add a source and print its token, once: the ledger keeps only a hash of it.

    Example: `daybook source add telephony --events call_made,visit_done --id-prefix tel-`
    """
    from services.ledger import sources

    wanted = [each.strip() for each in events.split(",") if each.strip()]
    settings = load(data, language=lang)
    token = on_database(settings, lambda connection: sources.add(connection, name, wanted, id_prefix, corrects_others))
    print_token(name, token, as_json, settings.language)


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Show all sources.

    Example: `daybook source list --json`
    """
    from services.ledger import sources

    found, wording = worded(load(data, language=lang), sources.registered)
    if as_json:
        print_json({"sources": [_shown(asdict(each)) for each in found]})
        return
    _print_table(found, wording)


@app.command()
def rotate(
    name: NameArgument, data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Give a source a new token and print it, once. The old one ends within seconds; a disabled source is enabled.

    Example: `daybook source rotate telephony`
    """
    from services.ledger import sources

    settings = load(data, language=lang)
    token = on_database(settings, lambda connection: sources.rotate(connection, name))
    print_token(name, token, as_json, settings.language)


@app.command()
def disable(
    name: NameArgument, data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Let a source send nothing more, within seconds. What it sent stays.

    Example: `daybook source disable telephony`
    """
    from services.ledger import sources

    settings = load(data, language=lang)
    on_database(settings, lambda connection: sources.disable(connection, name))
    if as_json:
        print_json({"name": name, "disabled": True})
    else:
        say(Wording(settings.language).text("source disabled", name=name))


def _shown(source: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if name.endswith("_at") and value else value for name, value in source.items()}


def _print_table(found: list[Any], wording: Wording) -> None:
    rows = table(*wording.headings("source", "events", "id prefix", "corrects others", "state"))
    for each in found:
        disabled = wording.day(each.disabled_at)
        state = wording.text("disabled", day=disabled) if disabled else wording.text("enabled")
        corrects = wording.text("yes" if each.corrects_others else "no")
        rows.add_row(each.name, ", ".join(each.events), each.id_prefix or "", corrects, state)
    show(rows)
