"""A file system of a fixed size that this process and those it starts see, and nobody else. It is gone when they are.

Linux: a mount namespace of our own; for an ordinary user one within a user namespace, where the machine allows it.
"""

import ctypes
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_NEW_MOUNTS, _NEW_USERS = 0x20000, 0x10000000
_ALL_PRIVATE = 0x4000 | 0x40000
_DETACH = 2
_CHUNK = 64 * 1024


class SmallDisk:
    """Mounted over a directory from `mount` to `unmount`."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._size = size
        self._filler = path / "filler"
        self._mounted = False

    def mount(self) -> None:
        """Makes the directory, and the file system over it. To be called before there are threads. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        own_mounts()
        mount("tmpfs", self.path, "tmpfs", f"size={self._size}")
        self._mounted = True

    def unmount(self) -> None:
        """Everything in it is gone."""
        if self._mounted:
            unmount(self.path)
            self._mounted = False

    def fill(self, leave: int) -> int:
        """Takes all the room but so many bytes; how much that was."""
        taken = 0
        wanted = self.room() - leave
        with self._filler.open("wb", buffering=0) as file:
            while taken < wanted:
                try:
                    taken += file.write(bytes(min(_CHUNK, wanted - taken)))
                except OSError:  # others have taken it meanwhile
                    return taken
        return taken

    def room(self) -> int:
        """Bytes that are free."""
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize

    def free(self) -> None:
        """Gives the room back."""
        self._filler.unlink(missing_ok=True)


def impossible() -> str:
    """Reason why there can be no such file system here; empty when there can."""
    with tempfile.TemporaryDirectory() as directory:
        tried = subprocess.run(
            [sys.executable, "-m", "tests.faults.small_disk", directory],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
    return "" if tried.returncode == 0 else tried.stderr.strip().rpartition("\n")[2]


def mount(device: str, path: Path, kind: str, options: str = "") -> None:
    """Mounts a file system over a directory. Raises OSError."""
    _call("mount", device.encode(), os.fsencode(path), kind.encode(), 0, options.encode())


def unmount(path: Path) -> None:
    """Takes it away, whoever uses it. Raises OSError."""
    _call("umount2", os.fsencode(path), _DETACH)


def own_mounts() -> None:
    """Hide what this process mounts from now on from all processes but itself and those that it starts.

    To be called before there are threads; may be called again. Raises OSError.
    """
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", _NEW_MOUNTS if uid == 0 else _NEW_MOUNTS | _NEW_USERS)
    if uid != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _call("mount", b"none", b"/", None, _ALL_PRIVATE, None)


def _call(name: str, *words: bytes | int | None) -> None:
    if sys.platform != "linux":
        raise OSError("small disks are made on Linux only")
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} is refused: {os.strerror(number)}")


if __name__ == "__main__":
    disk = SmallDisk(Path(sys.argv[1]) / "disk", 1024 * 1024)
    try:
        disk.mount()
    except OSError as error:
        sys.exit(f"no small disk: {error}")
    disk.unmount()
