"""Step of the receivables fold: the changes that one entry makes. Rules change items and documents and report each
change to the step; at the end the step cuts the intervals once.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from projections.replay.entry import FOREVER, Order
from projections.replay.view import RowKey
from projections.views.receivables.flags import Standing, Waiting
from projections.views.receivables.rows import ItemRow, MovementKind, MovementRow, UnappliedRow
from projections.views.receivables.state import Account, Ask, Document, DocumentKey, Item


class Step:
    """One entry being folded into an account. `finish` gives the keys of the rows that it touched."""

    __slots__ = ("_documents", "_items", "_touched", "account", "at", "order", "sequence")

    def __init__(self, account: Account, order: Order) -> None:
        self.account = account
        self.order = order
        self.at, _, self.sequence = order
        self._items: dict[str, Item] = {}
        self._documents: dict[tuple[DocumentKey, str], Document] = {}
        self._touched: dict[RowKey, None] = {}  # in order: what a fold does is the same in every run

    def item_changed(self, item: Item) -> None:
        """The item's open amount or mark is other than before, or may be."""
        self._items[item.key] = item

    def document_changed(self, document: Document) -> None:
        """The document's unapplied part is other than before, or may be."""
        self._documents[document.key, document.currency] = document

    def moved(
        self,
        kind: MovementKind,
        document: str,
        series: str | None,
        currency: str,
        amount: Decimal,
        entry: int,
        deal: str | None = None,
    ) -> None:
        """The ledger balance changes by `amount` now, on behalf of `entry`."""
        key = RowKey(MovementRow, (self.account.id, entry))
        self.account.rows[key] = MovementRow(
            self.account.id, self.at, currency, amount, kind, document, deal, entry, series or ""
        )
        self._touched[key] = None

    def flag(self, flag: Standing, detail: str, ask: Ask | None = None) -> None:
        """Flag the entry being folded, or the entry that asked."""
        entry, part = (self.sequence, 0) if ask is None else ask.order[2:]
        self._touched[self.account.flags.raise_(flag, entry, part, detail, self.at)] = None

    def waits(self, flag: Waiting, detail: str, ask: Ask) -> None:
        """The order waits for a document: flagged until `no_longer_waits`."""
        self.account.waits[ask.order[2:]] = flag
        self._touched[self.account.flags.raise_(flag, *ask.order[2:], detail, self.at)] = None

    def no_longer_waits(self, ask: Ask) -> None:
        """The document that the order waited for is there. Nothing happens where this account did not flag it."""
        flag = self.account.waits.pop(ask.order[2:], None)
        if flag is not None:
            self._touched[self.account.flags.lower(flag, *ask.order[2:], self.at)] = None

    def finish(self) -> Iterable[RowKey]:
        """End the intervals of what changed and begin new ones."""
        for item in self._items.values():
            self._show_item(item)
        for document in self._documents.values():
            self._show_document(document)
        return self._touched

    def _show_item(self, item: Item) -> None:
        shown = item.shown
        if shown is not None:
            if shown.open_amount == item.open_amount and shown.disputed == item.disputed:
                return
            self._end(RowKey(ItemRow, (self.account.id, item.invoice, item.series, shown.from_at)), shown)
            item.shown = None
        if item.open_amount:
            item.shown = ItemRow(
                self.account.id,
                item.invoice,
                self.at,
                FOREVER,
                item.deal,
                item.currency,
                item.amount,
                item.open_amount,
                item.due_on,
                item.disputed,
                self.sequence,
                item.series,
            )
            self._begin(RowKey(ItemRow, (self.account.id, item.invoice, item.series, self.at)), item.shown)

    def _show_document(self, document: Document) -> None:
        shown = document.shown
        if shown is not None:
            if shown.amount == document.unapplied:
                return
            self._end(self._unapplied_key(document, shown.from_at), shown)
            document.shown = None
        if document.unapplied:
            document.shown = UnappliedRow(
                self.account.id,
                document.number,
                document.kind,
                self.at,
                FOREVER,
                document.currency,
                document.unapplied,
                self.sequence,
                document.series,
            )
            self._begin(self._unapplied_key(document, self.at), document.shown)

    def _unapplied_key(self, document: Document, from_at: datetime) -> RowKey:
        key = (self.account.id, document.number, document.series, document.kind, document.currency, from_at)
        return RowKey(UnappliedRow, key)

    def _begin(self, key: RowKey, row: ItemRow | UnappliedRow) -> None:
        self.account.rows[key] = row
        self._touched[key] = None

    def _end(self, key: RowKey, row: ItemRow | UnappliedRow) -> None:
        """End a row's interval now. A row that began at this same instant is removed: no interval has length zero."""
        if row.from_at == self.at:
            del self.account.rows[key]
        else:
            self.account.rows[key] = row.until(self.at)
        self._touched[key] = None
