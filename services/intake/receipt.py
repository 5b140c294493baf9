"""What a sender is told when its events are in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic_core import to_json


class Receipt(NamedTuple):
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
        shown = [{"id": id_, "sequence": place, "duplicate": known} for id_, place, known in self.receipts]
        return to_json(shown[0] if self.single else shown)
