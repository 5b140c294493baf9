"""What the tests of receivables say: facts about accounts, in the words of the domain, and what the rows then show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from contracts.envelope import read_event
from contracts.events import EVENTS, EventCorrected, EventVoided
from projections.entry import FOREVER, Recorded
from projections.playbooks import Playbooks
from projections.receivables import ItemRow, MovementRow, UnappliedRow, receivables
from projections.replay import Change, Replay
from projections.view import FlagRow, Row, RowKey

ACCOUNT = "A"
UNIDENTIFIED = "unidentified"
_FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """Midnight UTC of the day `number` days behind 1 March 2026."""
    return _FIRST_DAY + timedelta(days=number)


@dataclass(frozen=True)
class Fact:
    """An event that a source may send."""

    name: str
    at: datetime
    data: dict[str, Any]
    account: str = ACCOUNT
    label: str | None = None

    def event(self, label: str) -> dict[str, Any]:
        """As a CloudEvent; the label becomes its id."""
        return {
            "specversion": "1.0",
            "id": self.label or label,
            "source": "billing",
            "type": f"daybook.{self.name}.v1",
            "subject": f"account/{self.account}",
            "time": self.at.isoformat(),
            "data": self.data,
        }


def invoice(
    number: str,
    amount: str,
    at: float = 0,
    due: date = date(2026, 3, 31),
    currency: str = "CNY",
    deal: str | None = None,
    account: str = ACCOUNT,
) -> Fact:
    data = {"invoice": number, "amount": amount, "currency": currency, "due_on": due.isoformat()}
    return Fact("invoice_issued", day(at), data | ({"deal_id": deal} if deal else {}), account)


def payment(
    number: str,
    amount: str,
    at: float = 1,
    pays: Mapping[str, str] | None = None,
    currency: str = "CNY",
    account: str = ACCOUNT,
) -> Fact:
    data = {"payment": number, "amount": amount, "currency": currency, "allocations": _allocations(pays)}
    return Fact("payment_received", day(at), data, account)


def credit_note(
    number: str, amount: str, at: float = 1, pays: Mapping[str, str] | None = None, currency: str = "CNY"
) -> Fact:
    data = {"credit_note": number, "amount": amount, "currency": currency, "allocations": _allocations(pays)}
    return Fact("credit_note_issued", day(at), data)


def allocation(number: str, pays: Mapping[str, str], at: float = 2, currency: str = "CNY") -> Fact:
    return Fact(
        "payment_allocated",
        day(at),
        {"payment": number, "currency": currency, "allocations": _allocations(pays)},
    )


def reversal(number: str, amount: str, at: float = 3, currency: str = "CNY", account: str = ACCOUNT) -> Fact:
    return Fact("payment_reversed", day(at), {"payment": number, "amount": amount, "currency": currency}, account)


def transfer(
    number: str, amount: str, at: float = 2, currency: str = "CNY", out_of: str = UNIDENTIFIED, into: str = ACCOUNT
) -> Fact:
    data = {"payment": number, "to_account_id": into, "amount": amount, "currency": currency}
    return Fact("payment_transferred", day(at), data, out_of)


def dispute(number: str, at: float = 2) -> Fact:
    return Fact("receivable_disputed", day(at), {"invoice": number})


def resolution(number: str, at: float = 3) -> Fact:
    return Fact("dispute_resolved", day(at), {"invoice": number})


def void(target: str, at: float = 5, account: str = ACCOUNT) -> Fact:
    data = {"target": {"source": "billing", "id": target}, "reason": "sent by mistake", "approver": "Li"}
    return Fact("event_voided", day(at), data, account)


def correction(target: str, replacement: Fact, at: float = 5) -> Fact:
    data = {
        "target": {"source": "billing", "id": target},
        "target_type": f"daybook.{replacement.name}.v1",
        "replacement": {"time": replacement.at.isoformat(), "data": replacement.data},
        "reason": "typing error",
        "approver": "Li",
    }
    return Fact("event_corrected", day(at), data, replacement.account)


def labelled(label: str, fact: Fact) -> Fact:
    """The fact with an event id of its own, for others to name."""
    return Fact(fact.name, fact.at, fact.data, fact.account, label)


def recorded(facts: Iterable[Fact]) -> list[Recorded]:
    """The facts as the journal has them, in order of arrival from sequence 1; without a label, `e<sequence>`."""
    at = datetime(2027, 1, 1, tzinfo=UTC)
    return [
        Recorded(sequence, at + timedelta(seconds=sequence), read_event(fact.event(f"e{sequence}")))
        for sequence, fact in zip(count(1), facts, strict=False)
    ]


def concerning(account: str, journal: Iterable[Recorded]) -> list[Recorded]:
    """What the account's fold is given: all that concerns it, and the corrections of that."""
    subject = f"account/{account}"
    journal = list(journal)
    mine = {
        each.said.identity
        for each in journal
        if each.said.subject == subject or subject in EVENTS.newest(each.said.event).concerns()
    }
    return [
        each
        for each in journal
        if each.said.identity in mine
        or (
            isinstance(each.said.event, EventCorrected | EventVoided)
            and (each.said.event.target.source, each.said.event.target.id) in mine
        )
    ]


@dataclass
class Ledger:
    """One account's rows, entry by entry."""

    account: str = ACCOUNT
    replay: Replay = field(init=False)
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.replay = Replay(f"account/{self.account}", [receivables])

    def take(self, each: Recorded) -> None:
        """The next entry."""
        self.changes += self.replay.take(each, Playbooks())
        assert not self.replay.stale

    @property
    def rows(self) -> dict[RowKey, Row]:
        """All rows that stand."""
        return self.replay.rows()

    def instants(self) -> list[datetime]:
        """Every instant at which something begins, ends or moves, and one before all."""
        found = {day(-1)}
        for row in self.rows.values():
            if isinstance(row, ItemRow | UnappliedRow):
                found |= {row.from_at, row.to_at}
            elif isinstance(row, MovementRow):
                found.add(row.at)
        return sorted(found - {FOREVER})

    def items(self, as_of: datetime) -> dict[str, ItemRow]:
        """By invoice."""
        rows = [each for each in self.rows.values() if isinstance(each, ItemRow) and each.from_at <= as_of < each.to_at]
        found = {each.invoice: each for each in rows}
        assert len(found) == len(rows), "two intervals of one invoice overlap"
        return found

    def unapplied(self, as_of: datetime) -> dict[str, UnappliedRow]:
        """By payment or credit note."""
        rows = [
            each for each in self.rows.values() if isinstance(each, UnappliedRow) and each.from_at <= as_of < each.to_at
        ]
        found = {each.document: each for each in rows}
        assert len(found) == len(rows), "two intervals of one document overlap"
        return found

    def balance(self, as_of: datetime) -> dict[str, Decimal]:
        """By currency: the sum of the movements, without those that come to nothing."""
        moved = (each for each in self.rows.values() if isinstance(each, MovementRow) and each.at <= as_of)
        return totals((each.currency, each.amount) for each in moved)

    def flags(self) -> set[tuple[str, int]]:
        """(flag, sequence of the entry)."""
        return {(each.flag, each.entry) for each in self.rows.values() if isinstance(each, FlagRow)}

    def assert_identity(self) -> None:
        """Open items − unapplied = balance, in every currency and at every instant."""
        for as_of in self.instants():
            owed = [(each.currency, each.open_amount) for each in self.items(as_of).values()]
            unapplied = [(each.currency, -each.amount) for each in self.unapplied(as_of).values()]
            assert totals([*owed, *unapplied]) == self.balance(as_of), as_of


def totals(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Sums by currency, without the zeros."""
    found: dict[str, Decimal] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, Decimal(0)) + amount
    return {currency: amount for currency, amount in found.items() if amount}


@dataclass
class Given:
    """Facts in order of arrival, and what they lead to."""

    facts: list[Fact]
    ledger: Ledger = field(default_factory=Ledger)

    def when(self, *facts: Fact) -> "Given":
        """More facts arrive."""
        return Given([*self.facts, *facts], self.ledger)

    def seen_by(self, account: str) -> "Given":
        """The same facts, from another account."""
        return Given(self.facts, Ledger(account))

    def then(
        self,
        *,
        owes: Mapping[str, str] | None = None,
        unapplied: Mapping[str, str] | None = None,
        flags: Iterable[str] = (),
        disputed: Iterable[str] = (),
        as_of: datetime | None = None,
    ) -> "Given":
        """Exactly these open amounts by invoice, unapplied amounts by document, and flags. The identity holds."""
        self._catch_up()
        self.ledger.assert_identity()
        moment = as_of or day(3650)
        items = self.ledger.items(moment)
        assert {number: item.open_amount for number, item in items.items()} == _amounts(owes)
        found = {number: part.amount for number, part in self.ledger.unapplied(moment).items()}
        assert found == _amounts(unapplied)
        assert {number for number, item in items.items() if item.disputed} == set(disputed)
        assert sorted(flag for flag, _ in self.ledger.flags()) == sorted(flags)
        return self

    def _catch_up(self) -> None:
        for each in concerning(self.ledger.account, recorded(self.facts))[len(self.ledger.replay) :]:
            self.ledger.take(each)


def given(*facts: Fact) -> Given:
    """What is known at first."""
    return Given(list(facts))


def _allocations(pays: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"invoice": number, "amount": amount} for number, amount in (pays or {}).items()]


def _amounts(named: Mapping[str, str] | None) -> dict[str, Decimal]:
    return {number: Decimal(amount) for number, amount in (named or {}).items()}
