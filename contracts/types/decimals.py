"""Decimals that are not money: shares in per cent, rates, and figures that are aimed at. Text, never a float."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_PERCENT = re.compile(r"(0|[1-9][0-9]?)(\.[0-9]{1,4})?|100(\.0{1,4})?")
_DAILY_RATE = re.compile(r"0(\.[0-9]{1,6})?")
_FIGURE = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")


def _reader(pattern: re.Pattern[str], says: str) -> Callable[[Any], Decimal]:
    def read(value: Any) -> Decimal:
        text = format(value, "f") if isinstance(value, Decimal) else value
        if not isinstance(text, str) or not pattern.fullmatch(text):
            raise PydanticCustomError("decimal", "{says}", {"says": f"must be {says}"})
        return Decimal(text)

    return read


_AsText = PlainSerializer(str, return_type=str)

Percent = Annotated[
    Decimal,
    PlainValidator(_reader(_PERCENT, 'text from "0" to "100" with up to four decimals, as "33.3333"')),
    _AsText,
    WithJsonSchema({"type": "string", "pattern": f"^({_PERCENT.pattern})$"}),
]
"""Share in per cent, 0 to 100. Four places, so that a third of a million keeps its units."""

DailyRate = Annotated[
    Decimal,
    PlainValidator(_reader(_DAILY_RATE, 'text, less than "1" with up to six decimals, as "0.0005"')),
    _AsText,
    WithJsonSchema({"type": "string", "pattern": f"^{_DAILY_RATE.pattern}$"}),
]
"""Share of a sum that one day of delay costs: 0.0005 is five ten-thousandths, as in Order 802, article 17."""

Figure = Annotated[
    Decimal,
    PlainValidator(_reader(_FIGURE, "text of up to 15 digits and up to 4 decimals, no sign, no leading zero")),
    _AsText,
    WithJsonSchema({"type": "string", "pattern": f"^{_FIGURE.pattern}$"}),
]
"""Number of whatever is measured: a count, days, a rate, or an amount whose currency stands beside it."""
