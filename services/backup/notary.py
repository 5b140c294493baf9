"""Backup of the notary's file of signed heads, kept outside the database. The notary's private key is never in a
backup.
"""

import os
from pathlib import Path

import asyncpg

from services.backup import files
from services.backup.manifest import File, Manifest
from services.backup.tables import SQL
from services.errors import NotConfigured
from services.notary.key import heads_path, load_public
from services.settings import Settings

HEADS = "notary-heads"


def copy(settings: Settings, directory: Path) -> list[File]:
    """Copy the file of signed heads into a backup, if the file is on this machine."""
    path = heads_path(settings)
    return [files.copy(path, directory / HEADS)] if path.is_file() else []


def put(directory: Path, manifest: Manifest, settings: Settings) -> bool:
    """Put the file of signed heads back from a backup, where there is none on this machine.

    False: there was a file other than the backup's, and it was left as it is.
    """
    path = heads_path(settings)
    if not any(file.name == HEADS for file in manifest.others):
        return True
    if path.exists():
        return files.sha256(path) == files.sha256(directory / HEADS)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(path.name + files.PARTIAL)
    new.unlink(missing_ok=True)
    files.copy(directory / HEADS, new)
    os.replace(new, path)
    return True


async def signer(connection: asyncpg.Connection, settings: Settings) -> str | None:
    """The public key whose private half has to come back before heads can be signed on; None when none is missing."""
    vkey: str | None = await connection.fetchval(SQL["signer"])
    try:
        return None if vkey == str(load_public(settings)) else vkey
    except NotConfigured:
        return vkey
