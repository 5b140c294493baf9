"""The fold: which rule each event follows. Total; its cost does not grow with the number of items or payments."""

from collections.abc import Callable, Iterable
from typing import assert_never

from contracts.events.receivables import (
    AcceptanceConfirmed,
    ContractAmended,
    ContractSignedV2,
    CreditNoteIssued,
    DisputeResolved,
    InvoiceIssued,
    PaymentAllocated,
    PaymentPromised,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
    ReceivableDisputed,
    ReceivableWrittenOff,
    ReminderSent,
    RetentionReleased,
)
from contracts.types.identifiers import split_subject
from contracts.types.references import number_key
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import FlagRow, Row, RowKey
from projections.views.receivables import arrival, contract_rules
from projections.views.receivables.collection import promise, remind
from projections.views.receivables.dispute import contest
from projections.views.receivables.document import DocumentKind
from projections.views.receivables.flags import Waiting
from projections.views.receivables.item import Item
from projections.views.receivables.state import About, Account
from projections.views.receivables.step import Step
from projections.views.receivables.waiting import with_contract, with_invoice
from projections.views.receivables.write_off import write_off

Handled = (
    InvoiceIssued
    | PaymentReceived
    | PaymentAllocated
    | CreditNoteIssued
    | PaymentReversed
    | PaymentTransferred
    | ReceivableDisputed
    | DisputeResolved
    | ReceivableWrittenOff
    | PaymentPromised
    | ReminderSent
    | ContractSignedV2
    | ContractAmended
    | AcceptanceConfirmed
    | RetentionReleased
)


_KINDS: dict[str, DocumentKind] = {"payment": "cash", "credit_note": "credit"}


def evolve(account: Account, entry: Entry[Handled], _playbooks: Playbooks) -> Iterable[RowKey]:
    """The next entry in effective order.

    Receipts, transfers and reversals of a payment come from all accounts that its cash went to, entries about a
    contract from its deal; everything else is about this account.
    """
    step = Step(account, entry.order)
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
        case ReceivableDisputed() | DisputeResolved():
            _about(step, event, "dispute_unknown_invoice", contest)
        case ReceivableWrittenOff():
            _about(step, event, "write_off_unknown_invoice", write_off)
        case PaymentPromised():
            _about(step, event, "promise_unknown_invoice", promise)
        case ReminderSent():
            for place, number in enumerate(event.invoices):
                key = number_key(number, event.series)
                wanted = About((*step.order, place), number, key, event)
                with_invoice(step, wanted, number, key, "reminder_unknown_invoice", remind)
        case ContractSignedV2():
            contract_rules.sign(step, event, entry.subject)
        case ContractAmended():
            with_contract(step, _of_contract(step, event), contract_rules.amend)
        case AcceptanceConfirmed():
            with_contract(step, _of_contract(step, event), contract_rules.accept)
        case RetentionReleased():
            with_contract(step, _of_contract(step, event), contract_rules.release)
        case _:
            assert_never(event)
    return step.finish()


def _about(
    step: Step,
    event: ReceivableDisputed | DisputeResolved | ReceivableWrittenOff | PaymentPromised,
    flag: Waiting,
    carry_out: Callable[[Step, About, Item], None],
) -> None:
    """Carry out an entry about one invoice, now or once the invoice is there."""
    key = number_key(event.invoice, event.series)
    wanted = About((*step.order, 0), event.invoice, key, event)
    with_invoice(step, wanted, event.invoice, key, flag, carry_out)


def _of_contract(step: Step, event: ContractAmended | AcceptanceConfirmed | RetentionReleased) -> About:
    return About((*step.order, 0), event.contract, number_key(event.contract, None), event)


def _account(entry: Entry[Handled]) -> str:
    """Id of the account that an entry is about."""
    return split_subject(entry.subject)[1]


def row(account: Account, key: RowKey) -> Row | None:
    """Row with this key, None where there is none."""
    return account.flags.row(key) if key.row is FlagRow else account.rows.get(key)
