"""The durable tables of an empty database, filled from a backup: all of them in one transaction, or none."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path

import asyncpg

from services.backup import files
from services.backup.manifest import Manifest, TableFile
from services.backup.tables import Table, durable
from services.errors import BackupUnusable, DaybookError, NotEmpty
from services.ledger.schema import identity, migrate, migrations
from services.postgres.statements import queries
from services.runtime.progress import Progress

_SQL = queries("services.backup", "load.sql")
_ROWS = 20_000
"""So many rows at a time: what PostgreSQL keeps for a statement's triggers does not grow with the ledger."""
_BYTES = 64 * 1024 * 1024
"""And not more than this."""
COPY_S = 86_400.0
NOT_LOADED = frozenset({"generation", "zone_rule"})
"""Tables that are not loaded. What the old views were is told by the backup; the new database lists those that are
built in it. The rules of the time zone are kept anew, as this installation has them."""


async def load(connection: asyncpg.Connection, directory: Path, manifest: Manifest, progress: Progress) -> bool:
    """Fill the tables; False when they hold exactly this backup already. The connection is the owner's.

    The backup has been checked. Raises NotEmpty when the database holds another ledger, BackupUnusable for one of a
    later version, MissingRights, and what asyncpg raises when PostgreSQL goes away: then nothing was changed.
    """
    _check_version(manifest)
    if await connection.fetchval(_SQL["is_provisioned"]) and (held := await _rows(connection)):
        if await _holds(connection, manifest):
            await migrate(connection)
            return False
        raise NotEmpty(await _described(connection, manifest, held))
    applied = await connection.fetchval(_SQL["migrations"]) if await connection.fetchval(_SQL["is_provisioned"]) else 0
    if applied > len(manifest.migrations):
        raise NotEmpty(
            f"The database has {applied} migrations, the backup {len(manifest.migrations)}: restore into a database in "
            "which `daybook init` has not been."
        )
    await migrate(connection, up_to=len(manifest.migrations))
    there = {table.name: table for table in await durable(connection)}
    progress.begins("loading", sum(each.rows for each in manifest.tables if each.table not in NOT_LOADED))
    async with connection.transaction():
        await connection.execute("set local synchronous_commit = on")
        for file in manifest.tables:
            if file.table not in NOT_LOADED:
                await _fill(connection, directory, there.get(file.table), file, progress)
        if not await _holds(connection, manifest):
            raise BackupUnusable(f"What was loaded from {directory} is not what its manifest states; nothing was kept.")
    await connection.execute(_SQL["analyze"])
    await migrate(connection)
    return True


def _check_version(manifest: Manifest) -> None:
    ours = migrations()
    for theirs, known in zip(manifest.migrations, ours, strict=False):
        if (theirs.number, theirs.digest) != (known.number, known.digest):
            raise BackupUnusable(f"The backup's {theirs.name} is not the one of this version of Daybook.")
    if len(manifest.migrations) > len(ours):
        raise BackupUnusable(
            f"The backup was taken by Daybook {manifest.daybook} and has {manifest.migrations[-1].name}, which this "
            "version does not know: use that one, or a later one."
        )


async def _rows(connection: asyncpg.Connection) -> list[str]:
    """The durable tables that are not empty."""
    return [
        table.name
        for table in await durable(connection)
        if await connection.fetchval(f'select exists (select from ledger."{table.name}")')  # noqa: S608 - catalogue
    ]


async def _holds(connection: asyncpg.Connection, manifest: Manifest) -> bool:
    """Tell if the database holds the backup's journal, up to the same last row, and nothing beyond it."""
    known = await identity(connection)
    journal = await connection.fetchrow(_SQL["journal"])
    assert journal is not None
    if known is None or (known.stream_name, known.time_zone) != (manifest.stream, manifest.time_zone):
        return False
    leaf = await connection.fetchval(_SQL["leaf_hash"], manifest.sequence)
    return (journal["last"] or 0, leaf.hex() if leaf else None) == (manifest.sequence, manifest.last_leaf_hash)


async def _described(connection: asyncpg.Connection, manifest: Manifest, held: list[str]) -> str:
    """Describe what the database already holds that keeps the backup from being restored."""
    journal = await connection.fetchrow(_SQL["journal"])
    others = await connection.fetchrow(_SQL["sources"])
    assert journal is not None
    assert others is not None
    stream = await connection.fetchval(_SQL["identity"])
    rows = f"a journal up to sequence {journal['last']}" if journal["last"] else "an empty journal"
    at = f", recorded at {journal['recorded_at']:%Y-%m-%d %H:%M:%S} UTC" if journal["last"] else ""
    leaf = await connection.fetchval(_SQL["leaf_hash"], manifest.sequence)
    more = ""
    if leaf is not None and leaf.hex() == manifest.last_leaf_hash:
        more = (
            " It has all that the backup has, and more: a stream that was lost is made from it by `daybook reconcile`, "
            "views by `daybook rebuild --force`."
        )
    return (
        f"The database holds a ledger already (stream {stream or 'not named'}, {rows}{at}, {others['sources']} "
        f"sources, {others['readers']} readers; rows in {', '.join(held)}), and nothing is restored over it.{more} "
        "Restore into an empty database or data directory."
    )


async def _fill(
    connection: asyncpg.Connection, directory: Path, table: Table | None, file: TableFile, progress: Progress
) -> None:
    if table is None or not set(file.columns) <= set(table.columns):
        raise DaybookError(f"The database has no table {file.table} with the columns {', '.join(file.columns)}.")
    path = directory / file.name
    lines = files.lines(path, file.rows)
    while chunk := _next(lines, path):
        await connection.copy_to_table(
            file.table, schema_name="ledger", columns=file.columns, source=_each(chunk), format="text", timeout=COPY_S
        )
        progress.advances(len(chunk))


def _next(lines: Iterator[bytes], path: Path) -> list[bytes]:
    try:
        chunk, size = [], 0
        for line in islice(lines, _ROWS):
            chunk.append(line)
            size += len(line)
            if size > _BYTES:
                break
        return chunk
    except files.UNREADABLE as error:
        raise BackupUnusable(
            f"{path} cannot be read, and could when it was checked: {error}. Run this again."
        ) from error


async def _each(chunk: list[bytes]) -> AsyncIterator[bytes]:
    for part in _parts(chunk):
        yield part


def _parts(chunk: list[bytes]) -> Iterator[bytes]:
    for start in range(0, len(chunk), 1000):
        yield b"".join(chunk[start : start + 1000])
