"""Cash of one payment over all accounts that it went to: what each of them holds, applied or not.

What a transfer or reversal moves depends on the payment's own documents alone (receipt, transfers, reversals), never on
allocations, since each takes unapplied cash first and allocations after it. So every account of the payment folds these
documents alike, and what all of them hold is what was received less what was reversed, at every instant.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Place = tuple[datetime, int, int, int]
"""(occurred_at, nanoseconds, sequence) of an entry, and a place within it."""
Pot = tuple[str, str]
"""Account and currency."""


@dataclass(frozen=True, slots=True)
class Take:
    """Order to move cash out of an account: back to the payer, or to another account of ours."""

    order: Place
    account: str
    number: str
    """The payment's reference, as the order writes it."""
    amount: Decimal
    currency: str
    into: str | None
    """Account that the cash is transferred to; None for a reversal."""

    @property
    def kind(self) -> Literal["reversal", "transfer"]:
        """Kind of the order: a reversal returns the cash to the payer, a transfer moves it to another account."""
        return "reversal" if self.into is None else "transfer"


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt that counts."""

    account: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that took effect: `changes` by account, cash that came as more than zero."""

    take: Take
    changes: dict[str, Decimal]

    @property
    def moved(self) -> Decimal:
        """Cash that was there to be taken."""
        return -sum((each for each in self.changes.values() if each < 0), Decimal(0))


Outcome = Received | Taken


@dataclass(slots=True)
class _Transfer:
    out_of: str
    into: str
    currency: str
    left: Decimal
    """Part that no reversal has taken back."""


@dataclass(slots=True)
class Cash:
    """The state of one payment."""

    received: set[str] = field(default_factory=set)
    """Accounts that have a receipt of it."""
    remittances: dict[str, str] = field(default_factory=dict)
    """Text of the payer that says what is paid, by account: of its receipt, or of where the cash came from."""
    pots: dict[Pot, Decimal] = field(default_factory=dict)
    """What each account holds, zero once all of it has left."""
    waiting: list[Take] = field(default_factory=list)
    """Orders for a pot that is not there yet, in the order in which they came."""
    _transfers: list[_Transfer] = field(default_factory=list)

    def receive(self, account: str, amount: Decimal, currency: str, remittance: str | None) -> Iterator[Outcome]:
        """Cash comes in. Nothing happens where the account has a receipt of this payment already."""
        if account in self.received:
            return
        self.received.add(account)
        if remittance is not None:
            self.remittances.setdefault(account, remittance)
        yield Received(account, amount, currency)
        yield from self._add(account, amount, currency)

    def take(self, take: Take) -> Iterator[Outcome]:
        """Cash leaves an account, up to what it holds; without a pot the order waits for one."""
        if (take.account, take.currency) not in self.pots:
            self.waiting.append(take)
        elif take.into is None:
            changes: dict[str, Decimal] = {}
            self._draw(take.account, take.currency, take.amount, changes, frozenset())
            yield Taken(take, changes)
        else:
            yield from self._transfer(take, take.into)

    def holds(self, account: str) -> bool:
        """Tell if the account has ever had cash of the payment, in any currency."""
        return any(each == account for each, _ in self.pots)

    def _transfer(self, take: Take, into: str) -> Iterator[Outcome]:
        pot = (take.account, take.currency)
        amount = min(take.amount, self.pots[pot])
        if not amount:
            yield Taken(take, {})
            return
        self.pots[pot] -= amount
        self._transfers.append(_Transfer(take.account, into, take.currency, amount))
        if take.account in self.remittances:
            self.remittances.setdefault(into, self.remittances[take.account])
        yield Taken(take, {take.account: -amount, into: amount})
        yield from self._add(into, amount, take.currency)

    def _add(self, account: str, amount: Decimal, currency: str) -> Iterator[Outcome]:
        pot = (account, currency)
        if pot in self.pots:
            self.pots[pot] += amount
            return
        self.pots[pot] = amount
        ready = [each for each in self.waiting if (each.account, each.currency) == pot]
        self.waiting = [each for each in self.waiting if (each.account, each.currency) != pot]
        for each in ready:
            yield from self.take(each)

    def _draw(
        self, account: str, currency: str, amount: Decimal, changes: dict[str, Decimal], passed: frozenset[str]
    ) -> Decimal:
        """Take cash back from an account, then from the accounts that it went on to, latest transfer first."""
        pot = (account, currency)
        taken = min(amount, self.pots[pot])
        if taken:
            self.pots[pot] -= taken
            changes[account] = changes.get(account, Decimal(0)) - taken
        passed |= {account}
        for each in reversed(self._transfers):
            if taken == amount:
                break
            if (each.out_of, each.currency) == pot and each.into not in passed:
                part = self._draw(each.into, currency, min(amount - taken, each.left), changes, passed)
                each.left -= part
                taken += part
        return taken
