"""What an entry has to do with: the documents that it names. Nothing else ties one entry of an account to another.

An invoice and a payment have to do with each other once an allocation names both; what a reversal takes back was
allocated by an entry that named the payment, too.
"""

from collections.abc import Sequence
from typing import assert_never

from contracts.events import (
    CreditNoteIssued,
    DisputeResolved,
    InvoiceIssued,
    PaymentAllocated,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
    ReceivableDisputed,
)
from projections.receivables.fold import Handled


def names(event: Handled) -> Sequence[str]:
    """Invoices have numbers of their own; payments and credit notes share theirs."""
    match event:
        case InvoiceIssued() | ReceivableDisputed() | DisputeResolved():
            return [f"invoice {event.invoice}"]
        case PaymentReceived() | PaymentAllocated():
            return [f"document {event.payment}", *(f"invoice {each.invoice}" for each in event.allocations)]
        case CreditNoteIssued():
            return [f"document {event.credit_note}", *(f"invoice {each.invoice}" for each in event.allocations)]
        case PaymentReversed() | PaymentTransferred():
            return [f"document {event.payment}"]
        case _:
            assert_never(event)
