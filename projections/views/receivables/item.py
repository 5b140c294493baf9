"""Invoices, the promises to pay them, and the rows that show both."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from projections.replay.entry import FOREVER
from projections.replay.view import RowKey
from projections.views.receivables.collection_rows import PromiseRow
from projections.views.receivables.rows import ItemRow
from projections.views.receivables.shown import Shown


@dataclass(slots=True)
class Item(Shown[ItemRow]):
    """An invoice."""

    key: str
    invoice: str
    """Its number as it was sent."""
    series: str
    """Empty where it has none."""
    deal: str | None
    currency: str
    amount: Decimal
    issued_at: datetime
    due_on: date
    open_amount: Decimal
    disputed: bool = False
    contested: Decimal | None = None
    """Part that is disputed; None for all of it."""
    paid: Decimal = Decimal(0)
    """Cash applied to it, less what was taken back."""
    promises: list["Promise"] = field(default_factory=list)

    @property
    def disputed_amount(self) -> Decimal | None:
        """Part of the open amount that is disputed; None for all of it, or none."""
        contested = self.contested
        return None if contested is None or contested >= self.open_amount else contested

    def row_key(self, account: str, from_at: datetime) -> RowKey:
        """Key of the row that begins at an instant."""
        return RowKey(ItemRow, (account, self.invoice, self.series, from_at))

    def stands_as(self, shown: ItemRow) -> bool:
        """Tell if open amount and dispute are as a row shows them."""
        return (
            shown.open_amount == self.open_amount
            and shown.disputed == self.disputed
            and shown.disputed_amount == self.disputed_amount
        )

    def row(self, account: str, from_at: datetime, entry: int) -> ItemRow | None:
        """Row of the invoice as it stands; None once it is settled."""
        if not self.open_amount:
            return None
        return ItemRow(
            account,
            self.invoice,
            from_at,
            FOREVER,
            self.deal,
            self.currency,
            self.amount,
            self.open_amount,
            self.due_on,
            self.disputed,
            entry,
            self.series,
            self.disputed_amount,
        )


@dataclass(slots=True)
class Promise(Shown[PromiseRow]):
    """A customer's promise to pay part or all of an invoice."""

    item: Item
    entry: int
    amount: Decimal
    promised_at: datetime
    promised_on: date
    contact: str | None
    paid_before: Decimal
    """Cash that was applied to the invoice when the promise was made."""

    def row_key(self, account: str, from_at: datetime) -> RowKey:
        """Key of the row that begins at an instant."""
        return RowKey(PromiseRow, (account, self.entry, from_at))

    @property
    def state(self) -> Literal["open", "kept"]:
        """State of the promise: kept while cash applied since comes to its amount."""
        return "kept" if self.item.paid - self.paid_before >= self.amount else "open"

    def stands_as(self, shown: PromiseRow) -> bool:
        """Tell if the state is as a row shows it."""
        return shown.state == self.state

    def row(self, account: str, from_at: datetime, entry: int) -> PromiseRow:
        """Row of the promise as it stands."""
        item = self.item
        return PromiseRow(
            account,
            item.invoice,
            item.series,
            from_at,
            FOREVER,
            self.promised_at,
            self.promised_on,
            item.currency,
            self.amount,
            self.state,
            self.contact,
            self.entry,
        )
