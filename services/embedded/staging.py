"""Staging of atomic batches by the embedded NATS server: in memory until their commit, not on the disk.

nats-server 2.15 stages the batches of a stream with one replica in a directory of their own below the stream's, and
syncs them some five times for each batch, however small; those of a replicated stream it stages in memory. It forgets
all of them whenever it starts. So a link to a room in a file system in memory stands in that directory's place: a batch
then costs the one sync of the stream's own file, which comes before the acknowledgement as ever. Where there is no such
file system, or little room in it, everything stays on the disk. A batch that finds no room is refused whole.
"""

import asyncio
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

import structlog

MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there is made by mkdtemp
MIN_FREE_BYTES = 512 * 1024 * 1024
"""Intake has at most 128 MiB of events under way; the rest is for whoever else writes batches."""
LOW_BYTES = 64 * 1024 * 1024
"""With less room than this it is given up again, as soon as no batch is under way."""
EVERY_S = 5.0

log = structlog.get_logger()


class _Room(NamedTuple):
    """A directory in memory, and which it is: another one may come in its place."""

    path: Path
    device: int
    inode: int

    @property
    def is_ours(self) -> bool:
        """Tell if the directory is still there as it was made, and private to this user."""
        try:
            found = self.path.lstat()
        except OSError:
            return False
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        return private and (found.st_dev, found.st_ino, found.st_uid) == (self.device, self.inode, os.geteuid())


class Staging:
    """The staged batches of one server; `store` is its `store_dir`, and nobody else's."""

    def __init__(self, store: Path, memory: Path = MEMORY) -> None:
        self._store = store
        self._memory = memory
        self._prefix = f"daybook-staging-{hashlib.sha256(os.fsencode(store.resolve())).hexdigest()[:12]}-"
        self._room: _Room | None = None

    async def keep_open(self) -> NoReturn:
        """Looks every few seconds, for ever: streams are made, and what is in memory may be cleaned away."""
        while True:
            self.open()
            await asyncio.sleep(EVERY_S)

    def open(self) -> None:
        """Links the streams that are there and not linked yet. A server that starts removes the links.

        Nothing depends on it: where it cannot be done, batches stay where they are, and the log says why.
        """
        try:
            self._open()
        except OSError as error:
            log.warning("staging_setup_failed", error=str(error))

    def _open(self) -> None:
        streams = list(self._batches())
        if not streams or not self._memory.is_dir():
            return
        free = shutil.disk_usage(self._memory).free
        if self._room is not None and not self._room.is_ours:
            self._room = None
        if self._room is None and free >= MIN_FREE_BYTES:
            self._room = self._made()
        if self._room is None:
            return
        if free < LOW_BYTES and not any(self._room.path.iterdir()):
            log.warning("staging_moved_to_disk", free_bytes=free, memory=str(self._memory))
            self.clear()
            return
        for batches in streams:
            with suppress(OSError):  # batches are under way in it, or the stream is just being removed
                _link(batches, self._room.path)

    def clear(self) -> None:
        """Removes the links and the rooms of this store, those of a server that was killed included. While the server
        runs, only when no batch is under way."""
        self._room = None
        for batches in self._batches():
            if batches.is_symlink():
                batches.unlink()
        for room in self._memory.glob(f"{self._prefix}*"):
            with suppress(OSError):
                if room.lstat().st_uid == os.geteuid():
                    shutil.rmtree(room)

    def _batches(self) -> Iterator[Path]:
        return (stream / "batches" for stream in self._store.glob("jetstream/*/streams/*"))

    def _made(self) -> _Room | None:
        try:
            path = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self._memory))
        except OSError:
            return None
        found = path.lstat()
        return _Room(path, found.st_dev, found.st_ino)


def _link(batches: Path, room: Path) -> None:
    if batches.is_symlink():
        if Path(os.readlink(batches)) == room:
            return
        batches.unlink()
    elif batches.exists():
        batches.rmdir()
    batches.symlink_to(room)
