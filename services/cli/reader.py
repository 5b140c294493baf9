"""`daybook reader`: who may read over HTTP."""

from typing import Annotated

import typer

from services.cli.context import DataOption, JsonOption, load, on_database, print_token
from services.output import print_json, say, show, table

app = typer.Typer(help="Readers over HTTP: add, list, rotate, disable.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name of the reader, such as the dashboard's.")]


@app.command()
def add(name: NameArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Add a reader and print its token, once: the ledger keeps only a hash of it.

    Example: `daybook reader add dashboard`
    """
    from services.ledger import readers

    print_token(name, on_database(load(data), lambda connection: readers.add(connection, name)), as_json)


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Show all readers.

    Example: `daybook reader list --json`
    """
    from services.ledger import readers

    found = on_database(load(data), readers.registered)
    if as_json:
        print_json({"readers": found})
        return
    rows = table("reader", "added", "state")
    for each in found:
        state = "enabled" if each["disabled_at"] is None else f"disabled {each['disabled_at'][:10]}"
        rows.add_row(each["name"], each["added_at"][:10], state)
    show(rows)


@app.command()
def rotate(name: NameArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Give a reader a new token and print it, once. The old one ends within seconds; a disabled reader is enabled.

    Example: `daybook reader rotate dashboard`
    """
    from services.ledger import readers

    print_token(name, on_database(load(data), lambda connection: readers.rotate(connection, name)), as_json)


@app.command()
def disable(name: NameArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Let a reader read nothing more, within seconds.

    Example: `daybook reader disable dashboard`
    """
    from services.ledger import readers

    on_database(load(data), lambda connection: readers.disable(connection, name))
    if as_json:
        print_json({"name": name, "disabled": True})
    else:
        say(f"{name} may read nothing more. `daybook reader rotate {name}` enables it again.")
