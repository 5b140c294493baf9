"""What a sender is told when its events are in the ledger."""

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event is in the stream, on disk, at a sequence."""

    id: str
    sequence: int
    """Of a duplicate: the original's."""
    duplicate: bool | None
    """Whether it was there before; None when that cannot be known: Postgres is away, or the recorder far behind."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Receipts in the order of the events; a single event sent alone has one without a list around it."""

    receipts: Sequence[Receipt]
    single: bool

    @property
    def status(self) -> int:
        """201 when something was added, 200 when all of it was there before."""
        return 200 if all(each.duplicate for each in self.receipts) else 201

    def body(self) -> bytes:
        """As JSON."""
        shown = [{"id": each.id, "sequence": each.sequence, "duplicate": each.duplicate} for each in self.receipts]
        return json.dumps(shown[0] if self.single else shown).encode()
