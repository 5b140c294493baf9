"""A disk whose machine can lose its power: what was written and not synced is gone.

An ext4 file system on a loop device. Its backing file holds what has reached the device, and nothing that the kernel
keeps in memory. A copy of that file, while whoever writes is frozen, is what a power failure leaves behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.small_disk import mount, own_mounts, unmount

_IMAGE_BYTES = 512 * 1024 * 1024


class PowerDisk:
    """Mounted over a directory from `mount` to `unmount`; `image` names the files beside which it keeps the disk."""

    def __init__(self, path: Path, image: Path) -> None:
        self.path = path
        self._image = image
        self._mounted = False

    def mount(self) -> None:
        """Makes the disk and mounts it. To be called before there are threads. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        own_mounts()
        with self._image.open("wb") as file:
            file.truncate(_IMAGE_BYTES)
        _run("mkfs.ext4", "-q", "-F", str(self._image))
        self._mount()

    def photograph(self) -> Path:
        """Copy the disk as a power failure would leave it now; whoever writes must be frozen."""
        copy = self._image.with_suffix(".after")
        _run("cp", "--sparse=always", str(self._image), str(copy))
        return copy

    def lose_power(self, left: Path) -> None:
        """The disk as it was photographed. Nobody may be using it."""
        self.unmount()
        left.replace(self._image)
        self._mount()

    def unmount(self) -> None:
        """Everything in it is out of sight."""
        if self._mounted:
            unmount(self.path)
            self._mounted = False

    def _mount(self) -> None:
        device = _run("losetup", "--show", "--find", str(self._image)).strip()
        try:
            mount(device, self.path, "ext4")
            self._mounted = True
        finally:
            _run("losetup", "--detach", device)  # once nothing uses it any more


def impossible() -> str:
    """Reason why there can be no such disk here; empty when there can."""
    if os.geteuid() != 0:
        return "loop devices are root's"
    lacking = [each for each in ("losetup", "mkfs.ext4") if shutil.which(each) is None]
    if lacking:
        return f"there is no {lacking[0]}"
    with tempfile.TemporaryDirectory() as directory:
        tried = subprocess.run(
            [sys.executable, "-m", "tests.faults.power", directory],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
    return "" if tried.returncode == 0 else tried.stderr.strip().rpartition("\n")[2]


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    disk = PowerDisk(Path(sys.argv[1]) / "disk", Path(sys.argv[1]) / "image")
    try:
        disk.mount()
    except OSError as error:
        sys.exit(f"no disk of its own: {error}")
    disk.unmount()
