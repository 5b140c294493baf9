"""Which money pays for which invoice, and how it is taken back.

Cash reduces an invoice only through an allocation. What an entry asks for is tried once, as soon as the documents
that it needs are there; asks that become possible together go in effective order. An ask for more than there is
takes what there is; the rest is flagged and has no effect later.
"""

from decimal import Decimal

from projections.receivables.account import Allocate, Applied, Document, Take
from projections.receivables.step import Step


def ask(step: Step, wanted: Allocate | Take) -> None:
    """Do it now if the documents are there; otherwise it waits for the first that is missing."""
    account = step.account
    if wanted.document not in account.documents:
        account.awaiting_document.setdefault(wanted.document, []).append(wanted)
        step.waits("unknown_payment", f"{wanted.document} is no payment or credit note of this account yet", wanted)
    elif isinstance(wanted, Take):
        _take(step, wanted, account.documents[wanted.document])
    elif wanted.invoice not in account.items:
        account.awaiting_invoice.setdefault(wanted.invoice, []).append(wanted)
        step.waits("allocated_unknown_invoice", f"{wanted.invoice} is no invoice of this account yet", wanted)
    else:
        allocate(step, wanted)


def allocate(step: Step, wanted: Allocate) -> None:
    """The document pays the invoice, up to what is left on both. Both are there."""
    document, item = step.account.documents[wanted.document], step.account.items[wanted.invoice]
    if not wanted.currency == document.currency == item.currency:
        step.flag(
            "wrong_currency",
            f"{wanted.currency} of {document.number} in {document.currency} for {item.invoice} in {item.currency}",
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
        document.unapplied -= amount
        item.open_amount -= amount
        document.applied.append(Applied(item, amount))
        step.document_changed(document)
        step.item_changed(item)


def _take(step: Step, wanted: Take, payment: Document) -> None:
    """Money leaves the payment, up to what it has here. What it paid is owed again."""
    if payment.kind != "cash":
        step.flag("not_cash", f"{payment.number} is a credit note", wanted)
        return
    if wanted.currency != payment.currency:
        step.flag("wrong_currency", f"{wanted.currency} of {payment.number} in {payment.currency}", wanted)
        return
    taken = _take_back(step, payment, wanted.amount)
    if taken < wanted.amount:
        step.flag(
            "reversal_exceeds_payment" if wanted.kind == "reversal" else "transfer_exceeds_payment",
            f"{wanted.amount} {wanted.currency} of {payment.number}: {taken} was left on this account",
            wanted,
        )
    if taken:
        step.moved(wanted.kind, payment.number, payment.currency, taken, wanted.order[2])


def _take_back(step: Step, payment: Document, amount: Decimal) -> Decimal:
    """Unapplied cash first, then allocations, latest first. Returns how much there was."""
    taken = min(amount, payment.unapplied)
    payment.unapplied -= taken
    step.document_changed(payment)
    while taken < amount and payment.applied:
        latest = payment.applied[-1]
        part = min(amount - taken, latest.amount)
        latest.item.open_amount += part
        step.item_changed(latest.item)
        latest.amount -= part
        taken += part
        if not latest.amount:
            payment.applied.pop()
    return taken
