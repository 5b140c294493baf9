"""Backups of a test's ledger: by the command, and in the test's own process."""

import asyncio
import gzip
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.backup import files
from services.backup.manifest import FILE, SEAL, Manifest, sealed
from services.backup.restore import Restored, restore
from services.backup.take import take
from services.postgres import connection as database
from services.runtime import process
from tests.integration.backup.reports import Restoring
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger
from tests.up import REPOSITORY, daybook


def settings_of(ledger: Ledger) -> dict[str, str]:
    """The ledger's settings as `daybook()` takes them."""
    return {name.removeprefix("DAYBOOK_").lower(): value for name, value in ledger.environment.items()}


async def backed_up(ledger: Ledger, directory: Path) -> Manifest:
    """A backup that was taken well."""
    code, said, complaint = await daybook("backup", "--out", str(directory), "--json", **settings_of(ledger))
    assert code == 0, complaint
    manifest = Manifest.read(directory)
    assert json.loads(said)["manifest"] == json.loads(manifest.model_dump_json())
    return manifest


async def taken(ledger: Ledger, directory: Path) -> Manifest:
    """A backup; a recorder runs for as long as it takes."""
    connection = await database.connect(ledger.endpoints.database_url, "daybook_backup")
    try:
        async with recorder(ledger):
            done = await take(connection, await ledger.nats(), ledger.settings, directory, 60, Restoring())
    finally:
        await connection.close()
    return done.manifest


async def restored(place: Ledger, backup: Path, *, disable_tokens: bool = False) -> Restored:
    """Restore a backup; returns what restoring did."""
    return await restore(place.settings, place.endpoints, backup, Restoring(), by="Li", disable_tokens=disable_tokens)


async def started(ledger: Ledger, *words: str, via: tuple[str, ...] = ()) -> Process:
    """A command that runs on the ledger."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DAYBOOK_")}
    return await asyncio.create_subprocess_exec(
        *(*via, *process.daybook(*words)),
        env=inherited | ledger.environment,
        cwd=REPOSITORY,
        stdout=PIPE,
        stderr=PIPE,
    )


def rewritten(directory: Path, table: str, change: Callable[[list[bytes]], Any]) -> None:
    """Changes a table's rows in a backup, and covers that up: every SHA-256 is as if they had been so."""
    manifest = Manifest.read(directory)
    kept = manifest.table(table)
    path = directory / kept.name
    rows = list(files.lines(path))
    change(rows)
    path.write_bytes(gzip.compress(b"".join(rows)))
    described = files.described(path)
    new = kept.model_copy(update={**described.model_dump(), "rows": len(rows)})
    resealed(directory, {"tables": [new if each.table == table else each for each in manifest.tables]})


def resealed(directory: Path, changed: dict[str, Any]) -> None:
    """Another manifest with its own seal."""
    text = Manifest.read(directory).model_copy(update=changed).text()
    (directory / FILE).write_bytes(text)
    (directory / SEAL).write_text(sealed(text))
