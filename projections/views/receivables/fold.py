"""The fold: which rule each event follows. Total; its cost does not grow with the number of items or payments."""

from collections.abc import Iterable
from typing import assert_never

from contracts.events.receivables import (
    CreditNoteIssued,
    DisputeResolved,
    InvoiceIssued,
    PaymentAllocated,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
    ReceivableDisputed,
)
from contracts.types.identifiers import split_subject
from contracts.types.references import number_key
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import FlagRow, Row, RowKey
from projections.views.receivables import arrival
from projections.views.receivables.dispute import dispute
from projections.views.receivables.state import Account, Contest, DocumentKind
from projections.views.receivables.step import Step

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


_KINDS: dict[str, DocumentKind] = {"payment": "cash", "credit_note": "credit"}


def evolve(account: Account, entry: Entry[Handled], _playbooks: Playbooks) -> Iterable[RowKey]:
    """The next entry in effective order.

    Receipts, transfers and reversals of a payment come from all accounts that its cash went to; everything else is
    about this account.
    """
    step = Step(account, entry.order)
    order = (*step.order, 0)
    event = entry.event
    match event:
        case InvoiceIssued():
            arrival.invoice(step, event)
        case PaymentReceived():
            arrival.payment(step, event, _account(entry))
        case PaymentAllocated():
            key = number_key(event.payment, event.series)
            kind = None if event.document is None else _KINDS[event.document]
            arrival.allocations(step, event.payment, key, kind, event.currency, event.allocations)
        case CreditNoteIssued():
            arrival.credit_note(step, event)
        case PaymentReversed():
            arrival.departure(step, event, _account(entry))
        case PaymentTransferred() if event.to_account_id == _account(entry):
            if entry.subject == account.subject:
                step.flag("transfer_to_itself", f"{event.payment} is on this account already")
        case PaymentTransferred():
            arrival.departure(step, event, _account(entry))
        case ReceivableDisputed():
            dispute(step, Contest(order, event.invoice, number_key(event.invoice, event.series), disputed=True))
        case DisputeResolved():
            dispute(step, Contest(order, event.invoice, number_key(event.invoice, event.series), disputed=False))
        case _:
            assert_never(event)
    return step.finish()


def _account(entry: Entry[Handled]) -> str:
    """Id of the account that an entry is about."""
    return split_subject(entry.subject)[1]


def row(account: Account, key: RowKey) -> Row | None:
    """Row with this key, None where there is none."""
    return account.flags.row(key) if key.row is FlagRow else account.rows.get(key)
