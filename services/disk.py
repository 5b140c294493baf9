"""What stays when the power fails."""

import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """What was made, renamed or removed in a directory is so on the disk when this returns. Raises OSError."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
