"""State of the fold for one account: its invoices, payments and credit notes, and the orders that wait for one."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from projections.replay.view import Row, RowKey
from projections.views.receivables.cash import Cash, Place, Take
from projections.views.receivables.flags import Flags, Waiting
from projections.views.receivables.rows import ItemRow, UnappliedRow


@dataclass(slots=True)
class Item:
    """An invoice."""

    key: str
    invoice: str
    """Its number as it was sent."""
    series: str
    """Empty where it has none."""
    deal: str | None
    currency: str
    amount: Decimal
    due_on: date
    open_amount: Decimal
    disputed: bool = False
    shown: ItemRow | None = None
    """The row that is now open-ended."""


@dataclass(slots=True)
class Applied:
    """Amount that an allocation took from a document for an item and that has not been taken back."""

    item: Item
    amount: Decimal


DocumentKind = Literal["cash", "credit"]
DocumentKey = tuple[DocumentKind, str]
"""Kind and key of the number."""


@dataclass(slots=True)
class Document:
    """A payment or a credit note, as far as it is on this account."""

    key: DocumentKey
    number: str
    """As it was sent."""
    series: str
    """Empty where it has none."""
    currency: str
    unapplied: Decimal
    applied: list[Applied] = field(default_factory=list)
    """In the order in which they took effect: a reversal takes from the end."""
    shown: UnappliedRow | None = None
    """The row that is now open-ended."""

    @property
    def kind(self) -> DocumentKind:
        """Cash of a payment, or credit."""
        return self.key[0]


@dataclass(frozen=True, slots=True)
class Allocate:
    """Order that a document pays an invoice."""

    order: Place
    """Orders that become possible together go by it."""
    number: str
    """Of the payment or credit note, as the order writes it."""
    document: str
    """Key of that number."""
    kind: DocumentKind | None
    """Kind of the document, where the order says it."""
    number_of_invoice: str
    invoice: str
    """Key of that number."""
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Contest:
    """Statement that an invoice is, or is no longer, disputed."""

    order: Place
    number_of_invoice: str
    invoice: str
    """Key of that number."""
    disputed: bool


Ask = Allocate | Take | Contest


class Account:
    """The state of one account."""

    __slots__ = (
        "awaiting_document",
        "awaiting_invoice",
        "booked",
        "cash",
        "documents",
        "flags",
        "id",
        "items",
        "rows",
        "subject",
        "waits",
    )

    def __init__(self, account_id: str) -> None:
        self.id = account_id
        self.subject = f"account/{account_id}"
        self.items: dict[str, Item] = {}
        """Invoices by the key of their number."""
        self.documents: dict[DocumentKey, dict[str, Document]] = {}
        """By currency: an account may hold cash of one payment in several."""
        self.cash: dict[str, Cash] = {}
        """Payments over all accounts that they went to, by the key of their reference."""
        self.booked: set[tuple[str, str]] = set()
        """Kind and key of the invoices and credit notes that the ledger balance holds."""
        self.awaiting_document: dict[str, list[Allocate]] = {}
        """Orders by the key of the payment or credit note that is missing."""
        self.awaiting_invoice: dict[str, list[Allocate | Contest]] = {}
        """Orders by the key of the invoice that is missing."""
        self.waits: dict[tuple[int, int], Waiting] = {}
        """The flag that an order (sequence of its entry, place within it) has raised while it waits."""
        self.flags = Flags(self.subject)
        self.rows: dict[RowKey, Row] = {}
        """Items, unapplied parts and movements, the intervals that have ended included."""

    def join(self, other: "Account") -> None:
        """Take over what other entries have made of the same account; no document is in both."""
        self.items |= other.items
        self.documents |= other.documents
        self.cash |= other.cash
        self.booked |= other.booked
        self.awaiting_document |= other.awaiting_document
        self.awaiting_invoice |= other.awaiting_invoice
        self.waits |= other.waits
        self.flags.join(other.flags)
        self.rows |= other.rows
