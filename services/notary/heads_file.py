"""Heads in a file: one after another, each with an empty line below it. Written with fsync, and never rewritten.

Put it where whoever could alter the database cannot: another disk, an append-only file system, a share that is copied.
"""

import os
from collections.abc import Collection, Iterator
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

from services.errors import JournalAltered, LostLeadership, Unavailable
from services.notary.head import Head, read_head, unknown_key
from services.notary.note import MAX_NOTE_BYTES, NotSigned, PublicKey, UnknownSigner
from services.runtime import files
from services.runtime.files import sync_directory

_SIGNATURE = "\N{EM DASH} ".encode()


class HeadsFile:
    """The file, made when the first head is written."""

    def __init__(self, path: Path, keys: Collection[PublicKey]) -> None:
        self.path = path
        self._keys = keys

    def newest(self) -> Head | None:
        """The last head, None when there is none. Half a head behind it, of a write that was cut short, is passed over.

        Raises JournalAltered for what is no head of ours, and Unavailable.
        """
        try:
            with files.opened(self.path) as file:
                return self._last(file)[0]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _away(self.path, error) from error

    def newest_note(self) -> str | None:
        """The last head as it stands there, whoever signed it; None when there is none. Raises Unavailable."""
        try:
            with files.opened(self.path) as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 2 * MAX_NOTE_BYTES))
                tail = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _away(self.path, error) from error
        whole = tail[: _end_of_whole(tail)]
        return _last_note(whole).decode("utf-8", "replace") if whole else None

    def behind(self, size: int) -> Iterator[Head]:
        """The heads of larger trees than one, in the file's order. Raises as `newest`."""
        try:
            with files.opened(self.path) as file:
                for note in notes_of(file):
                    head = self._read(note)
                    if head.size > size:
                        yield head
        except FileNotFoundError:
            return
        except OSError as error:
            raise _away(self.path, error) from error

    def append(self, head: Head) -> None:
        """Writes a head to the disk, in the place of half a head if there is one; the last head is not written again.

        Raises LostLeadership when another notary has gone on from there, JournalAltered as `newest`, and Unavailable:
        also while another notary writes to the file.
        """
        try:
            made = not self.path.exists()
            if not made:
                files.opened(self.path).close()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+") as file:
                flock(file, LOCK_EX | LOCK_NB)
                last, end = self._last(file)
                if last == head:
                    return
                if last is not None and last.size >= head.size:
                    raise LostLeadership(
                        f"Another notary has written a head of {last.size} rows to {self.path}: this one stops, with "
                        f"its head of {head.size} rows."
                    )
                if end < os.fstat(file.fileno()).st_size:
                    file.truncate(end)
                file.write(f"{head.note}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            if made:
                sync_directory(self.path.parent)
        except OSError as error:
            raise _away(self.path, error) from error

    def _last(self, file: BinaryIO) -> tuple[Head | None, int]:
        """The last head, and where it ends."""
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * MAX_NOTE_BYTES))
        tail = file.read()
        whole = tail[: _end_of_whole(tail)]
        half = tail[len(whole) :]
        if half and not self._begins_head(half):
            raise self._altered(half, "it ends in the middle of something")
        if not whole:
            return None, size - len(half)
        return self._read(_last_note(whole)), size - len(half)

    def _begins_head(self, half: bytes) -> bool:
        origins = [f"{each.name}\n".encode() for each in self._keys]
        return any(half.startswith(each) or each.startswith(half) for each in origins)

    def _read(self, note: bytes) -> Head:
        try:
            return read_head(note.decode("utf-8", "replace"), self._keys)
        except UnknownSigner as error:
            raise unknown_key(f"The file {self.path}", error, self._keys) from None
        except NotSigned as error:
            raise self._altered(note, str(error)) from None

    def _altered(self, found: bytes, why: str) -> JournalAltered:
        shown = found[:200].decode("utf-8", "replace").replace("\n", "⏎")
        return JournalAltered(
            f"The file {self.path} holds what is no head of this notary: {why} ({shown}). Restore it from a copy; or "
            "move it away as evidence, and it is written anew from the heads in Postgres and NATS."
        )


def notes_of(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Notes of a file, one for each head, which ends at an empty line behind a signature; half a head is left out."""
    note, before = b"", b""
    for line in lines:
        if line == b"\n" and before.startswith(_SIGNATURE):
            yield note
            note, before = b"", b""
        else:
            note, before = note + line, line
            if len(note) > 2 * MAX_NOTE_BYTES:
                yield note  # which is none, and is said to be none
                return


def _last_note(whole: bytes) -> bytes:
    """The last of the heads that these bytes end with."""
    return b"\n\n".join(whole[:-2].split(b"\n\n")[-2:]) + b"\n"


def _end_of_whole(tail: bytes) -> int:
    """Offset at which the last whole head ends: behind an empty line that follows a signature."""
    at = len(tail)
    while (at := tail.rfind(b"\n\n", 0, at)) != -1:
        if tail[tail.rfind(b"\n", 0, at) + 1 : at].startswith(_SIGNATURE):
            return at + 2
    return 0


def _away(path: Path, error: OSError) -> Unavailable:
    return Unavailable(f"The file of signed heads {path} cannot be used: {error.strerror or error}.")
