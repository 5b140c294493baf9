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
    PaymentPromised,
    PaymentReceived,
    PaymentReversed,
    PaymentTransferred,
    ReceivableDisputed,
    ReceivableWrittenOff,
    ReminderSent,
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
    deal: str | None = None
    event: Any = None
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


@dataclass(frozen=True)
class Application:
    """An amount by which an invoice was lowered, or raised again (less than zero), written down and never changed."""

    account: str
    invoice: str
    kind: str
    document: str
    amount: Decimal
    at: datetime
    entry: int
    deal: str | None


@dataclass
class Books:
    """All accounts at an instant."""

    now: datetime = datetime.min
    invoices: dict[tuple[str, str], tuple[str, Decimal]] = field(default_factory=dict)
    """Account and number to currency and amount."""
    issued: dict[tuple[str, str], Entry[InvoiceIssued]] = field(default_factory=dict)
    """Account and number to the entry."""
    written_off: list[tuple[str, str, Decimal]] = field(default_factory=list)
    """Account, invoice, amount."""
    applications: list[Application] = field(default_factory=list)
    promises: list[tuple[Asked, datetime, int]] = field(default_factory=list)
    """What was promised, when, and behind how many applications."""
    reminders: set[tuple[str, str, int, datetime]] = field(default_factory=set)
    """Account, invoice, entry and time."""
    received: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, account and number of payments and credit notes that came by themselves."""
    moves: list[Move] = field(default_factory=list)
    transfers: list[Transferred] = field(default_factory=list)
    log: list[tuple[str, tuple[str, str, str], str, Decimal, str | None]] = field(default_factory=list)
    """Account, (kind, number, currency) of a document, invoice, amount applied and not taken back, deal."""
    disputed: dict[tuple[str, str], Decimal | None] = field(default_factory=dict)
    """Account and invoice to the amount that is named."""
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
        given_up = (amount for *named, amount in self.written_off if named == [account, invoice])
        return self.invoices[account, invoice][1] - sum(paid, ZERO) - sum(given_up, ZERO)

    def open_items(self, account: str) -> set[tuple[str, str, Decimal, bool, Decimal | None]]:
        """Invoice, currency, open amount, mark, and the part that is disputed where it is not all."""
        found = set()
        for (owner, number), (currency, _) in self.invoices.items():
            open_ = self.open_amount(owner, number)
            part = self.disputed.get((owner, number))
            if owner == account and open_:
                whole = part is None or part >= open_
                found.add((number, currency, open_, (owner, number) in self.disputed, None if whole else part))
        return found

    def promised(self, account: str) -> set[tuple[str, int, Decimal, datetime, str]]:
        """Invoice, entry, amount, time and state."""
        found = set()
        for asked, at, behind in self.promises:
            if asked.account == account:
                since = [
                    each.amount
                    for each in self.applications[behind:]
                    if (each.account, each.invoice, each.kind) == (account, asked.invoice, "cash")
                ]
                state = "kept" if sum(since, ZERO) >= asked.amount else "open"
                found.add((str(asked.invoice), asked.entry, asked.amount, at, state))
        return found

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
        given_up = (
            amount
            for owner, number, amount in self.written_off
            if (owner, self.invoices[owner, number][0]) == (account, currency)
        )
        return sum(invoiced, ZERO) - sum(came, ZERO) - sum(given_up, ZERO)


def books_at(entries: Iterable[Entry[Event]], as_of: datetime) -> Books:
    """From all entries of all accounts that had happened by `as_of`."""
    books = Books()
    for entry in sorted(entries, key=lambda each: (each.occurred_at, each.nanoseconds, each.sequence)):
        if entry.occurred_at <= as_of:
            books.now = entry.occurred_at
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
            books.issued[account, event.invoice] = entry
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
        books.asked.append(Asked(sequence, "dispute", account, None, event.invoice, event=event))
    elif isinstance(event, DisputeResolved):
        books.asked.append(Asked(sequence, "resolve", account, None, event.invoice))
    elif isinstance(event, ReceivableWrittenOff):
        books.asked.append(
            Asked(sequence, "write_off", account, None, event.invoice, event.amount, event.currency, event=event)
        )
    elif isinstance(event, PaymentPromised):
        books.asked.append(
            Asked(sequence, "promise", account, None, event.invoice, event.amount, event.currency, event=event)
        )
    elif isinstance(event, ReminderSent):
        for number in event.invoices:
            books.asked.append(Asked(sequence, "reminder", account, None, number, event=event))


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
        asked = Asked(entry, "allocate", account, number, each.invoice, each.amount, event.currency, kinds)
        asked.deal = each.deal_id
        books.asked.append(asked)


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
            elif each.what == "write_off":
                _write_off(books, each)
            elif each.what == "promise":
                if _in_its_currency(books, each, each.currency):
                    books.promises.append((each, books.now, len(books.applications)))
            elif each.what == "reminder":
                books.reminders.add((each.account, str(each.invoice), each.entry, books.now))
            else:
                _contest(books, each)
    return None


def _contest(books: Books, asked: Asked) -> None:
    assert asked.invoice is not None
    named = (asked.account, asked.invoice)
    if asked.what == "dispute":
        part = asked.event.amount
        if part is None or _in_its_currency(books, asked, asked.event.currency):
            books.disputed[named] = part
    elif named in books.disputed:
        del books.disputed[named]
    else:
        books.flags.add((asked.account, "not_disputed", asked.entry))


def _write_off(books: Books, asked: Asked) -> None:
    account, number = asked.account, str(asked.invoice)
    if not _in_its_currency(books, asked, asked.currency):
        return
    amount = min(asked.amount, books.open_amount(account, number))
    if amount < asked.amount:
        books.flags.add((account, "over_written_off", asked.entry))
    if amount:
        books.written_off.append((account, number, amount))
        books.moved.append((account, asked.entry, "write_off", asked.currency, -amount))
        deal = books.issued[account, number].event.deal_id
        books.applications.append(Application(account, number, "write_off", "", amount, books.now, asked.entry, deal))


def _in_its_currency(books: Books, asked: Asked, currency: str) -> bool:
    if currency == books.invoices[asked.account, str(asked.invoice)][0]:
        return True
    books.flags.add((asked.account, "wrong_currency", asked.entry))
    return False


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
        waiting = {"allocate": "allocated", "resolve": "dispute"}.get(asked.what, asked.what)
        return f"{waiting}_unknown_invoice"
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
    amount = min(asked.amount, possible)
    deal = asked.deal or books.issued[asked.account, asked.invoice].event.deal_id
    books.log.append((asked.account, document, asked.invoice, amount, deal))
    if amount:
        kind, number, _ = document
        books.applications.append(
            Application(asked.account, asked.invoice, kind, number, amount, books.now, asked.entry, deal)
        )


def _take_away(books: Books, asked: Asked) -> None:
    assert asked.document is not None
    document = ("cash", asked.document, asked.currency)
    if asked.into is not None:
        taken = min(asked.amount, books.held(asked.account, document))
        if taken:
            books.transfers.append(Transferred(asked.account, asked.into, asked.document, asked.currency, taken))
            _leave(books, asked.account, document, taken, asked.entry)
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
        _leave(books, account, document, here, asked.entry)
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


def _leave(books: Books, account: str, document: tuple[str, str, str], amount: Decimal, entry: int) -> None:
    to_free = max(amount - books.unapplied(account, document), ZERO)
    kind, number, currency = document
    for place in reversed(range(len(books.log))):
        owner, paying, invoice, applied, deal = books.log[place]
        if (owner, paying) == (account, document):
            freed = min(to_free, applied)
            books.log[place] = (owner, paying, invoice, applied - freed, deal)
            to_free -= freed
            if freed:
                books.applications.append(Application(account, invoice, kind, number, -freed, books.now, entry, deal))
    books.moves.append(Move(account, number, kind, currency, -amount))
