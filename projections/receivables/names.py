"""Documents that an entry names, by kind. Nothing else ties one entry of an account to another.

An invoice and a payment have to do with each other once an allocation names both; what a reversal takes back was
allocated by an entry that named the payment, too.
"""

from collections.abc import Sequence
from typing import assert_never

from contracts.events import (
    Allocation,
    CreditNoteIssued,
    DisputeResolved,
    InvoiceIssued,
    PaymentAllocated,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
    ReceivableDisputed,
)
from contracts.references import number_key
from projections.receivables.fold import Handled


def names(event: Handled) -> Sequence[str]:
    """Invoices, payments and credit notes have numbers of their own. An allocation may mean either of the latter two,
    and whoever moves the cash of a payment is told where only a credit note has its number."""
    match event:
        case InvoiceIssued() | ReceivableDisputed() | DisputeResolved():
            return [f"invoice {number_key(event.invoice, event.series)}"]
        case PaymentReceived():
            return [f"cash {number_key(event.payment, event.series)}", *_invoices(event.allocations)]
        case CreditNoteIssued():
            return [f"credit {number_key(event.credit_note, event.series)}", *_invoices(event.allocations)]
        case PaymentAllocated():
            key = number_key(event.payment, event.series)
            return [f"cash {key}", f"credit {key}", *_invoices(event.allocations)]
        case PaymentReversed() | PaymentTransferred():
            key = number_key(event.payment, event.series)
            return [f"cash {key}", f"credit {key}"]
        case _:
            assert_never(event)


def _invoices(allocations: Sequence[Allocation]) -> list[str]:
    return [f"invoice {number_key(each.invoice, each.series)}" for each in allocations]
