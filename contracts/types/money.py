"""Money: a decimal string and an ISO 4217 currency, never a float."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Annotated, Any, Self, get_args, get_origin

from pydantic import BaseModel, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from contracts.rules.leniency import RECORDED
from contracts.rules.refusals import fault
from contracts.types.currencies import MINOR_UNITS

__all__ = ["MINOR_UNITS", "Amount", "Currency", "Monetary", "PositiveAmount", "in_units", "rounded", "too_fine"]

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")
_CODE = re.compile(r"[A-Z]{3}")
_UNITS = [Decimal(1).scaleb(-digits) for digits in range(5)]


def in_units(amount: Decimal, currency: str) -> Decimal:
    """The amount with all the decimals of its currency, so that equal amounts read alike however they were sent.

    It never loses any. A currency that this version does not know, as a ledger may hold, has two.
    """
    found = amount.quantize(_UNITS[MINOR_UNITS.get(currency, 2)])
    return found if found == amount else amount.normalize()


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount with the decimals of its currency, rounded half up."""
    return amount.quantize(_UNITS[MINOR_UNITS.get(currency, 2)], ROUND_HALF_UP)


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


class _Money:
    """Mark of the types that are money, to tell them from decimals that are shares or rates."""


_MONEY = _Money()

Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    _AmountAsText,
    WithJsonSchema({"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}),
    _MONEY,
]
"""Zero or more, in units of the currency beside it."""

PositiveAmount = Annotated[
    Decimal,
    PlainValidator(_positive),
    _AmountAsText,
    WithJsonSchema({"type": "string", "pattern": rf"^(?!0(\.0+)?$){_AMOUNT.pattern}$"}),
    _MONEY,
]
"""More than zero, in units of the currency beside it."""

Currency = Annotated[str, PlainValidator(_currency), WithJsonSchema({"type": "string", "enum": sorted(MINOR_UNITS)})]


class Monetary(BaseModel):
    """Mixin for data with a `currency`: a field of money is given together with it, and no amount has more decimals
    than the currency allows.
    """

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self, info: ValidationInfo) -> Self:
        values = self.__dict__
        currency = values.get("currency")
        for name in _money_fields(type(self)):
            if (values[name] is None) != (currency is None):
                absent = "currency" if currency is None else name
                raise fault(((absent,), f"is missing: {name} and currency are given together"))
        if currency is not None and info.context is not RECORDED:
            found = [
                (path, reason) for path, each in _amounts(self) if (reason := too_fine(each, currency)) is not None
            ]
            if found:
                raise fault(*found)
        return self


def too_fine(amount: Decimal, currency: str) -> str | None:
    """Reason why an amount is none of a currency; None when its decimals fit."""
    digits = MINOR_UNITS[currency]
    if -int(amount.as_tuple().exponent) <= digits:
        return None
    return f"{amount} has more than the {digits} decimals of {currency}"


def _amounts(data: BaseModel) -> Iterator[tuple[tuple[str | int, ...], Decimal]]:
    money = _money_fields(type(data))
    for name, value in data.__dict__.items():
        if name in money and value is not None:
            yield (name,), value
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if isinstance(each, BaseModel):
                    for path, amount in _amounts(each):
                        yield (name, index, *path), amount


@cache
def _money_fields(cls: type[BaseModel]) -> tuple[str, ...]:
    """Fields of a model whose value is money."""
    return tuple(
        name for name, info in cls.model_fields.items() if _MONEY in info.metadata or _is_money(info.annotation)
    )


def _is_money(annotation: Any) -> bool:
    """Tell if a type, or one of its choices, is money."""
    if get_origin(annotation) is Annotated:
        return _MONEY in annotation.__metadata__
    return get_origin(annotation) is not tuple and any(map(_is_money, get_args(annotation)))
