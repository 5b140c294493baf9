"""`daybook backup`: the ledger in files, and the check of such files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.context import DataOption, JsonOption, LanguageOption, load, wait_for, wording_of
from services.cli.progress import Bar
from services.endpoints import endpoints
from services.errors import BadRequest
from services.output import print_json, say
from services.settings import Settings
from services.wording import Wording

if TYPE_CHECKING:
    from services.backup.check import Checked
    from services.backup.take import Taken


def backup(
    out: Annotated[
        Path | None, typer.Option("--out", help="Directory to make, with the backup.", show_default=False)
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="A backup to check instead: no server is needed.", show_default=False)
    ] = None,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds that the recorder may take to come as far as the stream.")
    ] = 60.0,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LanguageOption = None,
) -> None:
    """Write everything durable into a directory, while the ledger runs: all that was acknowledged before is in it.

    It holds the journal and whatever else `daybook restore` needs, with the SHA-256 of each file; views are built anew
    from the journal. What is written is read back and checked. Files are for your eyes alone (0600): they hold what
    was recorded, and the hashes of tokens.

    With `--check` the exit code is 0 when the backup is as it was written, and 1 when it is not.

    Example: `daybook backup --out /backups/2026-03-31`, then `daybook backup --check /backups/2026-03-31`
    """
    settings = load(data, language=lang)
    if (out is None) == (check is None):
        raise BadRequest("Say --out with a directory to make, or --check with a backup.")
    if check is not None:
        _check(check, as_json, Wording(settings.language))
    elif out is not None:
        taken, wording = wait_for(_take(settings, out.absolute(), wait))
        if as_json:
            print_json(document(taken))
        else:
            for line in lines(taken, wording):
                say(line)


async def _take(settings: Settings, directory: Path, wait_s: float) -> "tuple[Taken, Wording]":
    from services.backup.take import take
    from services.nats import connection as stream_connection
    from services.postgres import connection as database

    where = endpoints(settings)
    nc = await stream_connection.connect(where.nats_url, "backup")
    try:
        connection = await database.connect(where.database_url, "daybook_backup")
        try:
            with database.explained(), Bar() as bar:
                taken = await take(connection, nc, settings, directory, wait_s, bar)
            return taken, await wording_of(settings, connection)
        finally:
            connection.terminate()
    finally:
        await nc.close()


def _check(directory: Path, as_json: bool, wording: Wording) -> None:
    from services.backup.check import check

    with Bar() as bar:
        bar.begins("checking", None)
        checked = check(directory, bar.advances)
    if as_json:
        print_json(_checked(directory, checked))
    else:
        for fault in checked.faults:
            say(fault)
        if checked.manifest is not None and not checked.faults:
            say(wording.text("backup is right", directory=directory, sequence=checked.manifest.sequence))
    if checked.faults:
        raise typer.Exit(1)


def lines(taken: "Taken", wording: Wording) -> list[str]:
    """Describe a finished backup for people."""
    manifest = taken.manifest
    recorded = wording.text("recorded at", at=wording.at(manifest.recorded_at)) if manifest.recorded_at else ""
    size = f"{sum(each.bytes for each in manifest.files) / 2**20:.1f}"
    told = {"sequence": manifest.sequence, "recorded": recorded, "size": size, "directory": taken.directory}
    return [wording.text("backed up", **told), wording.text("sha256", sha256=taken.sha256)]


def document(taken: "Taken") -> dict[str, Any]:
    """Describe a finished backup for programs, as JSON."""
    return {
        "directory": str(taken.directory),
        "manifest_sha256": taken.sha256,
        "manifest": taken.manifest.model_dump(mode="json"),
    }


def _checked(directory: Path, checked: "Checked") -> dict[str, Any]:
    return {
        "directory": str(directory),
        "ok": not checked.faults,
        "sequence": checked.manifest.sequence if checked.manifest else None,
        "faults": checked.faults,
    }
