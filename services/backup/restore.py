"""A ledger made of a backup again. Whatever interrupts it, running it again goes on where it was, or begins anew.

1. The backup is checked: every file, every row of the journal.
2. The durable tables are filled, in one transaction. A database that holds a ledger already is refused.
3. The stream is made of the journal, or gets the end that it lacks; one that goes further is left as it is, and the
   recorder takes on from it what the backup did not have.
4. The views are built from the journal, and served.
"""

import asyncio
import threading
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from services.backup import load, notary, tokens
from services.backup.check import sound
from services.backup.manifest import Manifest
from services.endpoints import Endpoints
from services.errors import StreamMismatch
from services.ledger.journal import recorded_position
from services.notary.key import key_path
from services.postgres import connection as database
from services.projector.rebuild import rebuild
from services.reconcile import reconcile
from services.reconcile.plan import Action
from services.runtime.progress import Progress
from services.settings import Settings
from services.setup.init import Provisioned, provision


@dataclass(frozen=True, slots=True)
class Restored:
    """Result of a restore."""

    manifest: Manifest
    loaded: bool
    """False: the database held exactly this backup already."""
    stream: Action
    """What was done to the stream."""
    made: Provisioned
    """What the ledger is now."""
    heads_put: bool
    """False: the notary's file of signed heads was there, another than the backup's, and was left as it is."""
    signer: str | None
    """Public key of who signed the heads, when its private half is not here."""
    key: Path
    """Where the notary's private key belongs."""
    tokens: list[tokens.Valid]
    """Those of the backup that were not disabled: valid again, unless `disabled`."""
    disabled: bool
    """Whether they were disabled, because that was asked for."""


async def restore(
    settings: Settings,
    where: Endpoints,
    directory: Path,
    progress: Progress,
    *,
    by: str,
    disable_tokens: bool = False,
) -> Restored:
    """Restore a backup into the servers. No service may run on them. Which tokens were disabled or rotated since no
    backup can know: with `disable_tokens` all of them are disabled before a service could take one.

    Raises BackupUnusable, NotEmpty, StreamMismatch when the stream is of another ledger, and whatever keeps the servers
    from doing it; run again.
    """
    manifest = await _checked(directory, progress)
    connection = await database.connect(where.database_url)
    try:
        with database.explained():
            loaded = await load.load(connection, directory, manifest, progress)
            valid = await tokens.valid(connection)
            if disable_tokens:
                await tokens.disable(connection)
            stream = await _stream(settings, where, directory, progress, by)
            await _views(connection, where, settings, progress)
            signer = await notary.signer(connection, settings)
    finally:
        await connection.close(timeout=5)
    heads_put = notary.put(directory, manifest, settings)
    made = await provision(settings, where)
    return Restored(manifest, loaded, stream, made, heads_put, signer, key_path(settings), valid, disable_tokens)


async def _checked(directory: Path, progress: Progress) -> Manifest:
    manifest = Manifest.read(directory)
    progress.begins("checking", sum(each.rows for each in manifest.tables))
    told_to_stop = threading.Event()

    def advances(rows: int) -> None:
        if told_to_stop.is_set():
            raise _ToldToStop
        progress.advances(rows)

    try:
        return await asyncio.to_thread(sound, directory, advances)
    except asyncio.CancelledError:
        told_to_stop.set()  # a thread cannot be ended from outside
        raise


class _ToldToStop(Exception):
    """Ends a check that nobody waits for."""


async def _stream(settings: Settings, where: Endpoints, directory: Path, progress: Progress, by: str) -> Action:
    found = (await reconcile.look(settings, where, progress)).look
    if found.action is Action.MAKE_ANEW and found.found is not None and found.found.last_sequence:
        raise StreamMismatch(
            f"The database is restored, but the server has a stream {settings.stream} that is not the one of the "
            f"backup: {found.comparison.words()}. Nothing was done to it. If it belongs to another ledger, name other "
            "NATS servers; if it is this ledger's, `daybook reconcile` shows what is in it, and with --apply puts the "
            "journal's messages in order and the others behind them. Then run this again."
        )
    if found.action is not Action.NONE:
        reason = f"restored from the backup {directory.name}"
        await reconcile.apply(settings, where, progress, by=by, reason=reason)
    return found.action


async def _views(connection: asyncpg.Connection, where: Endpoints, settings: Settings, progress: Progress) -> None:
    """Built anew, unless those served are of this version and go as far as the journal already."""
    told = 0

    def tell(done: int, of: int) -> None:
        nonlocal told
        progress.advances(done - told)
        told = done

    recorded = await recorded_position(connection)
    progress.begins("building", recorded)
    cache = settings.cache_entries
    done = await rebuild(connection, where.database_url, cache_entries=cache, progress=tell)
    if not done.built and done.sequence < recorded:
        await rebuild(connection, where.database_url, force=True, cache_entries=cache, progress=tell)
