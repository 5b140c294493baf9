"""Taking a backup: the durable tables as they stand in one snapshot, while services run and writers write.

A snapshot is taken once the journal holds everything that the stream held when the backup began, so every event that
was acknowledged before is in it. What is written is read back before it counts.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from nats.aio.client import Client

from services.backup import files, notary
from services.backup.check import check
from services.backup.manifest import FILE, SEAL, Applied, File, Manifest, TableFile, sealed
from services.backup.tables import SQL, Table, durable, names
from services.errors import BackupUnusable, NotProvisioned, Unavailable
from services.ledger.journal import recorded_position
from services.ledger.schema import identity
from services.ledger.stream_identity import check_stream, remembered
from services.runtime.process import version
from services.runtime.progress import Progress
from services.settings import Settings
from services.stream.state import state

COPY_S = 86_400.0
"""How long reading one table may take."""
_POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is complete."""

    directory: Path
    manifest: Manifest
    sha256: str
    """Of the manifest: kept elsewhere, it says that a backup is still this one."""


async def take(
    connection: asyncpg.Connection, nc: Client, settings: Settings, directory: Path, wait_s: float, progress: Progress
) -> Taken:
    """Write a backup into a directory that is made. The connection is used by nobody else.

    Raises NotProvisioned, StreamMismatch when the stream is not the one that the journal remembers, Unavailable when
    the recorder does not come so far in `wait_s`, and DaybookError when the directory cannot be written. Then nothing
    is left of it.
    """
    if await identity(connection) is None:
        raise NotProvisioned("There is no ledger in the database. Run `daybook init`.")
    with files.emerging(directory) as partial:
        wanted = (await state(nc, settings.stream)).last_sequence
        await check_stream(nc, await remembered(connection, settings.stream))  # another one's end says nothing
        await _recorded(connection, wanted, wait_s)
        others = notary.copy(settings, partial)  # before the snapshot: no head in them is of rows behind it
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(SQL["as_text"])
            tables = [await _copy(connection, partial, table, progress) for table in await durable(connection)]
            manifest = await _described(connection, tables, others)
        text = manifest.text()
        files.write(partial / SEAL, sealed(text).encode())
        files.write(partial / FILE, text)
        progress.begins("checking", sum(each.rows for each in manifest.tables))
        await asyncio.to_thread(_read_back, partial, progress.advances)
    return Taken(directory, manifest, sealed(text).split()[0])


def _read_back(directory: Path, progress: Callable[[int], None]) -> None:
    if faults := check(directory, progress).faults:
        listed = "\n  - ".join(faults)
        raise BackupUnusable(
            "Nothing was backed up: what was read back is not sound. Where it names rows, the database was altered: "
            f"run `daybook verify`.\n  - {listed}"
        )


async def _recorded(connection: asyncpg.Connection, wanted: int, wait_s: float) -> None:
    deadline = asyncio.get_running_loop().time() + wait_s
    while (recorded := await recorded_position(connection)) < wanted:
        if asyncio.get_running_loop().time() >= deadline:
            raise Unavailable(
                f"Nothing was backed up: the stream holds {wanted} messages and after {wait_s:g} s the recorder is at "
                f"{recorded}. Start it (`daybook serve recorder`), or give it more time with --wait."
            )
        await asyncio.sleep(_POLL_INTERVAL_S)


async def _copy(connection: asyncpg.Connection, directory: Path, table: Table, progress: Progress) -> TableFile:
    progress.begins(table.name, None)
    path = directory / f"{table.name}.txt.gz"
    written = files.Rows(path, progress.advances)
    columns, key = names(table.columns), names(table.key)
    try:
        await connection.copy_from_query(
            f'select {columns} from ledger."{table.name}" order by {key}',  # noqa: S608 - names from the catalogue
            output=written.write,
            format="text",
            timeout=COPY_S,
        )
    finally:
        written.close()
    described = files.described(path)
    return TableFile(**described.model_dump(), table=table.name, columns=table.columns, rows=written.rows)


async def _described(connection: asyncpg.Connection, tables: list[TableFile], others: list[File]) -> Manifest:
    known = await identity(connection)
    assert known is not None
    last = await connection.fetchrow(SQL["last_row"])
    return Manifest(
        daybook=version(),
        postgresql=await connection.fetchval(SQL["server"]),
        taken_at=datetime.now(UTC),
        stream=known.stream_name,
        time_zone=known.time_zone,
        sequence=last["sequence"] if last else 0,
        recorded_at=last["recorded_at"] if last else None,
        last_leaf_hash=last["leaf_hash"].hex() if last else None,
        head=await connection.fetchval(SQL["head"]),
        generation=await connection.fetchval(SQL["generation"]),
        migrations=[Applied(**row) for row in await connection.fetch(SQL["migrations"])],
        tables=tables,
        others=others,
    )
