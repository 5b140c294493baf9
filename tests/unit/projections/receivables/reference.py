"""Receivables by the letter of the domain, naive on purpose: lists, sums and searches, everything from scratch.

Knows nothing of the fold. The books of all accounts at an instant are worked out from all entries up to it, in
effective order; open and unapplied amounts are sums over logs of what came, left and was applied.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts.events import Event
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
from projections.replay.entry import Entry

ZERO = Decimal(0)


@dataclass
class Asked:
    """Something that an entry wants."""

    entry: int
    what: str
    account: str
    document: str | None = None
    invoice: str | None = None
    amount: Decimal = ZERO
    currency: str = ""
    kinds: tuple[str, ...] = ("cash", "credit")
    into: str | None = None
    done: bool = False


@dataclass
class Move:
    """Cash that came to an account, or left it (less than zero)."""

    account: str
    document: str
    kind: str
    currency: str
    amount: Decimal


@dataclass
class Transferred:
    """A transfer that took effect, and what reversals have taken back through it."""

    out_of: str
    into: str
    document: str
    currency: str
    amount: Decimal


@dataclass
class Books:
    """All accounts at an instant."""

    invoices: dict[tuple[str, str], tuple[str, Decimal]] = field(default_factory=dict)
    """Account and number to currency and amount."""
    received: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, account and number of payments and credit notes that came by themselves."""
    moves: list[Move] = field(default_factory=list)
    transfers: list[Transferred] = field(default_factory=list)
    log: list[tuple[str, tuple[str, str, str], str, Decimal]] = field(default_factory=list)
    """Account, (kind, number, currency) of a document, invoice, amount applied."""
    disputed: set[tuple[str, str]] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    moved: list[tuple[str, int, str, str, Decimal]] = field(default_factory=list)
    """Account, entry, kind, currency, amount."""
    flags: set[tuple[str, str, int]] = field(default_factory=set)
    """Account, flag, entry."""

    def documents(self, account: str) -> list[tuple[str, str, str]]:
        """Kind, number and currency of all that ever was on an account."""
        return list(dict.fromkeys((m.kind, m.document, m.currency) for m in self.moves if m.account == account))

    def held(self, account: str, document: tuple[str, str, str]) -> Decimal:
        """Applied or not."""
        return sum(
            (m.amount for m in self.moves if m.account == account and (m.kind, m.document, m.currency) == document),
            ZERO,
        )

    def unapplied(self, account: str, document: tuple[str, str, str]) -> Decimal:
        applied = (each[3] for each in self.log if each[:2] == (account, document))
        return self.held(account, document) - sum(applied, ZERO)

    def open_amount(self, account: str, invoice: str) -> Decimal:
        paid = (each[3] for each in self.log if (each[0], each[2]) == (account, invoice))
        return self.invoices[account, invoice][1] - sum(paid, ZERO)

    def open_items(self, account: str) -> set[tuple[str, str, Decimal, bool]]:
        """Invoice, currency, open amount and mark."""
        return {
            (number, currency, self.open_amount(owner, number), (owner, number) in self.disputed)
            for (owner, number), (currency, _) in self.invoices.items()
            if owner == account and self.open_amount(owner, number)
        }

    def unapplied_parts(self, account: str) -> set[tuple[str, str, str, Decimal]]:
        """Kind, document, currency and amount."""
        return {
            (*each, self.unapplied(account, each)) for each in self.documents(account) if self.unapplied(account, each)
        }

    def balance(self, account: str, currency: str) -> Decimal:
        """Invoiced, less what came and did not leave: a rule of its own, without items and allocations."""
        invoiced = (
            amount for (owner, _), (its, amount) in self.invoices.items() if (owner, its) == (account, currency)
        )
        came = (m.amount for m in self.moves if (m.account, m.currency) == (account, currency))
        return sum(invoiced, ZERO) - sum(came, ZERO)


def books_at(entries: Iterable[Entry[Event]], as_of: datetime) -> Books:
    """From all entries of all accounts that had happened by `as_of`."""
    books = Books()
    for entry in sorted(entries, key=lambda each: (each.occurred_at, each.nanoseconds, each.sequence)):
        if entry.occurred_at <= as_of:
            _take_note(books, entry)
            _do_what_can_be_done(books)
    for each in books.asked:
        if not each.done:
            for account in {each.account, each.into} - {None}:
                books.flags.add((str(account), _waiting_for(books, each, str(account)), each.entry))
    return books


def _take_note(books: Books, entry: Entry[Any]) -> None:
    event, account, sequence = entry.event, entry.subject.removeprefix("account/"), entry.sequence
    if isinstance(event, InvoiceIssued):
        if (account, event.invoice) in books.invoices:
            books.flags.add((account, "invoice_twice", sequence))
        else:
            books.invoices[account, event.invoice] = (event.currency, event.amount)
            books.moved.append((account, sequence, "invoice", event.currency, event.amount))
    elif isinstance(event, PaymentReceived):
        if _arrives(books, account, sequence, event.payment, "cash", "payment", event):
            _ask_to_allocate(books, account, sequence, event.payment, ("cash",), event)
    elif isinstance(event, CreditNoteIssued):
        if _arrives(books, account, sequence, event.credit_note, "credit", "credit_note", event):
            _ask_to_allocate(books, account, sequence, event.credit_note, ("credit",), event)
    elif isinstance(event, PaymentAllocated):
        _ask_to_allocate(books, account, sequence, event.payment, ("cash", "credit"), event)
    elif isinstance(event, PaymentReversed):
        books.asked.append(
            Asked(sequence, "reversal", account, event.payment, None, event.amount, event.currency, ("cash",))
        )
    elif isinstance(event, PaymentTransferred):
        if event.to_account_id == account:
            books.flags.add((account, "transfer_to_itself", sequence))
        else:
            into = event.to_account_id
            books.asked.append(
                Asked(sequence, "transfer", account, event.payment, None, event.amount, event.currency, ("cash",), into)
            )
    elif isinstance(event, ReceivableDisputed):
        books.asked.append(Asked(sequence, "dispute", account, None, event.invoice))
    elif isinstance(event, DisputeResolved):
        books.asked.append(Asked(sequence, "resolve", account, None, event.invoice))


def _arrives(books: Books, account: str, entry: int, number: str, kind: str, movement: str, event: Any) -> bool:
    if (kind, account, number) in books.received:
        books.flags.add((account, f"{movement}_twice", entry))
        return False
    books.received.add((kind, account, number))
    books.moves.append(Move(account, number, kind, event.currency, event.amount))
    books.moved.append((account, entry, movement, event.currency, -event.amount))
    return True


def _ask_to_allocate(books: Books, account: str, entry: int, number: str, kinds: tuple[str, ...], event: Any) -> None:
    for each in event.allocations:
        books.asked.append(Asked(entry, "allocate", account, number, each.invoice, each.amount, event.currency, kinds))


def _do_what_can_be_done(books: Books) -> None:
    """Cash moves first: it may bring what others wait for."""
    for cash in (True, False, True):
        for each in books.asked:
            if each.done or (each.what in ("reversal", "transfer")) is not cash or _waiting_for(books, each):
                continue
            each.done = True
            if each.what == "allocate":
                _allocate(books, each)
            elif each.what in ("reversal", "transfer"):
                _take_away(books, each)
                return _do_what_can_be_done(books)
            else:
                _contest(books, each)
    return None


def _contest(books: Books, asked: Asked) -> None:
    assert asked.invoice is not None
    named = (asked.account, asked.invoice)
    if asked.what == "dispute":
        books.disputed.add(named)
    elif named in books.disputed:
        books.disputed.remove(named)
    else:
        books.flags.add((asked.account, "not_disputed", asked.entry))


def _meant(books: Books, asked: Asked) -> tuple[str, str, str] | None:
    assert asked.document is not None
    wanted = [(kind, asked.document, asked.currency) for kind in asked.kinds]
    return next((each for each in wanted if each in books.documents(asked.account)), None)


def _waiting_for(books: Books, asked: Asked, told: str | None = None) -> str:
    if asked.document is not None and _meant(books, asked) is None:
        there = {(kind, number) for kind, number, _ in books.documents(asked.account)}
        if any((kind, asked.document) in there for kind in asked.kinds):
            return "wrong_currency"
        if asked.what != "allocate" and ("credit", asked.document) in there and told in (None, asked.account):
            return "not_cash"
        return "unknown_payment"
    if asked.invoice is not None and (asked.account, asked.invoice) not in books.invoices:
        return "allocated_unknown_invoice" if asked.what == "allocate" else "dispute_unknown_invoice"
    return ""


def _allocate(books: Books, asked: Asked) -> None:
    document = _meant(books, asked)
    assert document is not None
    assert asked.invoice is not None
    if asked.currency != books.invoices[asked.account, asked.invoice][0]:
        books.flags.add((asked.account, "wrong_currency", asked.entry))
        return
    possible = min(books.unapplied(asked.account, document), books.open_amount(asked.account, asked.invoice))
    if asked.amount > possible:
        books.flags.add((asked.account, "over_allocated", asked.entry))
    books.log.append((asked.account, document, asked.invoice, min(asked.amount, possible)))


def _take_away(books: Books, asked: Asked) -> None:
    assert asked.document is not None
    document = ("cash", asked.document, asked.currency)
    if asked.into is not None:
        taken = min(asked.amount, books.held(asked.account, document))
        if taken:
            books.transfers.append(Transferred(asked.account, asked.into, asked.document, asked.currency, taken))
            _leave(books, asked.account, document, taken)
            books.moves.append(Move(asked.into, asked.document, "cash", asked.currency, taken))
            books.moved.append((asked.account, asked.entry, "transfer_out", asked.currency, taken))
            books.moved.append((asked.into, asked.entry, "transfer_in", asked.currency, -taken))
    else:
        left = _reverse(books, asked, asked.account, asked.amount, [])
        taken = asked.amount - left
    if taken < asked.amount:
        for account in {asked.account, asked.into} - {None}:
            books.flags.add((str(account), f"{asked.what}_exceeds_payment", asked.entry))


def _reverse(books: Books, asked: Asked, account: str, amount: Decimal, way: list[str]) -> Decimal:
    """Take an amount from an account and from where it sent cash on; gives what could not be taken."""
    assert asked.document is not None
    document = ("cash", asked.document, asked.currency)
    here = min(amount, books.held(account, document))
    if here:
        _leave(books, account, document, here)
        before = [each for each in books.moved if each[:2] == (account, asked.entry)]
        sum_ = here + sum((each[4] for each in before), ZERO)
        books.moved = [each for each in books.moved if each not in before]
        books.moved.append((account, asked.entry, "reversal", asked.currency, sum_))
        if account != asked.account:
            books.flags.add((account, "reversed_after_transfer", asked.entry))
    amount -= here
    for each in reversed(books.transfers):
        same = (each.out_of, each.document, each.currency) == (account, asked.document, asked.currency)
        if amount and same and each.into not in [*way, account]:
            wanted = min(amount, each.amount)
            taken = wanted - _reverse(books, asked, each.into, wanted, [*way, account])
            each.amount -= taken
            amount -= taken
    return amount


def _leave(books: Books, account: str, document: tuple[str, str, str], amount: Decimal) -> None:
    to_free = max(amount - books.unapplied(account, document), ZERO)
    for place in reversed(range(len(books.log))):
        owner, paying, invoice, applied = books.log[place]
        if (owner, paying) == (account, document):
            freed = min(to_free, applied)
            books.log[place] = (owner, paying, invoice, applied - freed)
            to_free -= freed
    kind, number, currency = document
    books.moves.append(Move(account, number, kind, currency, -amount))
