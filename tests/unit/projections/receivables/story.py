"""Facts about accounts for the tests of receivables, in the words of the domain, and what the rows then show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import tests.given
from projections.replay.entry import FOREVER
from projections.replay.replay import Change
from projections.replay.view import FlagRow, Row
from projections.views.receivables import (
    ApplicationRow,
    ContractTermRow,
    InvoiceRow,
    ItemRow,
    MovementRow,
    PromiseRow,
    ReminderRow,
    UnappliedRow,
    receivables,
)
from tests.given import Said, Story, day
from tests.saying import event_corrected, event_voided

ACCOUNT = "A"
DEAL = "D-1"
UNIDENTIFIED = "unidentified"
_LAST = day(3650)
_OF_PAYMENTS = {"payment_received", "payment_transferred", "payment_reversed", "event_corrected", "event_voided"}


_INTERVALS = (ItemRow, UnappliedRow, PromiseRow, ContractTermRow, FlagRow)
"""Rows of intervals."""


def _said(name: str, at: float, data: dict[str, Any], account: str = ACCOUNT, series: str | None = None) -> Said:
    return Said(name, data | ({"series": series} if series else {}), day(at), subject=f"account/{account}")


def invoice(
    number: str,
    amount: str,
    at: float = 0,
    due: date = date(2026, 1, 31),
    currency: str = "CNY",
    deal: str | None = None,
    account: str = ACCOUNT,
    series: str | None = None,
    **more: Any,
) -> Said:
    data = {"invoice": number, "amount": amount, "currency": currency, "due_on": due.isoformat(), **more}
    return _said("invoice_issued", at, data | ({"deal_id": deal} if deal else {}), account, series)


def payment(
    number: str,
    amount: str,
    at: float = 1,
    pays: Mapping[str, str] | None = None,
    currency: str = "CNY",
    account: str = ACCOUNT,
    series: str | None = None,
    **more: Any,
) -> Said:
    data = {"payment": number, "amount": amount, "currency": currency, "allocations": _allocations(pays), **more}
    return _said("payment_received", at, data, account, series)


def credit_note(
    number: str, amount: str, at: float = 1, pays: Mapping[str, str] | None = None, currency: str = "CNY"
) -> Said:
    data = {"credit_note": number, "amount": amount, "currency": currency, "allocations": _allocations(pays)}
    return _said("credit_note_issued", at, data)


def allocation(
    number: str,
    pays: Mapping[str, str],
    at: float = 2,
    currency: str = "CNY",
    account: str = ACCOUNT,
    document: str | None = None,
) -> Said:
    data: dict[str, Any] = {"payment": number, "currency": currency, "allocations": _allocations(pays)}
    return _said("payment_allocated", at, data | ({"document": document} if document else {}), account)


def reversal(number: str, amount: str, at: float = 3, currency: str = "CNY", account: str = ACCOUNT) -> Said:
    return _said("payment_reversed", at, {"payment": number, "amount": amount, "currency": currency}, account)


def transfer(
    number: str, amount: str, at: float = 2, currency: str = "CNY", out_of: str = UNIDENTIFIED, into: str = ACCOUNT
) -> Said:
    data = {"payment": number, "to_account_id": into, "amount": amount, "currency": currency}
    return _said("payment_transferred", at, data, out_of)


def dispute(number: str, at: float = 2, amount: str | None = None, currency: str = "CNY") -> Said:
    part = {} if amount is None else {"amount": amount, "currency": currency}
    return _said("receivable_disputed", at, {"invoice": number, **part})


def resolution(number: str, at: float = 3) -> Said:
    return _said("dispute_resolved", at, {"invoice": number})


def write_off(number: str, amount: str, at: float = 4, currency: str = "CNY") -> Said:
    data = {"invoice": number, "amount": amount, "currency": currency, "reason": "bankrupt", "approver": "Wu"}
    return _said("receivable_written_off", at, data)


def promise(number: str, amount: str, at: float = 2, by: date = date(2026, 1, 20), currency: str = "CNY") -> Said:
    data = {"invoice": number, "amount": amount, "currency": currency, "promised_on": by.isoformat()}
    return _said("payment_promised", at, data)


def reminder(*numbers: str, at: float = 2, level: int = 1, channel: str = "email", **more: Any) -> Said:
    return _said("reminder_sent", at, {"invoices": list(numbers), "level": level, "channel": channel, **more})


def term(name: str, trigger: str, share: str, days: int | None = None, on: date | None = None) -> dict[str, Any]:
    """A payment term as a contract lists it."""
    found = {"term": name, "trigger": trigger, "share": share, "days": days, "on": on and on.isoformat()}
    return {key: value for key, value in found.items() if value is not None}


def contract(
    number: str, amount: str, *terms: Mapping[str, Any], at: float = 0, currency: str = "CNY", **more: Any
) -> Said:
    data = {"contract": number, "account_id": ACCOUNT, "amount": amount, "currency": currency, "terms": list(terms)}
    return Said("contract_signed", data | more, day(at), subject=f"deal/{DEAL}", version=2)


def amendment(number: str, at: float = 2, **changes: Any) -> Said:
    data = {"contract": number, "account_id": ACCOUNT, "reason": "scope", **changes}
    return Said("contract_amended", data, day(at), subject=f"deal/{DEAL}")


def acceptance(
    number: str, at: float = 3, of: str | None = None, delivered: date | None = None, accepted: date | None = None
) -> Said:
    days = {"term": of, "delivered_on": delivered and delivered.isoformat(), "accepted_on": accepted and str(accepted)}
    data = {"contract": number, "account_id": ACCOUNT, **{key: value for key, value in days.items() if value}}
    return Said("acceptance_confirmed", data, day(at), subject=f"deal/{DEAL}")


def release(number: str, amount: str, at: float = 4, currency: str = "CNY") -> Said:
    return _said("retention_released", at, {"contract": number, "amount": amount, "currency": currency})


def named(id: str, said: Said) -> Said:
    """With an event id that others can name."""
    return replace(said, id=id)


def void(target: Said, at: float = 5) -> Said:
    """The target, which has a name, never happened."""
    assert target.id is not None
    return replace(event_voided(target.id, at=day(at)), subject=target.subject)


def correction(target: Said, said: Said, at: float = 5) -> Said:
    """The target, which has a name, should have been `said`."""
    assert target.id is not None
    assert said.at is not None
    change = event_corrected(target.id, said.name, said.at, said.data, at=day(at), version=said.version)
    return replace(change, subject=target.subject)


@dataclass
class Account:
    """Account as the rows show it."""

    story: Story

    def rows_of(self, kind: type[Row]) -> list[Any]:
        """The rows of one table."""
        return [each for each in self.story.rows() if isinstance(each, kind)]

    def instants(self) -> list[datetime]:
        """Every instant at which something begins, ends or moves, and one before all."""
        found = {day(-100)}
        for row in self.story.rows():
            if isinstance(row, _INTERVALS):
                found |= {row.from_at, row.to_at}
            elif isinstance(row, MovementRow | ApplicationRow | ReminderRow):
                found.add(row.at)
            elif isinstance(row, InvoiceRow):
                found.add(row.issued_at)
        return sorted(found - {FOREVER})

    def standing(self, kind: type[Row], as_of: datetime = _LAST) -> list[Any]:
        """The rows of one table that stood at an instant."""
        return [each for each in self.rows_of(kind) if each.from_at <= as_of < each.to_at]

    def items(self, as_of: datetime = _LAST) -> dict[str, ItemRow]:
        """By invoice."""
        return {each.invoice: each for each in self.standing(ItemRow, as_of)}

    def unapplied(self, as_of: datetime = _LAST) -> dict[str, UnappliedRow]:
        """By payment or credit note."""
        return {each.document: each for each in self.standing(UnappliedRow, as_of)}

    def movements(self, as_of: datetime = _LAST) -> list[MovementRow]:
        """Return the movements until an instant."""
        return [each for each in self.story.rows() if isinstance(each, MovementRow) and each.at <= as_of]

    def invoices(self, as_of: datetime = _LAST) -> list[InvoiceRow]:
        """Return the invoices that were issued until an instant."""
        return [each for each in self.rows_of(InvoiceRow) if each.issued_at <= as_of]

    def applications(self, as_of: datetime = _LAST) -> list[ApplicationRow]:
        """Return what was applied until an instant, or taken back."""
        return [each for each in self.rows_of(ApplicationRow) if each.at <= as_of]

    def terms(self, as_of: datetime = _LAST) -> list[ContractTermRow]:
        """Return the terms of contracts as they stood at an instant, in order."""
        return sorted(self.standing(ContractTermRow, as_of), key=lambda each: (each.contract, each.place))

    def balance(self, as_of: datetime = _LAST) -> dict[str, Decimal]:
        """By currency: the sum of the movements, without those that come to nothing."""
        return totals((each.currency, each.amount) for each in self.movements(as_of))

    def flags(self, as_of: datetime = _LAST) -> set[tuple[str, int]]:
        """(flag, sequence of the entry) that stood at an instant, as far as the view itself finds them."""
        return {
            (each.flag, each.entry)
            for each in self.story.rows()
            if isinstance(each, FlagRow) and each.view == receivables.name and each.from_at <= as_of < each.to_at
        }

    def assert_identity(self) -> None:
        """Open items − unapplied = balance, in every currency and at every instant; so do the parts of each invoice:
        its amount − what was applied = what is open."""
        for as_of in self.instants():
            applied = totals((f"{each.invoice}\n{each.series}", each.amount) for each in self.applications(as_of))
            open_ = {f"{each.invoice}\n{each.series}": each.open_amount for each in self.standing(ItemRow, as_of)}
            for each in self.invoices(as_of):
                number = f"{each.invoice}\n{each.series}"
                left = each.amount - applied.pop(number, Decimal(0))
                assert left == open_.pop(number, Decimal(0)), f"{number} at {as_of}:\n{self.story}"
            assert (applied, open_) == ({}, {}), f"of no invoice at {as_of}:\n{self.story}"
            owed = [(each.currency, each.open_amount) for each in self.standing(ItemRow, as_of)]
            unapplied = [(each.currency, -each.amount) for each in self.standing(UnappliedRow, as_of)]
            assert totals([*owed, *unapplied]) == self.balance(as_of), f"at {as_of}:\n{self.story}"


def totals(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Sums by currency, without the zeros."""
    found: dict[str, Decimal] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, Decimal(0)) + amount
    return {currency: amount for currency, amount in found.items() if amount}


class Told(Account):
    """Facts in order of arrival, as one account sees them."""

    def __init__(self, account: str, *facts: Said) -> None:
        super().__init__(tests.given.given(receivables, subject=f"account/{account}"))
        self.changes: list[Change] = []
        """Of all rows, in the order in which they came about."""
        self._facts: list[Said] = []
        self.when(*facts)

    def when(self, *facts: Said) -> "Told":
        """More facts arrive. The account hears all about payments, whether they have to do with it or not."""
        self._facts += facts
        for each in facts:
            about = f"account/{each.data['account_id']}" if "account_id" in each.data else each.subject
            if about == self.story.subject or each.name in _OF_PAYMENTS:
                self.changes += self.story.tell(each)
        return self

    def seen_by(self, account: str) -> "Told":
        """Return the same facts as another account sees them."""
        return Told(account, *self._facts)

    def then(
        self,
        *,
        owes: Mapping[str, str] | None = None,
        unapplied: Mapping[str, str] | None = None,
        flags: Iterable[str] = (),
        disputed: Iterable[str] = (),
        as_of: datetime = _LAST,
    ) -> "Told":
        """Exactly these open amounts by invoice, unapplied amounts by document, and flags. The identity holds."""
        self.assert_identity()
        items = self.items(as_of)
        assert {number: item.open_amount for number, item in items.items()} == _amounts(owes)
        assert {number: part.amount for number, part in self.unapplied(as_of).items()} == _amounts(unapplied)
        assert {number for number, item in items.items() if item.disputed} == set(disputed)
        self.story.flagged(*flags)
        return self


def given(*facts: Said) -> Told:
    """Tell what is known of account A at first."""
    return Told(ACCOUNT, *facts)


def _allocations(pays: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"invoice": number, "amount": amount} for number, amount in (pays or {}).items()]


def _amounts(numbered: Mapping[str, str] | None) -> dict[str, Decimal]:
    return {number: Decimal(amount) for number, amount in (numbered or {}).items()}
