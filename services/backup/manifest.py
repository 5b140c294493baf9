"""Manifest of a backup: which ledger, up to which sequence, and the SHA-256 of each of its files."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.errors import BackupUnusable
from services.runtime import files

FILE = "manifest.json"
SEAL = "manifest.json.sha256"
"""The manifest's own SHA-256, as `sha256sum --check` reads it."""


_MAX_BYTES = 4 * 1024 * 1024
"""Of a manifest: it has a line or two for each file."""


class File(BaseModel):
    """A file of the backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}$")
    """Of a file in the backup's directory, and in no other."""
    bytes: int
    sha256: str


class TableFile(File):
    """A durable table: rows as PostgreSQL's `copy … to` writes them as text, compressed by gzip."""

    table: str
    columns: list[str]
    rows: int = Field(ge=0)


class Applied(BaseModel):
    """A migration of the database that was backed up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    name: str
    digest: str


class Manifest(BaseModel):
    """A backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    daybook: str
    """Version that took it."""
    postgresql: str
    """Version of the server that it was taken from."""
    taken_at: datetime
    stream: str
    time_zone: str
    sequence: int
    """It holds everything up to this one; 0: nothing was recorded yet."""
    recorded_at: datetime | None
    """Of the last row."""
    last_leaf_hash: str | None
    """Of the last row, in hex."""
    head: str | None
    """The newest signed head of the journal's tree (c2sp.org/tlog-checkpoint); none was signed yet: null."""
    generation: str | None
    """Digest of the generation that was served: views are no part of a backup, they are built anew."""
    migrations: list[Applied]
    tables: list[TableFile]
    """In the order in which they can be loaded."""
    others: list[File]

    @property
    def files(self) -> list[File]:
        """Files of the backup but the manifest and its seal."""
        return [*self.tables, *self.others]

    def table(self, name: str) -> TableFile:
        """The file of a table. Raises BackupUnusable."""
        found = next((each for each in self.tables if each.table == name), None)
        if found is None:
            raise BackupUnusable(f"The backup has no table {name}: it is not one of a ledger.")
        return found

    def text(self) -> bytes:
        """The manifest as it is written."""
        return self.model_dump_json(indent=2).encode() + b"\n"

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read the manifest of a backup. Raises BackupUnusable when there is none, or it is not as it was written."""
        try:
            text = files.read(directory / FILE, _MAX_BYTES)
            seal = files.read(directory / SEAL, _MAX_BYTES).decode("utf-8", "replace")
        except OSError as error:
            raise BackupUnusable(
                f"{directory} is not a backup: {error.filename} cannot be read ({error.strerror}). Name a directory "
                "that `daybook backup --out` made."
            ) from None
        if seal != sealed(text):
            raise BackupUnusable(f"{directory / FILE} does not have the SHA-256 that {SEAL} states: one was altered.")
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise BackupUnusable(
                f"{directory / FILE} is of another version of Daybook ({'.'.join(map(str, first['loc']))}: "
                f"{first['msg']}). Use the version that took the backup, or a later one."
            ) from None


def sealed(text: bytes) -> str:
    """The seal of a manifest."""
    return f"{hashlib.sha256(text).hexdigest()}  {FILE}\n"
