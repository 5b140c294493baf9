"""`daybook deploy`: the files with which an installation of one's own begins."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from services.cli.context import JsonOption, LanguageOption, load
from services.errors import DaybookError
from services.output import print_json, say
from services.runtime import files as disk
from services.wording import Wording

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_MAX_BYTES = 1024 * 1024  # a larger file is none of ours, so it differs
_MODE = 0o644  # servers read them as users of their own; passwords come from the environment

Found = Literal["made", "same", "kept", "replaced"]


def deploy(
    directory: Annotated[Path, typer.Argument(help="Where to write them; made if need be.", file_okay=False)],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that differ from ours.")] = False,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Write the files for servers of your own: NATS with users and a cluster, PostgreSQL with logins, Prometheus with
    alerts, what to do after a loss (recovery.md), and the shipped playbooks as patterns.

    Nothing is changed without --overwrite: a file that differs from ours is kept and named, and the exit code is 1.
    Run it again after an update: it writes what is new.

    Example: `daybook deploy /etc/daybook`
    """
    done: dict[str, Found] = {}
    for name, content in shipped().items():
        done[name] = _put(directory / name, content, overwrite)
    kept = [name for name, found in done.items() if found == "kept"]
    if as_json:
        print_json({"directory": str(directory), "files": done})
    else:
        wording = Wording(load(language=lang).language)
        for name, found in done.items():
            say(f"{wording.text(f'file {found}'):8}  {directory / name}")
        if kept:
            say(wording.text("files kept"), err=True)
    if kept:
        raise typer.Exit(1)


def shipped() -> dict[str, bytes]:
    """Content by name, sorted: `nats/users.conf`, `playbooks/project.toml`, …"""
    from importlib.resources import files

    from contracts.playbooks.shipped import shipped_files

    found = dict(_within(files("deploy"), ""))
    found |= {f"playbooks/{name}": text.encode() for name, text in shipped_files().items()}
    return dict(sorted(found.items()))


def _within(folder: "Traversable", prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for each in folder.iterdir():
        if each.is_dir():
            found += [] if each.name == "__pycache__" else _within(each, f"{prefix}{each.name}/")
        elif not each.name.endswith(".py"):
            found.append((prefix + each.name, each.read_bytes()))
    return found


def _put(path: Path, content: bytes, overwrite: bool) -> Found:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        differs = _differs(path, content)
        if differs is False:
            return "same"
        if differs and not overwrite:
            return "kept"
        disk.write(path, content, _MODE)
    except OSError as error:
        raise DaybookError(f"{path} cannot be written: {error.strerror}.") from error
    return "replaced" if differs else "made"


def _differs(path: Path, content: bytes) -> bool | None:
    """Tells whether a file has other content than this; None when there is no file."""
    try:
        return disk.read(path, _MAX_BYTES) != content
    except FileNotFoundError:
        return True if path.is_symlink() else None
    except OSError:
        return True
