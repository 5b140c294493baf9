"""Application of money to an invoice: the open amount falls, a row says by what, and promises are seen to."""

from decimal import Decimal

from projections.replay.view import RowKey
from projections.views.receivables.cash import Place
from projections.views.receivables.document import Document
from projections.views.receivables.invoice_rows import ApplicationRow
from projections.views.receivables.item import Item
from projections.views.receivables.step import Step


def apply(step: Step, item: Item, amount: Decimal, order: Place, document: Document | None, deal: str | None) -> None:
    """Lower what is owed on an invoice; an amount below zero raises it again. No other rule changes the open amount.

    `order` is that of the entry that asked for it. Without a document the amount is written off.
    """
    item.open_amount -= amount
    step.changed(item)
    if document is not None and document.kind == "cash":
        item.paid += amount
        for promise in item.promises:
            step.changed(promise)
    account, (_, _, entry, place) = step.account.id, order
    row = ApplicationRow(
        account,
        item.invoice,
        item.series,
        "write_off" if document is None else document.kind,
        "" if document is None else document.number,
        "" if document is None else document.series,
        step.at,
        item.currency,
        amount,
        deal,
        item.issued_at,
        item.due_on,
        entry,
        place,
    )
    step.add(RowKey(ApplicationRow, (account, entry, place)), row)
