"""State of the fold for one account: its invoices, payments, credit notes and contracts, and the orders that wait for
one."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projections.replay.view import Row, RowKey
from projections.views.receivables.cash import Cash, Place, Take
from projections.views.receivables.contract import Contract
from projections.views.receivables.document import Document, DocumentKey, DocumentKind
from projections.views.receivables.flags import Flags, Waiting
from projections.views.receivables.item import Item


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
    deal: str | None
    """Deal that it names."""


@dataclass(frozen=True, slots=True)
class About:
    """Entry about an invoice or a contract that has to be there before the entry takes effect."""

    order: Place
    number: str
    """Of the invoice or contract, as the entry writes it."""
    key: str
    """Key of that number."""
    event: Any


Ask = Allocate | Take | About
Waits = tuple[Allocate | About, Callable[..., None]]
"""An order that waits for an invoice or contract, and the rule that carries it out."""


class Account:
    """The state of one account."""

    __slots__ = (
        "awaiting_contract",
        "awaiting_document",
        "awaiting_invoice",
        "booked",
        "cash",
        "contracts",
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
        self.awaiting_invoice: dict[str, list[Waits]] = {}
        """Orders by the key of the invoice that is missing."""
        self.contracts: dict[str, Contract] = {}
        """Contracts by the key of their number."""
        self.awaiting_contract: dict[str, list[Waits]] = {}
        """Orders by the key of the contract that is missing."""
        self.waits: dict[tuple[int, int], Waiting] = {}
        """The flag that an order (sequence of its entry, place within it) has raised while it waits."""
        self.flags = Flags(self.subject)
        self.rows: dict[RowKey, Row] = {}
        """Rows of all tables but flags, the intervals that have ended included."""

    def join(self, other: "Account") -> None:
        """Take over what other entries have made of the same account; no document or contract is in both."""
        self.items |= other.items
        self.documents |= other.documents
        self.cash |= other.cash
        self.booked |= other.booked
        self.awaiting_document |= other.awaiting_document
        self.awaiting_invoice |= other.awaiting_invoice
        self.contracts |= other.contracts
        self.awaiting_contract |= other.awaiting_contract
        self.waits |= other.waits
        self.flags.join(other.flags)
        self.rows |= other.rows
