"""Files of playbooks, as commands read them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.errors import BadRequest
from services.output import print_json, say
from services.runtime import files

if TYPE_CHECKING:
    from contracts.playbook_check.check import Mistake
    from contracts.playbooks.playbook import Playbook

FileArgument = Annotated[Path, typer.Argument(help="The playbook, in TOML.", dir_okay=False)]


def checked(file: Path) -> "Playbook | list[Mistake]":
    """The playbook of a file, or its mistakes. Raises BadRequest where it cannot be read."""
    from contracts.playbook_check.check import MAX_FILE_BYTES, check

    try:
        return check(files.text(file, MAX_FILE_BYTES, "utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadRequest(f"{file} cannot be read: {reason}.") from error


def right(file: Path, as_json: bool) -> "Playbook":
    """The playbook of a file. Where it has mistakes, prints them and ends the command with exit code 1."""
    found = checked(file)
    if isinstance(found, list):
        print_mistakes(file, found, as_json)
        raise typer.Exit(1)
    return found


def print_mistakes(file: Path, mistakes: "list[Mistake]", as_json: bool) -> None:
    """Print the mistakes of a file; as JSON also that there are none."""
    if as_json:
        shown = [{"line": each.line, "path": each.path, "reason": each.reason} for each in mistakes]
        print_json({"file": str(file), "ok": not mistakes, "mistakes": shown})
        return
    for each in mistakes:
        say(f"{file}: {each}")
