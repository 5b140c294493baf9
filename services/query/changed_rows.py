"""Rows of reports that say of one deal, invoice, document or movement what is known of it, and how they changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from services.ledger.journal import Connection, Row
from services.query.ageing import open_item
from services.query.pipeline import standing
from services.query.shapes import PipelineDeal
from services.query.times import Moment
from services.query.ways import ways
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


async def pipeline(connection: Connection, between: Between) -> list[Changed]:
    """Deals that are open or on hold in one of the two states, and stand otherwise in the other."""

    def says(row: Row) -> PipelineDeal | None:
        return standing(row) if row["status"] in OPEN else None

    rows = await versions(connection, "deals", between)
    found = [
        Changed("pipeline", {"deal": way.either["deal"]}, way.before, way.after, way.causes)
        for way in ways(rows, lambda row: row["deal"], says, between.from_known, between.to_known)
    ]
    return sorted(found, key=lambda each: str(each.key["deal"]))


async def receivables(connection: Connection, between: Between) -> list[Changed]:
    """Invoices that are open in one of the two states, and owed otherwise in the other."""

    def key(row: Row) -> tuple[str, ...]:
        return row["account"], row["invoice"], row["series"]

    rows = await versions(connection, "items", between)
    found = ways(rows, key, open_item, between.from_known, between.to_known)
    return [
        Changed("receivables", _named(cast("tuple[str, ...]", way.key)), way.before, way.after, way.causes)
        for way in sorted(found, key=lambda way: cast("tuple[str, ...]", way.key))
    ]


def _named(key: tuple[str, ...]) -> dict[str, Any]:
    """What tells an invoice from others; the series of its number where it has one."""
    return {name: value for name, value in zip(("account", "invoice", "series"), key, strict=True) if value}


async def versions(connection: Connection, name: str, between: Between) -> Sequence[Row]:
    """What became known or ceased to be on the way: `deals`, `items`, `unapplied` or `movements`."""
    return await connection.fetch(_SQL[name], between.as_of, between.from_known, between.to_known)
