"""Payments and credit notes, the invoices that they pay, and the rows that show what is left of them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from projections.replay.entry import FOREVER
from projections.replay.view import RowKey
from projections.views.receivables.item import Item
from projections.views.receivables.rows import UnappliedRow
from projections.views.receivables.shown import Shown

DocumentKind = Literal["cash", "credit"]
DocumentKey = tuple[DocumentKind, str]
"""Kind and key of the number."""


@dataclass(slots=True)
class Applied:
    """Amount that an allocation took from a document for an item and that has not been taken back."""

    item: Item
    amount: Decimal
    deal: str | None
    """Deal that the allocation names, or else the invoice."""


@dataclass(slots=True)
class Document(Shown[UnappliedRow]):
    """A payment or a credit note, as far as it is on this account."""

    key: DocumentKey
    number: str
    """As it was sent."""
    series: str
    """Empty where it has none."""
    currency: str
    unapplied: Decimal
    received_at: datetime
    """When it first came to this account."""
    remittance: str | None = None
    """Text of the payer that says what is paid."""
    applied: list[Applied] = field(default_factory=list)
    """In the order in which they took effect: a reversal takes from the end."""

    @property
    def kind(self) -> DocumentKind:
        """Cash of a payment, or credit."""
        return self.key[0]

    def row_key(self, account: str, from_at: datetime) -> RowKey:
        """Key of the row that begins at an instant."""
        return RowKey(UnappliedRow, (account, self.number, self.series, self.kind, self.currency, from_at))

    def stands_as(self, shown: UnappliedRow) -> bool:
        """Tell if the unapplied amount is as a row shows it."""
        return shown.amount == self.unapplied

    def row(self, account: str, from_at: datetime, entry: int) -> UnappliedRow | None:
        """Row of what is unapplied; None where nothing is."""
        if not self.unapplied:
            return None
        return UnappliedRow(
            account,
            self.number,
            self.kind,
            from_at,
            FOREVER,
            self.currency,
            self.unapplied,
            entry,
            self.series,
            self.received_at,
            self.remittance,
        )
