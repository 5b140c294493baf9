"""What the fold keeps of one account: its invoices, its payments and credit notes, and what still waits for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from projections.receivables.flags import Flags
from projections.receivables.rows import ItemRow, UnappliedRow
from projections.view import Row, RowKey

Place = tuple[datetime, int, int, int]
"""(occurred_at, nanoseconds, sequence) of an entry, and a place within it."""


@dataclass(slots=True)
class Item:
    """An invoice."""

    invoice: str
    deal: str | None
    currency: str
    amount: Decimal
    due_on: date
    open_amount: Decimal
    disputed: bool = False
    shown: ItemRow | None = None
    """The row that is now open-ended."""

    def copy(self) -> "Item":
        """Another that is equal."""
        return Item(
            self.invoice,
            self.deal,
            self.currency,
            self.amount,
            self.due_on,
            self.open_amount,
            self.disputed,
            self.shown,
        )


@dataclass(slots=True)
class Applied:
    """What an allocation took from a document for an item, and has not been taken back."""

    item: Item
    amount: Decimal


@dataclass(slots=True)
class Document:
    """A payment or a credit note."""

    number: str
    kind: Literal["cash", "credit"]
    currency: str
    unapplied: Decimal
    applied: list[Applied] = field(default_factory=list)
    """In the order in which they took effect: a reversal takes from the end."""
    shown: UnappliedRow | None = None
    """The row that is now open-ended."""

    def copy(self, items: Mapping[str, Item]) -> "Document":
        """Another that is equal, applied to these items."""
        applied = [Applied(items[each.item.invoice], each.amount) for each in self.applied]
        return Document(self.number, self.kind, self.currency, self.unapplied, applied, self.shown)


@dataclass(frozen=True, slots=True)
class Allocate:
    """Someone asks that a document pays an invoice."""

    order: Place
    """Asks that become possible together go by it."""
    document: str
    invoice: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Take:
    """Someone asks that money leaves a payment."""

    order: Place
    document: str
    amount: Decimal
    currency: str
    kind: Literal["reversal", "transfer_out"]


@dataclass(frozen=True, slots=True)
class Contest:
    """Someone says that an invoice is, or is no longer, disputed."""

    order: Place
    invoice: str
    disputed: bool


Ask = Allocate | Take | Contest


class Account:
    """The state of one account."""

    __slots__ = ("awaiting_document", "awaiting_invoice", "documents", "flags", "id", "items", "rows", "subject")

    def __init__(self, account_id: str) -> None:
        self.id = account_id
        self.subject = f"account/{account_id}"
        self.items: dict[str, Item] = {}
        self.documents: dict[str, Document] = {}
        self.awaiting_document: dict[str, list[Allocate | Take]] = {}
        """Asks by the number of the payment or credit note that is missing."""
        self.awaiting_invoice: dict[str, list[Allocate | Contest]] = {}
        """Asks by the number of the invoice that is missing."""
        self.flags = Flags(self.subject)
        self.rows: dict[RowKey, Row] = {}
        """Items, unapplied parts and movements, the intervals that have ended included."""

    def copy(self) -> "Account":
        """One that goes on by itself. Rows and asks never change; the rest is made anew."""
        other = Account(self.id)
        items = other.items = {number: item.copy() for number, item in self.items.items()}
        other.documents = {number: document.copy(items) for number, document in self.documents.items()}
        other.awaiting_document = {number: asks.copy() for number, asks in self.awaiting_document.items()}
        other.awaiting_invoice = {number: asks.copy() for number, asks in self.awaiting_invoice.items()}
        other.flags = self.flags.copy()
        other.rows = self.rows.copy()
        return other

    def join(self, other: "Account") -> None:
        """Take over what other entries have made of the same account; no document is in both."""
        self.items |= other.items
        self.documents |= other.documents
        self.awaiting_document |= other.awaiting_document
        self.awaiting_invoice |= other.awaiting_invoice
        self.flags.join(other.flags)
        self.rows |= other.rows
