"""Lines of the ageing: which differ, and the entries that changed their sums."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, cast

from services.ledger.journal import Connection, Row
from services.query.ageing import BUCKETS
from services.query.ageing import ageing as ageing_at
from services.query.changed_rows import Between, Changed, versions
from services.query.shapes import CurrencyAgeing
from services.query.sums import steps
from services.query.values import amount

_Line = tuple[str, str]
"""Currency and line."""
_Adds = Callable[[Row], Iterable[tuple[_Line, str, Decimal | int]]]


async def ageing(connection: Connection, between: Between) -> list[Changed]:
    """Lines of the ageing that differ, for each currency; what is not there yet is nothing owed."""
    causes = await _causes(connection, between)
    before = (await ageing_at(connection, between.before))["currencies"]
    after = (await ageing_at(connection, between.after))["currencies"]
    return [
        Changed("ageing", {"currency": currency, "line": line}, was, now, causes[currency, line])
        for currency in sorted({*before, *after})
        for line in CurrencyAgeing.__annotations__
        if (was := _says(before, currency, line)) != (now := _says(after, currency, line))
    ]


async def _causes(connection: Connection, between: Between) -> defaultdict[_Line, set[int]]:
    """The entries that changed each line."""
    found: defaultdict[_Line, set[int]] = defaultdict(set)
    parts: tuple[tuple[str, _Adds], ...] = (("items", _item), ("unapplied", _unapplied), ("movements", _movement))
    for name, adds in parts:
        rows = await versions(connection, name, between)
        for sequence, lines in steps(rows, adds, between.from_known, between.to_known).items():
            for line in lines:
                found[line].add(sequence)
    return found


def _item(row: Row) -> Iterable[tuple[_Line, str, Decimal | int]]:
    for line in (row["bucket"], *(("disputed",) if row["disputed"] else ())):
        yield (row["currency"], line), "items", 1
        yield (row["currency"], line), "amount", row["open_amount"]


def _unapplied(row: Row) -> Iterable[tuple[_Line, str, Decimal | int]]:
    for line in (f"unapplied_{row['kind']}", "unapplied"):
        yield (row["currency"], line), "amount", row["amount"]


def _movement(row: Row) -> Iterable[tuple[_Line, str, Decimal | int]]:
    yield (row["currency"], "balance"), "amount", row["amount"]


def _says(currencies: dict[str, CurrencyAgeing], currency: str, line: str) -> Any:
    if currency in currencies:
        return cast("dict[str, Any]", currencies[currency])[line]
    nothing = amount(Decimal(0), currency)
    return {"items": 0, "amount": nothing} if line in BUCKETS else nothing
