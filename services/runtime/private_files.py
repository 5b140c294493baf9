"""Files and directories that only their owner can read."""

import os
from pathlib import Path

from services.errors import ServerFailed
from services.runtime import files


def write(path: Path, text: str) -> None:
    """Writes a file for its owner's eyes, whole or not at all, on the disk when this returns. Raises OSError."""
    files.write(path, text.encode())


def directory(path: Path) -> Path:
    """Makes a directory for its owner alone; one that is there must be ours. Raises ServerFailed."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.geteuid():
        raise ServerFailed(f"{path} belongs to somebody else; use another data directory.")
    path.chmod(0o700)
    return path
