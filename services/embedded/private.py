"""Files and directories that only their owner can read."""

from pathlib import Path


def write(path: Path, text: str) -> None:
    """Writes a file for its owner's eyes, whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)


def directory(path: Path) -> Path:
    """Makes a directory for its owner alone, unless it is there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
