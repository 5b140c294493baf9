"""`daybook restore`: a ledger made of a backup."""

from functools import partial
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, load, wait_for
from services.cli.progress import Bar
from services.output import print_json, say, say_lines
from services.settings import Settings

if TYPE_CHECKING:
    from services.backup.restore import Restored

_STREAM = {
    "none": "was as the ledger remembers it",
    "finish": "was finished",
    "adopt": "holds all of it, and is the ledger's from now on",
    "append": "got the end that it lacked",
    "make_anew": "was made of the journal",
}


def restore(
    backup: Annotated[Path, typer.Argument(help="Directory with the backup.", show_default=False)],
    by: Annotated[str | None, typer.Option("--by", help="Who restores.", show_default="the user")] = None,
    disable_tokens: Annotated[
        bool, typer.Option("--disable-tokens", help="Disable all sources and readers; a new token enables one again.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a ledger of a backup: check it, fill an empty database, make the stream of the journal, build the views.

    With no servers named, the embedded ones are started on the data directory for as long as it takes; `daybook up`
    then finds the ledger there. On servers of your own stop all services first. Interrupted, run it again. A database
    that holds a ledger is refused. Where the stream is still there it is kept: what the backup did not have, the
    recorder takes on from it. Tokens that were disabled or rotated after the backup are valid again as they were: they
    are listed, and with --disable-tokens none is.

    Example: `daybook restore /backups/2026-03-31 --data ~/ledger`
    """
    settings = load(data)
    done = wait_for(_restore(settings, backup.absolute(), by or getuser(), disable_tokens))
    if as_json:
        print_json(document(done))
        return
    for line in lines(done):
        say(line)


async def _restore(settings: Settings, directory: Path, by: str, disable_tokens: bool) -> "Restored":
    from services.backup.restore import restore
    from services.embedded.exclusive_servers import servers
    from services.runtime import logs

    logs.configure(settings.model_copy(update={"log_level": "error"}), "restore")

    async with servers(settings, "restore", partial(say_lines, err=True)) as where:
        with Bar() as bar:
            return await restore(settings, where, directory, bar, by=by, disable_tokens=disable_tokens)


def lines(done: "Restored") -> list[str]:
    """Describe what was restored, for people."""
    manifest, stream = done.manifest, done.made.stream
    what = "Restored" if done.loaded else "The database held already"
    taken = f"{manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    told = [
        f"{what} everything up to sequence {manifest.sequence}, backed up at {taken}.",
        f"The stream {stream.name} {_STREAM[done.stream.value]}; it ends at sequence {stream.last_sequence}.",
        f"The views served are generation {done.made.generation}.",
    ]
    if stream.last_sequence > manifest.sequence:
        more = stream.last_sequence - manifest.sequence
        told.append(f"{more} messages of the stream are behind the backup: the recorder takes them on once it runs.")
    if not done.heads_put:
        told.append("A file of signed heads was there, another than the backup's; it was left as it is.")
    if done.signer is not None:
        told.append(
            f"The notary signed with the key {done.signer}, which is not here. Before the services are started, put "
            f"its private half in its place, {done.key} (chmod 600), from where it is kept apart from backups. Where "
            f"it is lost for good, set DAYBOOK_NOTARY_FORMER_KEYS='{done.signer}': `daybook up` then makes a new key, "
            "and the old heads are believed as before. With neither nothing is signed."
        )
    if done.tokens:
        named = ", ".join(f"{each.kind} {each.name} (of {each.since:%Y-%m-%d %H:%M:%S} UTC)" for each in done.tokens)
        told.append(
            f"Disabled, each until it gets a new token: {named}."
            if done.disabled
            else f"These tokens are valid as they were at the backup: {named}. What was disabled or rotated since is "
            "not known here: rotate or disable it again before the services are started, or restore with "
            "--disable-tokens."
        )
    return told


def document(done: "Restored") -> dict[str, Any]:
    """Describe what was restored, for programs, as JSON."""
    return {
        "sequence": done.manifest.sequence,
        "taken_at": done.manifest.taken_at.isoformat(),
        "loaded": done.loaded,
        "stream": done.stream.value,
        "stream_last_sequence": done.made.stream.last_sequence,
        "generation": done.made.generation,
        "heads_put": done.heads_put,
        "missing_key": done.signer,
        "tokens": [{"kind": each.kind, "name": each.name, "since": each.since.isoformat()} for each in done.tokens],
        "tokens_disabled": done.disabled,
    }
