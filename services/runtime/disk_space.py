"""Free space on the disk of the ledger."""

import shutil
from pathlib import Path

LEAST_BYTES = 1024 * 1024 * 1024
_LEAST_SHARE = 20
"""Of a smaller disk a twentieth is kept free."""


class Disk:
    """The disk of the data directory. Embedded servers write to it, and one that finds it full may need a restart."""

    def __init__(self, path: Path | None, least_bytes: int | None = None) -> None:
        """`path` is anywhere on it, None for no disk; `least_bytes` are to stay free, None for the usual share."""
        self._path = path
        self._least = least_bytes

    @property
    def free_bytes(self) -> int | None:
        """Return how many bytes are free; None where that cannot be seen."""
        usage = self._usage()
        return None if usage is None else usage[1]

    @property
    def low(self) -> str | None:
        """Say what is wrong with the room on the disk, and what to do; None: there is enough."""
        usage = self._usage()
        if usage is None:
            return None
        total, free = usage
        least = min(LEAST_BYTES, total // _LEAST_SHARE) if self._least is None else self._least
        if free >= least:
            return None
        return (
            f"The disk of the ledger has {free} bytes free, and {least} are kept for what is recorded already. Make "
            "room on it: this goes on by itself."
        )

    def _usage(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = shutil.disk_usage(self._path)
        except OSError:
            return None
        return found.total, found.free
