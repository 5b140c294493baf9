"""How single values are written in answers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from contracts.types.money import in_units
from projections.replay.entry import FOREVER

_RATE = Decimal("0.0001")


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, with offset."""
    return at.astimezone(UTC).isoformat()


def instant_or_none(at: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC; null for what has not happened, and for the end of what has not ended."""
    return None if at is None or at.replace(tzinfo=UTC) >= FOREVER else instant(at)


def amount(value: Decimal, currency: str) -> str:
    """A decimal string with the decimals of its currency."""
    return f"{in_units(value, currency):f}"


def amount_or_none(value: Decimal | None, currency: str | None) -> str | None:
    """Write an amount with the decimals of its currency; null when there is no amount or no currency."""
    return None if value is None or currency is None else amount(value, currency)


@lru_cache(1000)
def rate(value: Decimal) -> str:
    """A decimal string with four decimals."""
    return str(value.quantize(_RATE))


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, datetime):
        return instant_or_none(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """All columns of a row: probabilities are rates, other decimals amounts in the row's currency."""
    currency = row.get("currency")
    return {name: _column(name, value, currency) for name, value in row.items()}


def _column(name: str, value: Any, currency: str | None) -> Any:
    if isinstance(value, Decimal):
        if name == "probability":
            return rate(value)
        if currency is not None:
            return amount(value, currency)
    return plain(value)
