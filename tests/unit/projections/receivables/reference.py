"""Receivables by the letter of the domain, naive on purpose: lists, sums and searches, everything from scratch.

Knows nothing of the fold. An account's state at an instant is worked out from all entries up to it, in effective
order; open and unapplied amounts are sums over a log of what was applied, never running figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts.events import (
    CreditNoteIssued,
    DisputeResolved,
    Event,
    InvoiceIssued,
    PaymentAllocated,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
    ReceivableDisputed,
)
from projections.entry import Entry


@dataclass
class Asked:
    """Something that an entry wants."""

    entry: int
    what: str
    needs_document: str | None = None
    needs_invoice: str | None = None
    amount: Decimal = Decimal(0)
    currency: str = ""
    done: bool = False


@dataclass
class State:
    """The account at an instant."""

    invoices: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    """Number to currency and amount."""
    documents: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Number to kind and currency."""
    came_in: list[tuple[str, Decimal]] = field(default_factory=list)
    """Document and amount, less than zero when it left."""
    log: list[tuple[str, str, Decimal]] = field(default_factory=list)
    """Document, invoice, amount applied."""
    disputed: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    moved: list[tuple[int, str, str, Decimal]] = field(default_factory=list)
    """Entry, kind, currency, amount."""
    flags: set[tuple[str, int]] = field(default_factory=set)

    def open_amount(self, invoice: str) -> Decimal:
        return self.invoices[invoice][1] - sum((each[2] for each in self.log if each[1] == invoice), Decimal(0))

    def unapplied(self, document: str) -> Decimal:
        came_in = sum((amount for number, amount in self.came_in if number == document), Decimal(0))
        return came_in - sum((each[2] for each in self.log if each[0] == document), Decimal(0))

    def open_items(self) -> dict[str, tuple[str, Decimal, bool]]:
        """Invoice to currency, open amount and mark."""
        return {
            number: (currency, self.open_amount(number), number in self.disputed)
            for number, (currency, _) in self.invoices.items()
            if self.open_amount(number)
        }

    def unapplied_parts(self) -> dict[str, tuple[str, str, Decimal]]:
        """Document to kind, currency and amount."""
        return {
            number: (kind, currency, self.unapplied(number))
            for number, (kind, currency) in self.documents.items()
            if self.unapplied(number)
        }


def state_at(account: str, entries: Iterable[Entry[Event]], as_of: datetime) -> State:
    """From all entries that concern the account and had happened by `as_of`."""
    state = State()
    for entry in sorted(entries, key=lambda each: (each.occurred_at, each.nanoseconds, each.sequence)):
        if entry.occurred_at <= as_of:
            _take_note(state, account, entry)
            _do_what_can_be_done(state)
    for each in state.asked:
        if not each.done:
            state.flags.add((_waiting_for(state, each), each.entry))
    return state


def _take_note(state: State, account: str, entry: Entry[Any]) -> None:
    event, here = entry.event, entry.subject == f"account/{account}"
    if isinstance(event, InvoiceIssued):
        if event.invoice in state.invoices:
            state.flags.add(("invoice_twice", entry.sequence))
        else:
            state.invoices[event.invoice] = (event.currency, event.amount)
            state.moved.append((entry.sequence, "invoice", event.currency, event.amount))
    elif isinstance(event, PaymentReceived):
        if _arrives(state, entry.sequence, event.payment, "cash", "payment", event):
            _ask_to_allocate(state, entry.sequence, event.payment, event)
    elif isinstance(event, CreditNoteIssued):
        if _arrives(state, entry.sequence, event.credit_note, "credit", "credit_note", event):
            _ask_to_allocate(state, entry.sequence, event.credit_note, event)
    elif isinstance(event, PaymentAllocated):
        _ask_to_allocate(state, entry.sequence, event.payment, event)
    elif isinstance(event, PaymentReversed):
        state.asked.append(Asked(entry.sequence, "reversal", event.payment, None, event.amount, event.currency))
    elif isinstance(event, PaymentTransferred) and not here:
        kind, currency = state.documents.get(event.payment, ("cash", event.currency))
        if kind != "cash":
            state.flags.add(("not_cash", entry.sequence))
        elif currency != event.currency:
            state.flags.add(("wrong_currency", entry.sequence))
        else:
            state.documents[event.payment] = ("cash", event.currency)
            state.came_in.append((event.payment, event.amount))
            state.moved.append((entry.sequence, "transfer_in", event.currency, -event.amount))
    elif isinstance(event, PaymentTransferred):
        if event.to_account_id == account:
            state.flags.add(("transfer_to_itself", entry.sequence))
        else:
            state.asked.append(Asked(entry.sequence, "transfer_out", event.payment, None, event.amount, event.currency))
    elif isinstance(event, ReceivableDisputed):
        state.asked.append(Asked(entry.sequence, "dispute", None, event.invoice))
    elif isinstance(event, DisputeResolved):
        state.asked.append(Asked(entry.sequence, "resolve", None, event.invoice))


def _arrives(state: State, entry: int, number: str, kind: str, movement: str, event: Any) -> bool:
    if number in state.documents:
        state.flags.add(("payment_twice", entry))
        return False
    state.documents[number] = (kind, event.currency)
    state.came_in.append((number, event.amount))
    state.moved.append((entry, movement, event.currency, -event.amount))
    return True


def _ask_to_allocate(state: State, entry: int, number: str, event: Any) -> None:
    for each in event.allocations:
        state.asked.append(Asked(entry, "allocate", number, each.invoice, each.amount, event.currency))


def _do_what_can_be_done(state: State) -> None:
    for each in state.asked:
        if each.done or _waiting_for(state, each):
            continue
        each.done = True
        if each.what in ("dispute", "resolve"):
            assert each.needs_invoice is not None
            if each.what == "dispute":
                state.disputed.add(each.needs_invoice)
            elif each.needs_invoice in state.disputed:
                state.disputed.remove(each.needs_invoice)
            else:
                state.flags.add(("not_disputed", each.entry))
        elif each.what == "allocate":
            _allocate(state, each)
        else:
            _take_away(state, each)


def _waiting_for(state: State, asked: Asked) -> str:
    if asked.needs_document is not None and asked.needs_document not in state.documents:
        return "unknown_payment"
    if asked.needs_invoice is not None and asked.needs_invoice not in state.invoices:
        return "allocated_unknown_invoice" if asked.what == "allocate" else "dispute_unknown_invoice"
    return ""


def _allocate(state: State, asked: Asked) -> None:
    document, invoice = asked.needs_document, asked.needs_invoice
    assert document is not None
    assert invoice is not None
    if len({asked.currency, state.documents[document][1], state.invoices[invoice][0]}) > 1:
        state.flags.add(("wrong_currency", asked.entry))
        return
    possible = min(state.unapplied(document), state.open_amount(invoice))
    if asked.amount > possible:
        state.flags.add(("over_allocated", asked.entry))
    state.log.append((document, invoice, min(asked.amount, possible)))


def _take_away(state: State, asked: Asked) -> None:
    document = asked.needs_document
    assert document is not None
    kind, currency = state.documents[document]
    if kind != "cash":
        state.flags.add(("not_cash", asked.entry))
        return
    if currency != asked.currency:
        state.flags.add(("wrong_currency", asked.entry))
        return
    everything = sum((amount for number, amount in state.came_in if number == document), Decimal(0))
    if asked.amount > everything:
        state.flags.add(
            ("reversal_exceeds_payment" if asked.what == "reversal" else "transfer_exceeds_payment", asked.entry)
        )
    taken = min(asked.amount, everything)
    to_free = max(taken - state.unapplied(document), Decimal(0))
    for place in reversed(range(len(state.log))):
        number, invoice, amount = state.log[place]
        if number == document:
            freed = min(to_free, amount)
            state.log[place] = (number, invoice, amount - freed)
            to_free -= freed
    state.came_in.append((document, -taken))
    if taken:
        state.moved.append((asked.entry, asked.what, currency, taken))
