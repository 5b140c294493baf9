"""What the receivables tables show. At every instant and in every currency: open items − unapplied = movements."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from projections.view import Row

MovementKind = Literal["invoice", "credit_note", "payment", "reversal", "transfer_out", "transfer_in"]


@dataclass(frozen=True, slots=True)
class ItemRow(Row, table="receivables_item", key=("account", "invoice", "series", "from_at")):
    """An invoice that was open, from `from_at` until before `to_at`. A settled invoice has no row from then on."""

    account: str
    invoice: str
    from_at: datetime
    to_at: datetime
    """FOREVER while it is the last that is known."""
    deal: str | None
    currency: str
    amount: Decimal
    """As invoiced."""
    open_amount: Decimal
    """What was still owed; more than zero."""
    due_on: date
    """The last day on which payment is in time."""
    disputed: bool
    entry: int
    """Sequence of the entry whose time `from_at` is."""
    series: str
    """Series of the number; empty where it has none."""

    def until(self, to_at: datetime) -> "ItemRow":
        """The same interval, ended."""
        return ItemRow(
            self.account,
            self.invoice,
            self.from_at,
            to_at,
            self.deal,
            self.currency,
            self.amount,
            self.open_amount,
            self.due_on,
            self.disputed,
            self.entry,
            self.series,
        )


@dataclass(frozen=True, slots=True)
class UnappliedRow(
    Row, table="receivables_unapplied", key=("account", "document", "series", "kind", "currency", "from_at")
):
    """The part of a payment or credit note that paid nothing, from `from_at` until before `to_at`."""

    account: str
    document: str
    kind: Literal["cash", "credit"]
    from_at: datetime
    to_at: datetime
    """FOREVER while it is the last that is known."""
    currency: str
    amount: Decimal
    """More than zero."""
    entry: int
    """Sequence of the entry whose time `from_at` is."""
    series: str
    """Series of the number; empty where it has none."""

    def until(self, to_at: datetime) -> "UnappliedRow":
        """The same interval, ended."""
        return UnappliedRow(
            self.account,
            self.document,
            self.kind,
            self.from_at,
            to_at,
            self.currency,
            self.amount,
            self.entry,
            self.series,
        )


@dataclass(frozen=True, slots=True)
class MovementRow(Row, table="receivables_movement", key=("account", "entry")):
    """A change of what the account owes. Their sum is the ledger balance; items have no part in it."""

    account: str
    at: datetime
    """When it took effect: the entry's own time, or when the payment that it had to wait for came in."""
    currency: str
    amount: Decimal
    """Signed: what the account owes grows with invoices, reversals and transfers out, and falls with the rest."""
    kind: MovementKind
    document: str
    """Number of the invoice, payment or credit note."""
    deal: str | None
    entry: int
    """Sequence of the entry that moved it; a reversal may stand on an account that it did not name."""
    series: str
    """Series of the number; empty where it has none."""
