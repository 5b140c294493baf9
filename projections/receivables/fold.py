"""The fold: which rule each event follows. Total; its cost does not grow with the number of items or payments."""

from collections.abc import Iterable
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
from contracts.money import in_units
from projections.entry import Entry
from projections.playbooks import Playbooks
from projections.receivables import arrival
from projections.receivables.account import Account, Contest, Take
from projections.receivables.allocation import ask
from projections.receivables.dispute import dispute
from projections.receivables.step import Step
from projections.view import FlagRow, Row, RowKey

Handled = (
    InvoiceIssued
    | PaymentReceived
    | PaymentAllocated
    | CreditNoteIssued
    | PaymentReversed
    | PaymentTransferred
    | ReceivableDisputed
    | DisputeResolved
)


def evolve(account: Account, entry: Entry[Handled], _playbooks: Playbooks) -> Iterable[RowKey]:
    """The next entry in effective order. A transfer reaches both of its accounts; each takes its own side."""
    step = Step(account, entry.order)
    order = (*step.order, 0)
    event = entry.event
    match event:
        case InvoiceIssued():
            arrival.invoice(step, event)
        case PaymentReceived():
            arrival.payment(step, event)
        case PaymentAllocated():
            arrival.allocations(step, event.payment, event.currency, event.allocations)
        case CreditNoteIssued():
            arrival.credit_note(step, event)
        case PaymentReversed():
            amount = in_units(event.amount, event.currency)
            ask(step, Take(order, event.payment, amount, event.currency, "reversal"))
        case PaymentTransferred() if entry.subject != account.subject:
            arrival.transfer_in(step, event)
        case PaymentTransferred() if event.to_account_id == account.id:
            step.flag("transfer_to_itself", f"{event.payment} is on this account already")
        case PaymentTransferred():
            amount = in_units(event.amount, event.currency)
            ask(step, Take(order, event.payment, amount, event.currency, "transfer_out"))
        case ReceivableDisputed():
            dispute(step, Contest(order, event.invoice, disputed=True))
        case DisputeResolved():
            dispute(step, Contest(order, event.invoice, disputed=False))
        case _:
            assert_never(event)
    return step.finish()


def row(account: Account, key: RowKey) -> Row | None:
    """One row, None where there is none."""
    return account.flags.row(key) if key.row is FlagRow else account.rows.get(key)
