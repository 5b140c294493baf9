"""Notes of the demo about a ledger that it made, in `demo.json` of the data directory.

By its notes the demo knows its own ledgers, and touches no other. The notes are written before the ledger is made, so
that a demo that was killed goes on where it was when it is run again.
"""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from services.embedded.data_directory import must_be_ours
from services.endpoints import RUN_FILE
from services.errors import BadRequest, DaybookError
from services.runtime import files

FILE = "demo.json"
_MAX_BYTES = 65_536
_SIGNS = ("nats", "postgres", "notary", RUN_FILE)
"""One of these in a data directory: a ledger was made there."""


class Notes(BaseModel):
    """The story, and how far it was told."""

    model_config = ConfigDict(extra="forbid")

    deals: int
    seed: int
    story: str = ""
    """Digest of the story; earlier versions of the demo, which told another one, wrote none."""
    tokens: dict[str, str | None] = {}
    """By source; null: it is just being added."""
    before: int | None = None
    """The last sequence before what was late or wrong was sent; null: it was not come so far."""
    after: int | None = None
    """The last sequence of the story; null: it was not told to its end."""

    def write(self, data: Path) -> None:
        """Writes the notes to the data directory; they are on the disk when this returns."""
        files.write(data / FILE, self.model_dump_json(indent=2).encode())


def of(data: Path, deals: int, seed: int, story: str) -> Notes:
    """Return the notes of a data directory; begin them where there is no ledger. `story` is the story's digest.

    Raises DaybookError for a ledger that the demo did not make, and BadRequest for another story than was asked for.
    """
    if data.exists():
        must_be_ours(data)
    notes = _read(data / FILE)
    if notes is not None:
        if (notes.deals, notes.seed) != (deals, seed):
            raise BadRequest(
                f"{data} holds the demo with --deals {notes.deals} --seed {notes.seed}, and no second story is told "
                "in one ledger. Name these, or use another directory."
            )
        if notes.story != story:
            raise BadRequest(
                f"{data} holds the story of another version of the demo, and no second story is told in one ledger. "
                "Use another directory."
            )
        return notes
    if any(os.path.lexists(data / each) for each in _SIGNS):
        raise not_the_demos(data)
    notes = Notes(deals=deals, seed=seed, story=story)
    try:
        data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        notes.write(data)
    except OSError as error:
        raise DaybookError(f"The data directory {data} cannot be used: {error.strerror}.") from error
    return notes


def not_the_demos(data: Path, what: str = "a ledger that the demo did not make") -> DaybookError:
    """Error that tells why the demo leaves a directory alone."""
    return DaybookError(
        f"{data} holds {what}: the demo would add invented deals to it, for good. Nothing was changed. Use another "
        "directory, or none: then the demo's ledger is a temporary one."
    )


def _read(path: Path) -> Notes | None:
    try:
        return Notes.model_validate_json(files.read(path, _MAX_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not as the demo writes it"
        raise DaybookError(
            f"What the demo remembers, {path}, cannot be read: {why}. Remove the directory, or use another one."
        ) from None
