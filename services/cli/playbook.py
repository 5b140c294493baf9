"""`daybook playbook`: sales processes as data."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, IntakeOption, JsonOption, LanguageOption, ask, intake_of, load, wait_for
from services.cli.playbook_file import FileArgument, checked, print_mistakes, right
from services.cli.playbook_show import show
from services.cli.playbook_simulate import simulate
from services.output import print_json, say, table
from services.output import show as print_table
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

app = typer.Typer(
    help="Playbooks: check and publish a file, say what it would change, show what is published.", no_args_is_help=True
)
app.command()(show)
app.command()(simulate)


@app.command()
def check(
    file: FileArgument,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Name every mistake of a playbook's file, with its line and the reason. Exit code 1 when there is one.

    Example: `daybook playbook check playbooks/project.toml`
    """
    found = checked(file)
    mistakes = found if isinstance(found, list) else []
    if as_json or isinstance(found, list):
        print_mistakes(file, mistakes, as_json)
    else:
        told = {"file": file, "key": found.key, "version": found.version, "number": len(found.stages)}
        say(Wording(load(language=lang).language).text("playbook is right", **told))
    if mistakes:
        raise typer.Exit(1)


@app.command()
def publish(
    file: FileArgument,
    data: DataOption = None,
    intake: IntakeOption = None,
    token: Annotated[
        str | None,
        typer.Option(help="Token of the source `daybook`; by default the one kept in the data directory."),
    ] = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Publish the version of a playbook that a file holds, through intake, as the source `daybook`.

    Version n follows n − 1, and a version never changes. Publishing a version again changes nothing. On other servers
    than those of `daybook up`, `daybook source rotate daybook` gives the token.

    Example: `daybook playbook publish playbooks/project_v3.toml`
    """
    from services.intake import command_tokens, playbook_publication
    from services.intake.client import IntakeClient

    draft = right(file, as_json)
    settings = load(data, language=lang)
    standing = wait_for(playbook_publication.published(settings, draft))
    if standing is None:
        address = intake or intake_of(settings)
        known = token or wait_for(command_tokens.token(settings, command_tokens.PUBLISHER))
        client = IntakeClient(address, known, settings.tls_ca)
        try:
            sequence, withdrawn = playbook_publication.publish(client, draft), None
        finally:
            client.close()
    else:
        sequence, withdrawn = standing
    told = {"playbook": draft.key, "version": draft.version, "sequence": sequence}
    if as_json:
        print_json({**told, "published": standing is None, "withdrawn": withdrawn})
        return
    wording = Wording(settings.language)
    say(wording.text("playbook published" if standing is None else "playbook published before", **told))
    if withdrawn is not None:
        say(wording.text("playbook withdrawn", **told | {"sequence": withdrawn}))


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False, lang: LanguageOption = None) -> None:
    """Show every published version.

    Example: `daybook playbook list`
    """
    found, wording = ask(data, _published, lang)
    if as_json:
        print_json({"playbooks": found})
        return
    heads = wording.headings("playbook", "version", "name", "position by", "stages", "published at", "state")
    rows = table(*heads, right=(heads[1], heads[4]))
    for each in found:
        rows.add_row(
            each["playbook"],
            str(each["version"]),
            f"{each['name_zh']} {each['name_en']}",
            wording.text(each["position"]),
            str(each["stages"]),
            wording.text("at sequence", sequence=each["published"]),
            _state(each, wording),
        )
    print_table(rows)


def _state(found: dict[str, Any], wording: Wording) -> str:
    """Words for what is unusual about a version."""
    if found["withdrawn"]:
        return wording.text("withdrawn at", sequence=found["withdrawn"])
    return wording.text("skips version", version=found["version"] - 1) if found["skips"] else ""


async def _published(connection: "Connection", _: Settings) -> list[dict[str, Any]]:
    from services.query.playbook_labels import published_playbooks

    return await published_playbooks(connection)
