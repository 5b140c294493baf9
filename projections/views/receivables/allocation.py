"""Allocation of money to invoices, and its reversal.

Cash reduces an invoice only through an allocation. An order is carried out once, as soon as the documents that it needs
are there; orders that become possible together go in effective order. An order for more than there is takes what there
is; the rest is flagged and has no effect later.
"""

from decimal import Decimal

from contracts.types.references import spelled_out
from projections.views.receivables.application import apply
from projections.views.receivables.cash import Place
from projections.views.receivables.document import Applied, Document, DocumentKind
from projections.views.receivables.item import Item
from projections.views.receivables.state import Allocate
from projections.views.receivables.step import Step
from projections.views.receivables.waiting import with_invoice


def ask(step: Step, wanted: Allocate) -> None:
    """Carry it out now if the documents are there; otherwise it waits for the first that is missing."""
    account = step.account
    document = _document(step, wanted)
    if document is None:
        account.awaiting_document.setdefault(wanted.document, []).append(wanted)
        if any((kind, wanted.document) in account.documents for kind in _kinds(wanted)):
            detail = f"{spelled_out(wanted.number)} is no payment or credit note in {wanted.currency}"
            step.waits("wrong_currency", detail, wanted)
        else:
            detail = f"{spelled_out(wanted.number)} is no payment or credit note of this account yet"
            step.waits("unknown_payment", detail, wanted)
    else:
        with_invoice(step, wanted, wanted.number_of_invoice, wanted.invoice, "allocated_unknown_invoice", allocate)


def ask_again(step: Step, number: str) -> None:
    """Carry out what has waited for a payment or credit note of this key, as far as it is there."""
    for each in step.account.awaiting_document.pop(number, ()):
        step.no_longer_waits(each)
        ask(step, each)


def allocate(step: Step, wanted: Allocate, item: Item) -> None:
    """Let the document pay the invoice, up to what is left on both. Both are there."""
    document = _document(step, wanted)
    assert document is not None
    if document.currency != item.currency:
        step.flag(
            "wrong_currency",
            f"{wanted.currency} of {document.number} for {item.invoice} in {item.currency}",
            wanted,
        )
        return
    amount = min(wanted.amount, document.unapplied, item.open_amount)
    if amount < wanted.amount:
        step.flag(
            "over_allocated",
            f"{wanted.amount} {wanted.currency} of {document.number} for {item.invoice}: {amount} could be applied",
            wanted,
        )
    if amount:
        applied = Applied(item, amount, wanted.deal or item.deal)
        document.unapplied -= amount
        document.applied.append(applied)
        step.changed(document)
        apply(step, item, amount, wanted.order, document, applied.deal)


def take_back(step: Step, document: Document, amount: Decimal, order: Place) -> None:
    """Let money leave the document, up to what it has: unapplied first, then allocations, latest first.

    What it paid is owed again. `order` is that of the entry by which it leaves.
    """
    taken = min(amount, document.unapplied)
    document.unapplied -= taken
    step.changed(document)
    at, nanoseconds, entry, place = order
    while taken < amount and document.applied:
        latest = document.applied[-1]
        part = min(amount - taken, latest.amount)
        apply(step, latest.item, -part, (at, nanoseconds, entry, place), document, latest.deal)
        latest.amount -= part
        taken += part
        place += 1
        if not latest.amount:
            document.applied.pop()


def _document(step: Step, wanted: Allocate) -> Document | None:
    """The payment that the order means, or else the credit note."""
    for kind in _kinds(wanted):
        found = step.account.documents.get((kind, wanted.document), {}).get(wanted.currency)
        if found is not None:
            return found
    return None


def _kinds(wanted: Allocate) -> tuple[DocumentKind, ...]:
    return ("cash", "credit") if wanted.kind is None else (wanted.kind,)
