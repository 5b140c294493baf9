"""`daybook restore`: a ledger made of a backup."""

from functools import partial
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load, wait_for
from services.cli.progress import Bar
from services.output import print_json, say, say_lines
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from services.backup.restore import Restored


def restore(
    backup: Annotated[Path, typer.Argument(help="Directory with the backup.", show_default=False)],
    by: Annotated[str | None, typer.Option("--by", help="Who restores.", show_default="the user")] = None,
    disable_tokens: Annotated[
        bool, typer.Option("--disable-tokens", help="Disable all sources and readers; a new token enables one again.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Make a ledger of a backup: check it, fill an empty database, make the stream of the journal, build the views.

    With no servers named, the embedded ones are started on the data directory for as long as it takes; `daybook up`
    then finds the ledger there. On servers of your own stop all services first. Interrupted, run it again. A database
    that holds a ledger is refused. Where the stream is still there it is kept: what the backup did not have, the
    recorder takes on from it. Tokens that were disabled or rotated after the backup are valid again as they were: they
    are listed, and with --disable-tokens none is.

    Example: `daybook restore /backups/2026-03-31 --data ~/ledger`
    """
    settings = load(data, language=lang)
    done = wait_for(_restore(settings, backup.absolute(), by or getuser(), disable_tokens))
    if as_json:
        print_json(document(done))
        return
    for line in lines(done, Wording(settings.language, done.made.identity.time_zone)):
        say(line)


async def _restore(settings: Settings, directory: Path, by: str, disable_tokens: bool) -> "Restored":
    from services.backup.restore import restore
    from services.embedded.exclusive_servers import servers
    from services.runtime import logs

    logs.configure(settings.model_copy(update={"log_level": "error"}), "restore")

    async with servers(settings, "restore", partial(say_lines, err=True)) as where:
        with Bar() as bar:
            return await restore(settings, where, directory, bar, by=by, disable_tokens=disable_tokens)


def lines(done: "Restored", wording: Wording) -> list[str]:
    """Describe what was restored, for people."""
    manifest, stream = done.manifest, done.made.stream
    what = "restored" if done.loaded else "restored before"
    told = [
        wording.text(what, sequence=manifest.sequence, at=wording.at(manifest.taken_at)),
        wording.text(f"restored stream {done.stream.value}", name=stream.name, sequence=stream.last_sequence),
        wording.text("generation served", generation=done.made.generation),
    ]
    if stream.last_sequence > manifest.sequence:
        told.append(wording.text("behind the backup", number=stream.last_sequence - manifest.sequence))
    if not done.heads_put:
        told.append(wording.text("heads left"))
    if done.signer is not None:
        told.append(wording.text("signer missing", signer=done.signer, key=done.key))
    if done.tokens:
        named = ", ".join(
            wording.text(f"token of {each.kind}", name=each.name, at=wording.at(each.since)) for each in done.tokens
        )
        told.append(wording.text("tokens disabled" if done.disabled else "tokens valid", tokens=named))
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
