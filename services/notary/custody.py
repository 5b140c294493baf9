"""Choice of the key that may sign here: never a new one where heads of another key are."""

import asyncio
from collections.abc import Mapping

from services.endpoints import Endpoints
from services.errors import NotConfigured, Unavailable, UnknownKey
from services.nats import connection as stream_connection
from services.notary import key
from services.notary.head import read_head, unknown_key
from services.notary.heads_file import HeadsFile
from services.notary.heads_stream import HeadsStream
from services.notary.journal import SQL
from services.notary.note import NotSigned, PublicKey, UnknownSigner
from services.postgres import connection as database
from services.settings import Settings

Notes = Mapping[str, str]
"""The newest head of each place that has one, as it stands there."""


async def ensure(settings: Settings, where: Endpoints) -> str | None:
    """Make a key where none is, unless another one has signed here. The old one named as a former key is the word that
    it is lost for good.

    Gives the reason why the notary cannot sign with the key that is there; None when it can. Raises Unavailable, and
    DaybookError when the key cannot be written.
    """
    try:
        notes = await _notes(settings, where)
        if not key.is_there(settings):
            _check(settings, notes, key.former(settings))
        key.ensure(settings)
        _check(settings, notes, key.load(settings).known)
    except (NotConfigured, UnknownKey) as error:
        return str(error)
    return None


def make(settings: Settings, name: str | None) -> PublicKey:
    """A new key, because somebody wants one. Raises UnknownKey where the notary's file has heads of one that is not
    named as a former key, and DaybookError."""
    if not key.is_there(settings):
        note = _file(settings).newest_note()
        _check(settings, {} if note is None else {"The file of heads": note}, key.former(settings))
    return key.make(settings, name)


def _check(settings: Settings, notes: Notes, keys: tuple[PublicKey, ...]) -> None:
    for place, note in notes.items():
        try:
            read_head(note, keys)
        except UnknownSigner as error:
            raise unknown_key(place, error, keys, key.key_path(settings)) from None
        except NotSigned:
            continue  # what else is wrong with a head is for the notary to say


async def _notes(settings: Settings, where: Endpoints) -> Notes:
    connection = await database.connect(where.database_url)
    try:
        row = await connection.fetchrow(SQL["newest_head"])
    finally:
        await connection.close()
    nc = await stream_connection.connect(where.nats_url, "notary-key")
    try:
        published = await HeadsStream(nc, settings.stream, ()).newest_note()
    finally:
        await nc.close()
    try:
        written = await asyncio.to_thread(_file(settings).newest_note)
    except Unavailable as error:
        raise NotConfigured(str(error)) from None
    notes = {"Postgres": None if row is None else str(row["note"]), "NATS": published, "The file of heads": written}
    return {place: note for place, note in notes.items() if note is not None}


def _file(settings: Settings) -> HeadsFile:
    return HeadsFile(key.heads_path(settings), ())
