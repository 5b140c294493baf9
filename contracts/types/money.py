"""Money: a decimal string and an ISO 4217 currency, never a float."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from contracts.rules.leniency import RECORDED
from contracts.rules.refusals import fault
from contracts.types.currencies import MINOR_UNITS

__all__ = ["MINOR_UNITS", "Amount", "Currency", "Monetary", "PositiveAmount", "in_units"]

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")
_CODE = re.compile(r"[A-Z]{3}")
_UNITS = [Decimal(1).scaleb(-digits) for digits in range(5)]


def in_units(amount: Decimal, currency: str) -> Decimal:
    """The amount with all the decimals of its currency, so that equal amounts read alike however they were sent.

    It never loses any. A currency that this version does not know, as a ledger may hold, has two.
    """
    found = amount.quantize(_UNITS[MINOR_UNITS.get(currency, 2)])
    return found if found == amount else amount.normalize()


def _amount(value: Any) -> Decimal:
    text = format(value, "f") if isinstance(value, Decimal) else value
    if not isinstance(text, str):
        raise PydanticCustomError("money", 'an amount is a decimal string such as "1200.00", not a number')
    if not _AMOUNT.fullmatch(text):
        raise PydanticCustomError(
            "money",
            "an amount has up to 15 digits and up to 4 decimals, no sign, no leading zero: {value}",
            {"value": text[:40]},
        )
    return Decimal(text)


def _positive(value: Any) -> Decimal:
    amount = _amount(value)
    if not amount:
        raise PydanticCustomError("money", "must be more than 0")
    return amount


def _currency(value: Any, info: ValidationInfo) -> str:
    if isinstance(value, str):
        if value in MINOR_UNITS:
            return value
        if info.context is RECORDED and _CODE.fullmatch(value):
            return value
    raise PydanticCustomError(
        "currency", "not an ISO 4217 currency code such as CNY: {value}", {"value": str(value)[:40]}
    )


_AmountAsText = PlainSerializer(str, return_type=str)

Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    _AmountAsText,
    WithJsonSchema({"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}),
]
"""Zero or more, in units of the currency beside it."""

PositiveAmount = Annotated[
    Decimal,
    PlainValidator(_positive),
    _AmountAsText,
    WithJsonSchema({"type": "string", "pattern": rf"^(?!0(\.0+)?$){_AMOUNT.pattern}$"}),
]
"""More than zero, in units of the currency beside it."""

Currency = Annotated[str, PlainValidator(_currency), WithJsonSchema({"type": "string", "enum": sorted(MINOR_UNITS)})]


class Monetary(BaseModel):
    """Mixin for data with a `currency`: its amounts have no more decimals than the currency allows."""

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self, info: ValidationInfo) -> Self:
        values = self.__dict__
        currency = values.get("currency")
        if "amount" in values and (values["amount"] is None) != (currency is None):
            absent = "currency" if currency is None else "amount"
            raise fault(((absent,), "is missing: amount and currency are given together"))
        if currency is not None and info.context is not RECORDED:
            digits = MINOR_UNITS[currency]
            found = [
                (path, f"{each} has more than the {digits} decimals of {currency}")
                for path, each in _amounts(values)
                if -int(each.as_tuple().exponent) > digits
            ]
            if found:
                raise fault(*found)
        return self


def _amounts(values: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Decimal]]:
    for name, value in values.items():
        if isinstance(value, Decimal):
            yield (name,), value
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if isinstance(each, BaseModel):
                    for path, amount in _amounts(each.__dict__):
                        yield (name, index, *path), amount
