"""What arrives on an account: invoices, payments, credit notes and transfers; and what had waited for them."""

from decimal import Decimal
from typing import Literal

from contracts.events import Allocation, CreditNoteIssued, InvoiceIssued, PaymentReceived, PaymentTransferred
from contracts.money import in_units
from projections.receivables.account import Allocate, Document, Item
from projections.receivables.allocation import allocate, ask
from projections.receivables.dispute import contest
from projections.receivables.step import Step


def invoice(step: Step, event: InvoiceIssued) -> None:
    """The account owes more. Numbers are unique: a second invoice of one number is flagged, not added."""
    account = step.account
    if event.invoice in account.items:
        step.flag("invoice_twice", f"the account has an invoice {event.invoice} already")
        return
    amount = in_units(event.amount, event.currency)
    item = Item(event.invoice, event.deal_id, event.currency, amount, event.due_on, amount)
    account.items[item.invoice] = item
    step.moved("invoice", item.invoice, item.currency, amount, step.sequence, item.deal)
    step.item_changed(item)
    waiting = account.awaiting_invoice.pop(item.invoice, ())
    for each in sorted(waiting, key=lambda one: one.order):
        if isinstance(each, Allocate):
            step.no_longer_waits("allocated_unknown_invoice", each)
            allocate(step, each)
        else:
            step.no_longer_waits("dispute_unknown_invoice", each)
            contest(step, each)


def payment(step: Step, event: PaymentReceived) -> None:
    """Cash arrives. Payments and credit notes share one namespace of numbers."""
    if _added(step, event.payment, "cash", event.amount, event.currency):
        allocations(step, event.payment, event.currency, event.allocations)


def credit_note(step: Step, event: CreditNoteIssued) -> None:
    """Credit arrives; it allocates like a payment."""
    if _added(step, event.credit_note, "credit", event.amount, event.currency):
        allocations(step, event.credit_note, event.currency, event.allocations)


def allocations(step: Step, document: str, currency: str, asked: tuple[Allocation, ...]) -> None:
    """Ask for each in the order in which the entry names them."""
    for place, each in enumerate(asked):
        order = (*step.order, place)
        ask(step, Allocate(order, document, each.invoice, in_units(each.amount, currency), currency))


def transfer_in(step: Step, event: PaymentTransferred) -> None:
    """Cash arrives from another account under its own reference; more of it adds to what is there."""
    known = step.account.documents.get(event.payment)
    if known is None:
        _added(step, event.payment, "cash", event.amount, event.currency, transferred=True)
    elif known.kind != "cash":
        step.flag("not_cash", f"the account has a credit note {known.number}; the cash was not added")
    elif known.currency != event.currency:
        step.flag("wrong_currency", f"{event.currency} for {known.number} in {known.currency} was not added")
    else:
        amount = in_units(event.amount, event.currency)
        known.unapplied += amount
        step.document_changed(known)
        step.moved("transfer_in", known.number, known.currency, -amount, step.sequence)


def _added(
    step: Step,
    number: str,
    kind: Literal["cash", "credit"],
    amount: Decimal,
    currency: str,
    transferred: bool = False,
) -> bool:
    account = step.account
    if number in account.documents:
        step.flag("payment_twice", f"the account has a payment or credit note {number} already")
        return False
    amount = in_units(amount, currency)
    document = Document(number, kind, currency, amount)
    account.documents[number] = document
    step.moved(
        "transfer_in" if transferred else "payment" if kind == "cash" else "credit_note",
        number,
        currency,
        -amount,
        step.sequence,
    )
    step.document_changed(document)
    for each in account.awaiting_document.pop(number, ()):
        step.no_longer_waits("unknown_payment", each)
        ask(step, each)
    return True
