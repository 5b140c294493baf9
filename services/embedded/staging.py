"""Where the embedded NATS server keeps the messages of an atomic batch until its commit: in memory, not on the disk.

nats-server 2.15 stages the batches of a stream with one replica in a directory of their own below the stream's, and
syncs it some five times for each batch, however small; those of a replicated stream it stages in memory. It forgets
all of them whenever it starts. So a link to a file system in memory stands in that directory's place: a batch then
costs the one sync of the stream's own file, which comes before the acknowledgement as ever. Where there is no such
file system, or little room in it, everything stays on the disk. A batch that finds no room is refused whole.
"""

import asyncio
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there is made by mkdtemp
MIN_FREE_BYTES = 512 * 1024 * 1024
"""Intake has at most 128 MiB of events under way; the rest is for whoever else writes batches."""
EVERY_S = 5.0

_PREFIX = "daybook-staging-"
_STREAMS = "jetstream/*/streams/*"


class Staging:
    """The staged batches of one server; `store` is its `store_dir`."""

    def __init__(self, store: Path, memory: Path = MEMORY) -> None:
        self._store = store
        self._memory = memory
        self._room: Path | None = None

    async def keep_open(self) -> NoReturn:
        """Opens it every few seconds, for ever: streams are made, and what is in memory may be cleaned away."""
        while True:
            self.open()
            await asyncio.sleep(EVERY_S)

    def open(self) -> None:
        """Links the streams that are there and not linked yet. A server that starts removes the links."""
        if self._room is None or not self._room.exists():
            self._room = self._made()
        if self._room is None:
            return
        for stream in self._store.glob(_STREAMS):
            with suppress(OSError):  # batches are under way in it, or the stream is just being removed
                self._link(stream / "batches", self._room)

    def clear(self) -> None:
        """Removes the links and what is staged, also by a server that was killed. For a server that does not run."""
        if self._room is not None:
            shutil.rmtree(self._room, ignore_errors=True)
            self._room = None
        for stream in self._store.glob(_STREAMS):
            batches = stream / "batches"
            if batches.is_symlink():
                room = Path(os.readlink(batches))
                batches.unlink()
                if room.parent == self._memory and room.name.startswith(_PREFIX):
                    shutil.rmtree(room, ignore_errors=True)

    def _link(self, batches: Path, room: Path) -> None:
        if batches.is_symlink():
            if Path(os.readlink(batches)) == room:
                return
            batches.unlink()
        elif batches.exists():
            batches.rmdir()
        batches.symlink_to(room)

    def _made(self) -> Path | None:
        try:
            if shutil.disk_usage(self._memory).free < MIN_FREE_BYTES:
                return None
            return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._memory))
        except OSError:
            return None
