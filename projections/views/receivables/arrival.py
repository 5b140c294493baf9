"""Documents that arrive on an account, what had waited for them, and cash that moves between accounts.

The ledger balance and the open items are kept by rules of their own: `balance.py` books amounts from entries and from
what a payment's accounts hold (`cash.py`); here items and documents change. Where one of them errs, they differ.
"""

from collections.abc import Iterable
from decimal import Decimal

from contracts.events.receivables import (
    Allocation,
    CreditNoteIssued,
    InvoiceIssued,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
)
from contracts.types.money import in_units
from contracts.types.references import number_key, reference_key, spelled_out, told_apart
from projections.replay.view import RowKey
from projections.views.receivables import balance
from projections.views.receivables.allocation import ask, ask_again, take_back
from projections.views.receivables.cash import Cash, Outcome, Received, Take, Taken
from projections.views.receivables.document import Document, DocumentKey, DocumentKind
from projections.views.receivables.flags import Waiting
from projections.views.receivables.invoice_rows import InvoiceRow
from projections.views.receivables.item import Item
from projections.views.receivables.state import Allocate
from projections.views.receivables.step import Step
from projections.views.receivables.waiting import arrived


def invoice(step: Step, event: InvoiceIssued) -> None:
    """The account owes more. A second invoice of one number and series is flagged, not added."""
    account, key = step.account, number_key(event.invoice, event.series)
    amount = in_units(event.amount, event.currency)
    balance.invoice(step, event, key, amount)
    if (known := account.items.get(key)) is not None:
        step.flag("invoice_twice", f"the account has an invoice {_alike(known.invoice, event.invoice)} already")
        return
    series = event.series or ""
    item = Item(key, event.invoice, series, event.deal_id, event.currency, amount, step.at, event.due_on, amount)
    account.items[key] = item
    step.changed(item)
    row = InvoiceRow(
        account.id,
        event.invoice,
        series,
        step.at,
        event.currency,
        amount,
        event.due_on,
        event.deal_id,
        None if event.contract is None else number_key(event.contract, None),
        None if event.term is None else reference_key(event.term),
        step.sequence,
    )
    step.add(RowKey(InvoiceRow, (account.id, event.invoice, series)), row)
    arrived(step, item, account.awaiting_invoice.pop(key, ()))


def credit_note(step: Step, event: CreditNoteIssued) -> None:
    """Credit arrives; it allocates like a payment. A second credit note of one number and series is not added."""
    key = number_key(event.credit_note, event.series)
    amount = in_units(event.amount, event.currency)
    balance.credit_note(step, event, key, amount)
    if (known := step.account.documents.get(("credit", key))) is not None:
        number = _alike(next(iter(known.values())).number, event.credit_note)
        step.flag("credit_note_twice", f"the account has a credit note {number} already")
        return
    _hold(step, ("credit", key), event.credit_note, event.series, event.currency, amount)
    _flag_waiting(step, key)
    ask_again(step, key)
    allocations(step, event.credit_note, key, "credit", event.currency, event.allocations)


def allocations(
    step: Step, number: str, key: str, kind: DocumentKind | None, currency: str, asked: tuple[Allocation, ...]
) -> None:
    """Order each in the order in which the entry names them."""
    for place, each in enumerate(asked):
        order = (*step.order, place)
        invoice_key = number_key(each.invoice, each.series)
        amount = in_units(each.amount, currency)
        ask(step, Allocate(order, number, key, kind, each.invoice, invoice_key, amount, currency, each.deal_id))


def payment(step: Step, event: PaymentReceived, account: str) -> None:
    """Cash arrives on an account, this one or another that has had cash of the same payment.

    A second receipt of one reference and series on one account is flagged there, not added.
    """
    key = number_key(event.payment, event.series)
    cash = _cash(step, key)
    amount = in_units(event.amount, event.currency)
    twice = account in cash.received
    _book(step, key, event.payment, event.series, cash.receive(account, amount, event.currency, event.remittance))
    if account != step.account.id:
        return
    if twice:
        known = next(iter(step.account.documents[("cash", key)].values()))
        step.flag("payment_twice", f"the account has a payment {_alike(known.number, event.payment)} already")
    else:
        allocations(step, event.payment, key, "cash", event.currency, event.allocations)


def departure(step: Step, event: PaymentReversed | PaymentTransferred, account: str) -> None:
    """Cash leaves an account: it goes back to the payer, or to another account of ours."""
    key = number_key(event.payment, event.series)
    into = event.to_account_id if isinstance(event, PaymentTransferred) else None
    order = (*step.order, 0)
    take = Take(order, account, event.payment, in_units(event.amount, event.currency), event.currency, into)
    _book(step, key, event.payment, event.series, _cash(step, key).take(take))


def _cash(step: Step, key: str) -> Cash:
    return step.account.cash.setdefault(key, Cash())


def _book(step: Step, key: str, number: str, series: str | None, outcomes: Iterable[Outcome]) -> None:
    """Change this account's documents by what became of a payment, and flag what concerns it."""
    account = step.account
    for each in outcomes:
        balance.cash(step, each, number, series)
        if isinstance(each, Received):
            if each.account == account.id:
                _hold(step, ("cash", key), number, series, each.currency, each.amount)
        else:
            step.no_longer_waits(each.take)
            _carry_out(step, key, series, each)
    _flag_waiting(step, key)
    if ("cash", key) in account.documents:
        ask_again(step, key)


def _carry_out(step: Step, key: str, series: str | None, taken: Taken) -> None:
    """Take cash out of this account's document by what the document holds, or add what has come in."""
    account, take = step.account, taken.take
    change = taken.changes.get(account.id, Decimal(0))
    if account.id == take.account:
        take_back(step, account.documents[("cash", key)][take.currency], take.amount, take.order)
    elif change > 0:
        _hold(step, ("cash", key), take.number, series, take.currency, change)
    elif change < 0:
        take_back(step, account.documents[("cash", key)][take.currency], -change, take.order)
        detail = f"{-change} {take.currency} of {take.number}, reversed on account {take.account}, had come here"
        step.flag("reversed_after_transfer", detail, take)
    if taken.moved < take.amount and account.id in (take.account, take.into):
        step.flag(
            "reversal_exceeds_payment" if take.into is None else "transfer_exceeds_payment",
            f"{take.amount} {take.currency} of {take.number}: {taken.moved} was left on account {take.account}",
            take,
        )


def _flag_waiting(step: Step, key: str) -> None:
    """Flag orders for cash that is not there, on the account that it would leave and on that which would get it."""
    account = step.account
    cash = account.cash.get(key)
    for take in () if cash is None else cash.waiting:
        if account.id not in (take.account, take.into):
            continue
        flag: Waiting = "unknown_payment"
        detail = f"{spelled_out(take.number)} is no payment of account {take.account} yet"
        if cash is not None and cash.holds(take.account):
            flag, detail = "wrong_currency", f"{take.number} is no payment in {take.currency} on account {take.account}"
        elif account.id == take.account and ("credit", key) in account.documents:
            flag, detail = "not_cash", f"{take.number} is a credit note, and no payment of this account"
        if account.waits.get(take.order[2:]) != flag:
            step.no_longer_waits(take)
            step.waits(flag, detail, take)


def _hold(step: Step, key: DocumentKey, number: str, series: str | None, currency: str, amount: Decimal) -> None:
    """Add to what the account holds unapplied of a document."""
    documents = step.account.documents.setdefault(key, {})
    document = documents.get(currency)
    if document is None:
        remittance = step.account.cash[key[1]].remittances.get(step.account.id) if key[0] == "cash" else None
        document = documents[currency] = Document(key, number, series or "", currency, Decimal(0), step.at, remittance)
    document.unapplied += amount
    step.changed(document)


def _alike(known: str, sent: str) -> str:
    """The number, and how the one that was sent differs where one cannot see it."""
    if known == sent:
        return known
    return "{} (sent as {})".format(*told_apart(known, sent))
