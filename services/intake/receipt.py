"""Answers to a sender when its events are in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import to_json


class Warned(NamedTuple):
    """Warning about an event that is recorded all the same. These are its fields in JSON."""

    kind: str
    """For programs: `number-reused`."""
    field: str
    """Path such as data.invoice."""
    reason: str
    """For people: what is surprising, and what to do."""
    source: str | None
    """Source of the earlier document's event; None where it is another's, whose events the sender may not correct."""
    id: str | None
    """Its id; None likewise."""
    sequence: int
    """Where it is."""


class Receipt(NamedTuple):
    """One event is in the stream, on disk, at a sequence."""

    id: str
    sequence: int
    """Of a duplicate: the original's."""
    duplicate: bool | None
    """Whether it was there before; None when that cannot be known: Postgres is away, or the recorder far behind."""
    warnings: Sequence[Warned] = ()
    """Mostly none; none where that could not be told in time."""


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
        """Write the receipts as JSON."""
        shown: list[dict[str, Any]] = [
            {"id": id_, "sequence": place, "duplicate": known} for id_, place, known, _ in self.receipts
        ]
        for each, receipt in zip(shown, self.receipts, strict=True):
            if receipt.warnings:
                each["warnings"] = [warned._asdict() for warned in receipt.warnings]
        return to_json(shown[0] if self.single else shown)
