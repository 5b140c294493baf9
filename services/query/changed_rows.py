"""Rows of reports that say of one deal, invoice, document or movement what is known of it, and how they changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.ledger.journal import Connection, Row
from services.query.ageing import open_item
from services.query.pipeline import standing
from services.query.shapes import OpenItem, PipelineDeal
from services.query.times import Moment
from services.query.ways import Way, ways
from services.sql import queries

_SQL = queries("services.query", "changes.sql")

Report = Literal["pipeline", "receivables", "funnel", "ageing"]
OPEN = ("open", "on_hold")


@dataclass(frozen=True, slots=True)
class Between:
    """The instant that is reported on, and the two states of knowledge."""

    as_of: datetime
    from_known: int
    to_known: int

    @property
    def before(self) -> Moment:
        """As it was known at first."""
        return Moment(self.as_of, self.from_known)

    @property
    def after(self) -> Moment:
        """As it was known in the end."""
        return Moment(self.as_of, self.to_known)


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of a report that differs."""

    report: Report
    key: dict[str, Any]
    before: Any
    after: Any
    causes: Iterable[int]


@dataclass(frozen=True, slots=True)
class Unapplied:
    """The part of a payment or credit note that paid nothing."""

    currency: str
    kind: str
    amount: str


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of the ledger balance."""

    currency: str
    amount: str


async def pipeline(connection: Connection, between: Between) -> list[Changed]:
    """Deals that are open or on hold in one of the two states, and stand otherwise in the other."""

    def says(row: Row) -> PipelineDeal | None:
        return standing(row) if row["status"] in OPEN else None

    found = [
        Changed("pipeline", {"deal": way.either["deal"]}, way.before, way.after, way.causes)
        for way in await deals(connection, between, says)
    ]
    return sorted(found, key=lambda each: str(each.key["deal"]))


async def receivables(connection: Connection, between: Between) -> list[Changed]:
    """Invoices that are open in one of the two states, and owed otherwise in the other."""
    found = [
        Changed(
            "receivables",
            {"account": way.either["account"], "invoice": way.either["invoice"]},
            way.before,
            way.after,
            way.causes,
        )
        for way in await items(connection, between)
    ]
    return sorted(found, key=lambda each: (each.key["account"], each.key["invoice"]))


async def deals(
    connection: Connection, between: Between, says: Callable[[Row], PipelineDeal | None]
) -> list[Way[PipelineDeal]]:
    """Deals of which `says` says something else."""
    rows = await _versions(connection, "deals", between)
    return ways(rows, lambda row: row["deal"], says, between.from_known, between.to_known)


async def items(connection: Connection, between: Between) -> list[Way[OpenItem]]:
    """Open invoices."""
    rows = await _versions(connection, "items", between)
    return ways(rows, lambda row: (row["account"], row["invoice"]), open_item, between.from_known, between.to_known)


async def unapplied(connection: Connection, between: Between) -> list[Way[Unapplied]]:
    """Payments and credit notes, as far as they pay nothing."""

    def says(row: Row) -> Unapplied:
        return Unapplied(row["currency"], row["kind"], str(row["amount"]))

    rows = await _versions(connection, "unapplied", between)
    return ways(rows, lambda row: (row["account"], row["document"]), says, between.from_known, between.to_known)


async def movements(connection: Connection, between: Between) -> list[Way[Movement]]:
    """Movements of the ledger balance."""

    def says(row: Row) -> Movement:
        return Movement(row["currency"], str(row["amount"]))

    rows = await _versions(connection, "movements", between)
    return ways(rows, lambda row: (row["account"], row["entry"]), says, between.from_known, between.to_known)


async def _versions(connection: Connection, name: str, between: Between) -> Sequence[Row]:
    return await connection.fetch(_SQL[name], between.as_of, between.from_known, between.to_known)
