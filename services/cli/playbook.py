"""`daybook playbook`: sales processes as data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, ask, load
from services.errors import BadRequest
from services.output import print_json, say, show, table
from services.runtime import files
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from asyncpg import Connection

app = typer.Typer(help="Playbooks: check a file, list what is published.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The playbook, in TOML.", dir_okay=False)],
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Name every mistake of a playbook's file, with its line and the reason. Exit code 1 when there is one.

    Example: `daybook playbook check playbooks/project.toml`
    """
    from contracts.playbook_check.check import MAX_FILE_BYTES
    from contracts.playbook_check.check import check as mistakes_of

    try:
        text = files.text(file, MAX_FILE_BYTES, "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadRequest(f"{file} cannot be read: {reason}.") from error
    found = mistakes_of(text)
    mistakes = found if isinstance(found, list) else []
    if as_json:
        shown = [{"line": each.line, "path": each.path, "reason": each.reason} for each in mistakes]
        print_json({"file": str(file), "ok": not mistakes, "mistakes": shown})
    elif isinstance(found, list):
        for each in mistakes:
            say(f"{file}: {each}")
    else:
        told = {"file": file, "key": found.key, "version": found.version, "number": len(found.stages)}
        say(Wording(load(language=lang).language).text("playbook is right", **told))
    if mistakes:
        raise typer.Exit(1)


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
    show(rows)


def _state(found: dict[str, Any], wording: Wording) -> str:
    """Words for what is unusual about a version."""
    if found["withdrawn"]:
        return wording.text("withdrawn at", sequence=found["withdrawn"])
    return wording.text("skips version", version=found["version"] - 1) if found["skips"] else ""


async def _published(connection: "Connection", _: Settings) -> list[dict[str, Any]]:
    from services.query.playbook_labels import published_playbooks

    return await published_playbooks(connection)
