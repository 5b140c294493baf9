"""Money: a decimal string and an ISO 4217 currency, never a float."""

import re
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

_AMOUNT = re.compile(r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$")

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
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("money", 'an amount is a decimal string such as "1200.00", not a number')
    if not _AMOUNT.match(value):
        raise PydanticCustomError(
            "money",
            "an amount has up to 15 digits and up to 4 decimals, no sign, no leading zero: {value}",
            {"value": value[:40]},
        )
    return Decimal(value)


def _currency(value: Any) -> str:
    if not isinstance(value, str) or value not in MINOR_UNITS:
        raise PydanticCustomError(
            "currency", "not an active ISO 4217 currency code such as CNY: {value}", {"value": str(value)[:40]}
        )
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT.pattern}),
]
"""Zero or more, in units of the currency beside it."""

PositiveAmount = Annotated[Amount, Field(gt=0)]

Currency = Annotated[str, BeforeValidator(_currency), WithJsonSchema({"type": "string", "enum": sorted(MINOR_UNITS)})]


class Monetary(BaseModel):
    """Mixin for data with a `currency`: its amounts have no more decimals than the currency allows."""

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        currency = getattr(self, "currency", None)
        amount = getattr(self, "amount", None)
        if (amount is None) != (currency is None) and "amount" in type(self).model_fields:
            raise PydanticCustomError("money", "amount and currency are given together or not at all")
        if currency is not None:
            digits = MINOR_UNITS[currency]
            for path, each in _amounts(self):
                exponent = each.as_tuple().exponent
                if isinstance(exponent, int) and -exponent > digits:
                    raise PydanticCustomError(
                        "money",
                        "{path} {amount} has more than the {digits} decimals of {currency}",
                        {"path": path, "amount": str(each), "digits": digits, "currency": currency},
                    )
        return self


def _amounts(model: BaseModel, prefix: str = "") -> list[tuple[str, Decimal]]:
    found: list[tuple[str, Decimal]] = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Decimal):
            found.append((prefix + name, value))
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if isinstance(each, BaseModel):
                    found += _amounts(each, f"{prefix}{name}[{index}].")
    return found
