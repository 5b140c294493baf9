"""Files: written so that they stay when the power fails, and read only when they are files, and no larger than said."""

import errno
import os
import stat
import tempfile
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}


def sync_directory(directory: Path) -> None:
    """Fsync a directory, so that files made, renamed or removed in it stay so after a crash. Raises OSError."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes a file, whole or not at all, on the disk when this returns; for its owner's eyes unless `mode` says more.

    A file that stood there is replaced. A link is not followed, and neither a pipe nor a device replaced. Raises
    OSError.
    """
    with suppress(FileNotFoundError):
        _must_be_file(path, path.lstat())
    handle, new = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(new)
        raise
    sync_directory(path.parent)


def _must_be_file(path: Path, found: os.stat_result) -> None:
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        raise OSError(errno.EINVAL, f"It is {_KINDS.get(kind, 'something else')}, and no file", str(path))


def emptied(path: Path) -> BinaryIO:
    """A file to write anew, made if need be. Raises OSError, for a link, a pipe or whatever else is no file, too."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    handle = os.open(path, flags, 0o600)
    try:
        _must_be_file(path, os.fstat(handle))
        os.ftruncate(handle, 0)
        return os.fdopen(handle, "wb")
    except BaseException:
        os.close(handle)
        raise


def opened(path: Path) -> BufferedReader:
    """A file to read. Raises OSError, for a pipe, a device, a socket or a directory too, without waiting for any."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        _must_be_file(path, os.fstat(handle))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read(path: Path, most_bytes: int) -> bytes:
    """The content of a file that has at most so many bytes. Raises OSError."""
    with opened(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"It has more than {most_bytes:,} bytes", str(path))
    return content


def text(path: Path, most_bytes: int, encoding: str = "utf-8") -> str:
    """Return the text of a file that has at most `most_bytes` bytes. Raises OSError, and UnicodeDecodeError."""
    return read(path, most_bytes).decode(encoding)
