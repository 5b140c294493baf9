"""Files of a backup: written for their owner's eyes, on the disk before they count, read without holding them."""

import errno
import fcntl
import gzip
import hashlib
import os
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from services.backup.manifest import File
from services.errors import DaybookError
from services.runtime import files
from services.runtime.files import sync_directory

PARTIAL = ".partial"
"""Behind the name of a backup that is not complete."""
UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a damaged file raises."""
MAX_LINE_BYTES = 1_048_576
"""A row is not longer: the largest message takes 131,074 hex digits."""
_PART_BYTES = 4 * 1024 * 1024
_LEVEL = 1
"""Of compression: quick; the rows are mostly hex digits, which any level halves."""


class Rows:
    """A table's file while it is written: text as it comes from PostgreSQL."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._file = _new(path)
        self._progress = progress
        self._packed = gzip.GzipFile("", "wb", _LEVEL, self._file, mtime=0)
        self.rows = 0

    async def write(self, text: bytes) -> None:
        """Takes what `copy … to` gives: a line for each row, in pieces cut anywhere."""
        rows = text.count(b"\n")
        self._packed.write(text)
        self.rows += rows
        self._progress(rows)

    def close(self) -> None:
        """Ends the file; its content is on the disk when this returns."""
        self._packed.close()
        _settle(self._file)


def write(path: Path, content: bytes) -> File:
    """A whole file, on the disk when this returns."""
    file = _new(path)
    file.write(content)
    _settle(file)
    return described(path)


def copy(source: Path, path: Path) -> File:
    """A copy of a file, on the disk when this returns."""
    file = _new(path)
    with files.opened(source) as original:
        shutil.copyfileobj(original, file)
    _settle(file)
    return described(path)


def described(path: Path) -> File:
    """A file's size and SHA-256."""
    return File(name=path.name, bytes=path.stat().st_size, sha256=sha256(path))


def sha256(path: Path, progress: Callable[[int], None] = lambda rows: None) -> str:
    """Compute the SHA-256 of a file, in hexadecimal. `progress` is called now and then, with no rows."""
    digest = hashlib.sha256()
    with files.opened(path) as file:
        while part := file.read(_PART_BYTES):
            digest.update(part)
            progress(0)
    return digest.hexdigest()


def lines(path: Path, rows: int = sys.maxsize - 1) -> Iterator[bytes]:
    """The rows of a table's file, each with its line end: as many as there should be, and one more if it has more.

    However little it is packed to, no more is unpacked than that takes. Raises `UNREADABLE` for a damaged one.
    """
    with files.opened(path) as packed, gzip.GzipFile(fileobj=packed) as file:
        for _ in range(rows + 1):
            line = file.readline(MAX_LINE_BYTES + 1)
            if len(line) > MAX_LINE_BYTES:
                raise OSError(errno.EFBIG, f"a row has more than {MAX_LINE_BYTES:,} bytes", str(path))
            if not line:
                return
            yield line


@contextmanager
def emerging(directory: Path) -> Iterator[Path]:
    """A directory to fill, which gets its name when the context ends well; gone when it does not.

    One that was left by a process that was killed is begun anew. Raises DaybookError.
    """
    partial = directory.with_name(directory.name + PARTIAL)
    if directory.exists() or directory.is_symlink():
        raise DaybookError(f"{directory} is there already: name a directory that is to be made.")
    try:
        with _held(partial):
            try:
                yield partial
                sync_directory(partial)
                partial.rename(directory)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
        sync_directory(directory.parent)
    except (TimeoutError, ConnectionError):  # a server's, not the disk's
        raise
    except OSError as error:
        raise DaybookError(f"The backup {directory} cannot be written: {error.strerror} ({error.filename}).") from error


@contextmanager
def _held(partial: Path) -> Iterator[None]:
    if partial.is_symlink():
        raise DaybookError(f"{partial} is a link, and not followed: remove it.")
    partial.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(lock).st_uid != os.geteuid():
            raise DaybookError(f"{partial} is another user's directory: nothing is written there. Remove it.")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DaybookError(f"Another `daybook backup` writes {partial} now.") from None
        for each in partial.iterdir():
            each.unlink()
        partial.chmod(0o700)
        yield
    finally:
        os.close(lock)


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
