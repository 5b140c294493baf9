"""Contracts, their payment terms, and the rows that show them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from contracts.events.receivables import ContractSignedV2, PaymentTermV2
from contracts.types.money import in_units
from contracts.types.references import reference_key
from projections.replay.entry import FOREVER
from projections.replay.view import RowKey
from projections.views.receivables.contract_rows import ContractTermRow, Trigger
from projections.views.receivables.shown import Shown

WHOLE = Decimal(100)
RETENTION = "retention"
"""Name of the term that is kept back."""


@dataclass(frozen=True, slots=True)
class Term:
    """A payment term as the contract says it."""

    name: str
    """Without characters that nobody sees."""
    trigger: Trigger | None
    share: Decimal
    days: int | None = None
    on: date | None = None
    retention: bool = False


@dataclass(slots=True)
class Contract:
    """A contract as it stands: signed, amended, delivered, accepted."""

    key: str
    deal: str
    signed: ContractSignedV2
    signed_at: datetime
    amount: Decimal
    currency: str
    agreed: Sequence[PaymentTermV2]
    retention_percent: Decimal
    retention_until: date | None
    released: Decimal
    delivered: dict[str, date] = field(default_factory=dict)
    """By the name of the term."""
    accepted: dict[str, date] = field(default_factory=dict)
    places: list["PlannedTerm"] = field(default_factory=list)
    """Places of terms that the contract has, or had."""
    terms: list[Term] = field(default_factory=list)
    planned: list[Decimal] = field(default_factory=list)
    """Amounts of the terms."""

    def plan(self) -> None:
        """Work out terms and amounts anew. The last takes what rounding leaves if the shares add up to 100."""
        retention = self.retention_percent
        self.terms = [
            Term(reference_key(each.term), each.trigger, each.share, each.days, each.on) for each in self.agreed
        ]
        if not self.terms and retention < WHOLE:
            self.terms.append(Term("", None, WHOLE - retention))
        if retention:
            self.terms.append(Term(RETENTION, "warranty_end", retention, retention=True))
        unit = in_units(Decimal(0), self.currency)
        self.planned = [(self.amount * each.share / WHOLE).quantize(unit, ROUND_HALF_UP) for each in self.terms]
        if self.shares == WHOLE:
            self.planned[-1] += self.amount - sum(self.planned)
        self.places += [PlannedTerm(self, number) for number in range(len(self.places), len(self.terms))]

    @property
    def shares(self) -> Decimal:
        """Sum of the shares, retention included: 100, unless an amendment changed one without the other."""
        return sum((each.share for each in self.terms), Decimal(0))

    @property
    def retained(self) -> Decimal:
        """Amount that is kept back until the warranty ends."""
        return self.planned[-1] if self.terms[-1].retention else Decimal(0)

    def triggered_on(self, term: Term) -> date | None:
        """Day of the term's trigger, as far as the contract tells it."""
        match term.trigger:
            case "delivery":
                return self.delivered.get(term.name)
            case "acceptance":
                return self.accepted.get(term.name)
            case "warranty_end":
                return self.retention_until
            case "date":
                return term.on
        return None


@dataclass(slots=True)
class PlannedTerm(Shown[ContractTermRow]):
    """Place of a term in the list of its contract, and the row that shows the term there."""

    contract: Contract
    number: int
    """From 0."""

    def row_key(self, account: str, from_at: datetime) -> RowKey:
        """Key of the row that begins at an instant."""
        return RowKey(ContractTermRow, (account, self.contract.key, self.number + 1, from_at))

    def stands_as(self, shown: ContractTermRow) -> bool:
        """Tell if the term is as a row shows it."""
        return self.row(shown.account, shown.from_at, shown.entry) == shown

    def row(self, account: str, from_at: datetime, entry: int) -> ContractTermRow | None:
        """Row of the term; None where an amendment left fewer terms."""
        contract = self.contract
        if self.number >= len(contract.terms):
            return None
        term, signed = contract.terms[self.number], contract.signed
        triggered_on = contract.triggered_on(term)
        return ContractTermRow(
            account=account,
            contract=contract.key,
            place=self.number + 1,
            from_at=from_at,
            to_at=FOREVER,
            term=term.name,
            retention=term.retention,
            deal=contract.deal,
            trigger=term.trigger,
            share=term.share,
            days=term.days,
            planned=contract.planned[self.number],
            currency=contract.currency,
            contract_amount=contract.amount,
            triggered_on=triggered_on,
            due_on=_due_on(triggered_on, term),
            signed_at=contract.signed_at,
            delivered_on=contract.delivered.get(term.name),
            accepted_on=contract.accepted.get(term.name),
            released=contract.released if term.retention else in_units(Decimal(0), contract.currency),
            sme_declared=signed.sme_declared,
            buyer_kind=signed.buyer_kind,
            late_rate_per_day=signed.late_rate_per_day,
            entry=entry,
        )


def _due_on(triggered_on: date | None, term: Term) -> date | None:
    """The last day on which payment is in time; None while it is not known, and where the calendar ends before it."""
    days = 0 if term.days is None and (term.retention or term.trigger == "date") else term.days
    if triggered_on is None or days is None or (date.max - triggered_on).days <= days:
        return None
    return triggered_on + timedelta(days)
