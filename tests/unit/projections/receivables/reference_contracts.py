"""Contracts of an account by the letter of the domain, naive on purpose: read anew from all entries up to an instant.

Amounts are fractions, and days are found by searching for the statement that counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from contracts.events import Event
from contracts.events.receivables import AcceptanceConfirmed, ContractAmended, ContractSignedV2, RetentionReleased
from contracts.types.money import MINOR_UNITS
from projections.replay.entry import Entry

Said = tuple[int, Any]
"""Sequence and event."""


@dataclass(frozen=True)
class Planned:
    """A term as it stands."""

    contract: str
    place: int
    name: str
    retention: bool
    amount: Fraction
    whole: Fraction
    currency: str
    triggered_on: date | None
    due_on: date | None
    delivered_on: date | None
    accepted_on: date | None
    released: Fraction


@dataclass
class _Term:
    name: str
    trigger: str | None
    share: Fraction
    days: int | None
    on: date | None
    retention: bool = False


@dataclass
class _Contract:
    number: str
    amount: Fraction
    currency: str
    agreed: list[_Term]
    retention: Fraction
    until: date | None
    delivered: dict[str, date] = field(default_factory=dict)
    accepted: dict[str, date] = field(default_factory=dict)
    released: Fraction = Fraction(0)

    def terms(self) -> list[_Term]:
        """All, with the retention, and with one for what is not agreed."""
        found = self.agreed or ([] if self.retention == 100 else [_Term("", None, 100 - self.retention, None, None)])
        if self.retention:
            return [*found, _Term("retention", "warranty_end", self.retention, 0, None, retention=True)]
        return found

    def amounts(self) -> list[Fraction]:
        """Planned amounts by place: halves of the smallest unit go up."""
        units = 10 ** MINOR_UNITS[self.currency]
        found = [
            Fraction(floor(self.amount * each.share / 100 * units + Fraction(1, 2)), units) for each in self.terms()
        ]
        if sum(each.share for each in self.terms()) == 100:
            found[-1] = self.amount - sum(found[:-1])
        return found


def contracts_at(
    entries: Iterable[Entry[Event]], account: str, as_of: datetime
) -> tuple[list[Planned], set[tuple[str, int]]]:
    """Terms in order, and flags with the sequences of their entries."""
    known = sorted((each for each in entries if each.occurred_at <= as_of), key=lambda each: each.order)
    flags: set[tuple[str, int]] = set()
    about: dict[str, list[Said]] = {}
    first: dict[str, ContractSignedV2] = {}
    for entry in known:
        event: Any = entry.event
        if isinstance(event, ContractSignedV2) and event.account_id == account:
            if event.contract in first:
                flags.add(("contract_twice", entry.sequence))
            else:
                first[event.contract] = event
        elif (isinstance(event, ContractAmended | AcceptanceConfirmed) and event.account_id == account) or (
            isinstance(event, RetentionReleased) and entry.subject == f"account/{account}"
        ):
            about.setdefault(event.contract, []).append((entry.sequence, event))
    flags |= {("unknown_contract", place) for number in about.keys() - first.keys() for place, _ in about[number]}
    found: list[Planned] = []
    for number, said in sorted(first.items()):
        contract = _Contract(
            number,
            Fraction(said.amount),
            said.currency,
            _read(said.terms),
            Fraction(said.retention_percent),
            said.retention_until,
        )
        for place, event in about.get(number, ()):
            flags |= {(flag, place) for flag in _carry_out(contract, event)}
        found += _planned(contract)
    return found, flags


def _read(terms: Iterable[Any]) -> list[_Term]:
    return [_Term(each.term, each.trigger, Fraction(each.share), each.days, each.on) for each in terms]


def _carry_out(contract: _Contract, event: Any) -> Iterable[str]:
    if isinstance(event, ContractAmended):
        if event.amount is not None and event.currency is not None:
            if contract.currency != event.currency:
                contract.released = Fraction(0)
            contract.amount, contract.currency = Fraction(event.amount), event.currency
        if event.terms is not None:
            contract.agreed = _read(event.terms)
        if event.retention_percent is not None:
            contract.retention = Fraction(event.retention_percent)
        contract.until = event.retention_until or contract.until
        if sum(each.share for each in contract.terms()) != 100:
            yield "shares_not_whole"
    elif isinstance(event, AcceptanceConfirmed):
        names = [each.name for each in contract.terms()]
        if event.term is not None and event.term not in names:
            yield "unknown_term"
            return
        for days, day, trigger in (
            (contract.delivered, event.delivered_on, "delivery"),
            (contract.accepted, event.accepted_on, "acceptance"),
        ):
            waiting = [each.name for each in contract.terms() if each.trigger == trigger and each.name not in days]
            for name in waiting if event.term is None else [event.term]:
                if day is not None:
                    days[name] = day
    elif event.currency != contract.currency:
        yield "wrong_currency"
    else:
        kept = contract.amounts()[-1] if contract.retention else Fraction(0)
        if event.amount > kept - contract.released:
            yield "over_released"
        contract.released = max(contract.released, min(contract.released + Fraction(event.amount), kept))


def _planned(contract: _Contract) -> Iterable[Planned]:
    for place, (term, amount) in enumerate(zip(contract.terms(), contract.amounts(), strict=True), 1):
        day = {
            "delivery": contract.delivered.get(term.name),
            "acceptance": contract.accepted.get(term.name),
            "warranty_end": contract.until,
            "date": term.on,
        }.get(term.trigger or "")
        days = 0 if term.trigger == "date" and term.days is None else term.days
        yield Planned(
            contract.number,
            place,
            term.name,
            term.retention,
            amount,
            contract.amount,
            contract.currency,
            day,
            None if day is None or days is None else day + timedelta(days),
            contract.delivered.get(term.name),
            contract.accepted.get(term.name),
            contract.released if term.retention else Fraction(0),
        )
