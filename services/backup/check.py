"""Check of a backup without any server: its files, and every row of the journal."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.backup import files
from services.backup.journal import rows
from services.backup.manifest import FILE, SEAL, File, Manifest, TableFile
from services.errors import BackupUnusable
from services.notary.tree import Tree

Progress = Callable[[int], None]
"""Called with how many more rows have been checked."""
_MAX = 20
"""Faults of one kind that are named."""
_STEP = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of checking a backup."""

    manifest: Manifest | None
    """None when it cannot be read."""
    faults: list[str]
    """What is not as it was written, each naming its file; empty: nothing."""


def check(directory: Path, progress: Progress = lambda rows: None) -> Checked:
    """Checks every file against the manifest, every row of the journal against its leaf hash and the one before it."""
    try:
        manifest = Manifest.read(directory)
        faults = [fault for each in manifest.files if (fault := _altered(directory / each.name, each, progress))]
        for table in manifest.tables:
            if (directory / table.name).is_symlink():
                continue
            faults += _first(_faults_of(directory, manifest, table, progress))
    except BackupUnusable as error:
        return Checked(None, [str(error)])
    known = {FILE, SEAL, *(each.name for each in manifest.files)}
    faults += [f"{each}: no file of the backup" for each in sorted(directory.iterdir()) if each.name not in known]
    return Checked(manifest, faults)


def sound(directory: Path, progress: Progress = lambda rows: None) -> Manifest:
    """The manifest of a backup that is as it was written. Raises BackupUnusable, which names what is not."""
    checked = check(directory, progress)
    if checked.faults or checked.manifest is None:
        listed = "\n  - ".join(checked.faults)
        raise BackupUnusable(f"The backup {directory} is not as it was written; take another one:\n  - {listed}")
    return checked.manifest


def _altered(path: Path, stated: File, progress: Progress) -> str | None:
    try:
        if path.is_symlink():
            return f"{path}: a link, and no file of the backup"
        if (size := path.stat().st_size) != stated.bytes:
            return f"{path}: altered, it has {size:,} bytes, and the manifest states {stated.bytes:,}"
        return (
            None
            if files.sha256(path, progress) == stated.sha256
            else f"{path}: altered, its SHA-256 is not the manifest's"
        )
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror})"


def _faults_of(directory: Path, manifest: Manifest, table: TableFile, progress: Progress) -> Iterator[str]:
    path, number = directory / table.name, 0
    counted = _counted(files.lines(path, table.rows), progress)
    try:
        if table.table == "journal":
            for fault, number in _faults_of_rows(counted, manifest, table):  # noqa: B007 - used behind the loop
                if fault:
                    yield f"{path}: {fault}"
        else:
            for _ in counted:
                number += 1
    except (*files.UNREADABLE, ValueError, OverflowError) as error:
        yield f"{path}: cannot be read behind row {number} ({error})"
        return
    if number != table.rows:
        found = "more rows" if number > table.rows else f"{number} rows"
        yield f"{path}: {found}, but the manifest states {table.rows}"


def _faults_of_rows(lines: Iterator[bytes], manifest: Manifest, table: TableFile) -> Iterator[tuple[str | None, int]]:
    """A fault or none, and the number of the row, for each row; and one more for the journal's end."""
    number, last = 0, None
    tree, head = Tree(), _head(manifest)
    if head is None:
        yield "which rows the signed head of the manifest vouches for cannot be read", number
    size, root = head or (0, b"")
    for number, row in enumerate(rows(lines, table.columns), 1):
        if row.sequence != number:
            yield f"sequence {row.sequence} stands where {number} is due", number
        if row.computed() != row.leaf_hash:
            yield f"the row at sequence {row.sequence} does not have the leaf hash of its content", number
        if last is not None and row.recorded_at < last.recorded_at:
            yield f"recorded_at of sequence {row.sequence} is before that of the row before it", number
        yield None, number
        last = row
        tree.append([row.leaf_hash])
        if tree.size == size and tree.root() != root:
            yield f"its first {size} rows are not those that the signed head of the manifest vouches for", number
    if size > number:
        yield f"it has {number} rows, and the signed head of the manifest vouches for {size}", number
    end = last.leaf_hash.hex() if last else None
    if (last.sequence if last else 0, end) != (manifest.sequence, manifest.last_leaf_hash):
        yield f"it does not end as the manifest states, with sequence {manifest.sequence} and its leaf hash", number


def _head(manifest: Manifest) -> tuple[int, bytes] | None:
    """Size and root of the signed head; 0 when there is none, None when it cannot be read.

    Who signed it is not asked: that takes the notary's key.
    """
    if manifest.head is None:
        return 0, b""
    try:
        size, root = manifest.head.split("\n")[1:3]
        return (int(size), b64decode(root, validate=True)) if size.isdecimal() else None
    except ValueError:
        return None


def _counted(lines: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    number = 0
    for number, line in enumerate(lines, 1):
        yield line
        if number % _STEP == 0:
            progress(_STEP)
    progress(number % _STEP)


def _first(faults: Iterator[str]) -> list[str]:
    """The first few, and how many more there are."""
    named: list[str] = []
    more = 0
    for fault in faults:
        if len(named) < _MAX:
            named.append(fault)
        else:
            more += 1
    return [*named, f"and {more} more of that file"] if more else named
