"""`daybook reader`: who may read over HTTP."""

from typing import Annotated

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load, on_database, print_token, worded
from services.output import print_json, say, show, table
from services.wording import Wording

app = typer.Typer(help="Readers over HTTP: add, list, rotate, disable.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name of the reader, such as the dashboard's.")]


@app.command()
def add(name: NameArgument, data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Add a reader and print its token, once: the ledger keeps only a hash of it.

    Example: `daybook reader add dashboard`
    """
    from services.ledger import readers

    settings = load(data, language=lang)
    token = on_database(settings, lambda connection: readers.add(connection, name))
    print_token(name, token, as_json, settings.language)


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Show all readers.

    Example: `daybook reader list --json`
    """
    from services.ledger import readers

    found, wording = worded(load(data, language=lang), readers.registered)
    if as_json:
        print_json({"readers": found})
        return
    rows = table(*wording.headings("reader", "added", "state"))
    for each in found:
        disabled = wording.day(each["disabled_at"])
        state = wording.text("disabled", day=disabled) if disabled else wording.text("enabled")
        rows.add_row(each["name"], wording.day(each["added_at"]), state)
    show(rows)


@app.command()
def rotate(
    name: NameArgument, data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Give a reader a new token and print it, once. The old one ends within seconds; a disabled reader is enabled.

    Example: `daybook reader rotate dashboard`
    """
    from services.ledger import readers

    settings = load(data, language=lang)
    token = on_database(settings, lambda connection: readers.rotate(connection, name))
    print_token(name, token, as_json, settings.language)


@app.command()
def disable(
    name: NameArgument, data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None
) -> None:
    """Let a reader read nothing more, within seconds.

    Example: `daybook reader disable dashboard`
    """
    from services.ledger import readers

    settings = load(data, language=lang)
    on_database(settings, lambda connection: readers.disable(connection, name))
    if as_json:
        print_json({"name": name, "disabled": True})
    else:
        say(Wording(settings.language).text("reader disabled", name=name))
