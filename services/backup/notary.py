"""What the notary keeps outside the database: its file of signed heads, and its public key. Never the private one."""

import os
from pathlib import Path

from services.backup import files
from services.backup.manifest import File, Manifest
from services.notary.key import heads_path, public_path
from services.settings import Settings

HEADS, PUBLIC = "notary-heads", "notary-key.pub"


def copy(settings: Settings, directory: Path) -> list[File]:
    """Into a backup: what of it is on this machine."""
    there = {HEADS: heads_path(settings), PUBLIC: public_path(settings)}
    return [files.copy(path, directory / name) for name, path in there.items() if path.is_file()]


def put(directory: Path, manifest: Manifest, settings: Settings) -> list[Path]:
    """Back from a backup, where there is none. Gives the files that were there, and were left as they are."""
    wanted = {HEADS: heads_path(settings), PUBLIC: public_path(settings)}
    kept = []
    for file in manifest.others:
        path = wanted[file.name]
        if path.exists():
            kept.append(path)
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(path.name + files.PARTIAL)
        new.unlink(missing_ok=True)
        files.copy(directory / file.name, new)
        os.replace(new, path)
    return kept
