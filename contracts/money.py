"""Money: a decimal string and an ISO 4217 currency, never a float."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, PlainSerializer, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from contracts.problems import fault

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
    "YER ZAR ZMW ZWG"
)
MINOR_UNITS: dict[str, int] = (
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0)
    | dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
    | dict.fromkeys("CLF UYW".split(), 4)
)
"""Digits after the point for each active ISO 4217 currency (list one, without metals and test codes)."""


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


def _currency(value: Any) -> str:
    if not isinstance(value, str) or value not in MINOR_UNITS:
        raise PydanticCustomError(
            "currency", "not an active ISO 4217 currency code such as CNY: {value}", {"value": str(value)[:40]}
        )
    return value


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
    def _amounts_fit_the_currency(self) -> Self:
        values = self.__dict__
        currency = values.get("currency")
        if "amount" in values and (values["amount"] is None) != (currency is None):
            absent = "currency" if currency is None else "amount"
            raise fault(((absent,), "is missing: amount and currency are given together"))
        if currency is not None:
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
