"""`daybook notary`: the key that signs the journal."""

from typing import Annotated

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load
from services.output import print_json, say
from services.wording import Wording

app = typer.Typer(help="The notary's key.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `key` a command of its own while it is the only one."""


@app.command()
def key(
    make: Annotated[bool, typer.Option("--make", help="Make a key; one that is there is never overwritten.")] = False,
    name: Annotated[
        str | None,
        typer.Option("--name", help="With --make: the ledger's name in every head, such as ledger.example.com/sales."),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Print the public key that heads are signed with (c2sp.org/signed-note), for whoever checks evidence.

    Give it to them another way than the evidence, and once: on paper, in a contract. `daybook up` makes a key in its
    data directory; with servers of your own make one with --make and name its file in DAYBOOK_NOTARY_KEY. The private
    key proves who signed: keep a copy where the ledger's operators cannot reach it, never in a backup of the ledger.

    Example: `daybook notary key --make --name ledger.example.com/sales`
    """
    from services.notary.custody import make as make_key
    from services.notary.key import key_path, load_public

    settings = load(data, language=lang)
    if name is not None and not make:
        raise typer.BadParameter("--name goes with --make: a key has one name for good.")
    public = make_key(settings, name) if make else load_public(settings)
    if as_json:
        print_json({"key": str(public), "name": public.name, "file": str(key_path(settings))})
        return
    say(str(public))
    if make:
        say(Wording(settings.language).text("private key", file=key_path(settings)), err=True)
