"""The ledger balance: what each entry adds to it, by rules of its own.

It reads no open item, no unapplied part and no allocation. Invoices and credit notes count once for each number; cash
counts by what a payment's accounts hold. So buckets less unapplied can be held against it. A write-off alone counts by
what its invoice still owed, which only the item tells.
"""

from decimal import Decimal

from contracts.events.receivables import CreditNoteIssued, InvoiceIssued
from projections.views.receivables.cash import Received, Taken
from projections.views.receivables.item import Item
from projections.views.receivables.rows import MovementKind
from projections.views.receivables.step import Step


def invoice(step: Step, event: InvoiceIssued, key: str, amount: Decimal) -> None:
    """Book an invoice, unless one of its number is booked."""
    if ("invoice", key) not in step.account.booked:
        step.account.booked.add(("invoice", key))
        step.moved("invoice", event.invoice, event.series, event.currency, amount, step.sequence, event.deal_id)


def credit_note(step: Step, event: CreditNoteIssued, key: str, amount: Decimal) -> None:
    """Book a credit note, unless one of its number is booked."""
    if ("credit_note", key) not in step.account.booked:
        step.account.booked.add(("credit_note", key))
        step.moved("credit_note", event.credit_note, event.series, event.currency, -amount, step.sequence)


def write_off(step: Step, item: Item, amount: Decimal, entry: int) -> None:
    """Book what was given up of an invoice."""
    step.moved("write_off", item.invoice, item.series, item.currency, -amount, entry, item.deal)


def cash(step: Step, outcome: Received | Taken, number: str, series: str | None) -> None:
    """Book what became of a payment, as far as this account's cash changed."""
    account = step.account.id
    if isinstance(outcome, Received):
        if outcome.account == account:
            step.moved("payment", number, series, outcome.currency, -outcome.amount, step.sequence)
        return
    take = outcome.take
    change = outcome.changes.get(account, Decimal(0))
    if not change:
        return
    kind: MovementKind = (
        "reversal" if take.into is None else "transfer_out" if account == take.account else "transfer_in"
    )
    step.moved(kind, take.number, series, take.currency, -change, take.order[2])
