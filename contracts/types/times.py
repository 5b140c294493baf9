"""Instants and days as text: RFC 3339 with offset, and calendar days. Read strictly, written in one way."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from contracts.rules.refusals import PATTERN_WORDS

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
_OFFSET = r"[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]"
_INSTANT = re.compile(rf"({_DAY})[Tt]({_CLOCK})(?:\.([0-9]{{1,9}}))?([Zz]|{_OFFSET})")
_CALENDAR_DAY = re.compile(_DAY)
FIRST_YEAR, LAST_YEAR = 2, 9998
"""Programs send the first and the last moment of the calendar when they mean none, and databases keep them as minus
and plus infinity. Nothing within a day of them can be told in every time zone either."""


def read_instant(text: str) -> tuple[datetime, str]:
    """An RFC 3339 time with offset: (instant in UTC to the microsecond, canonical text). Raises ValueError.

    Canonical: upper-case letters, `Z` for a zero offset, up to nine decimals without trailing zeros.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(f"must be a time with offset such as 2026-03-31T09:30:00+08:00, not {text[:40]!r}")
    day, clock, decimals, offset = match.groups()
    fraction = f".{decimals}".rstrip("0").rstrip(".") if decimals else ""
    if offset in ("z", "Z") or offset[1:] == "00:00":
        offset = "Z"
    canonical = f"{day}T{clock}{fraction}{offset}"
    try:
        local = datetime.fromisoformat(f"{day}T{clock}{fraction[:7].ljust(7, '0')}{offset}" if fraction else canonical)
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such time: {text[:40]}") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"stands for no time at all: {text[:40]}")
    return instant, canonical


def nanoseconds_of(canonical: str) -> int:
    """The nanoseconds of a canonical time beyond its microsecond, 0 to 999."""
    if len(canonical) < _SHORTEST_WITH_NANOSECONDS or not canonical[20:27].isdigit():
        return 0
    match = _INSTANT.fullmatch(canonical)
    assert match is not None, canonical
    return int(match[3][6:].ljust(3, "0"))


_SHORTEST_WITH_NANOSECONDS = len("2026-03-31T09:30:00.1234567Z")


class ExactInstant(NamedTuple):
    """An instant as exactly as it was sent. It sorts by its time."""

    at: datetime
    """To the microsecond, in UTC."""
    nanoseconds: int = 0
    """Beyond that, 0 to 999."""

    def __str__(self) -> str:
        """Write the time in UTC, in canonical form."""
        return f"{self.at.replace(tzinfo=None).isoformat(timespec='microseconds')}{self.nanoseconds:03}Z"


def _exact_instant(value: Any) -> ExactInstant:
    if isinstance(value, ExactInstant):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("time", "must be a time with offset, as text")
    try:
        at, text = read_instant(value)
    except ValueError as error:
        raise PydanticCustomError("time", "{reason}", {"reason": str(error)}) from None
    return ExactInstant(at, nanoseconds_of(text))


def _instant(value: Any) -> datetime:
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("time", "must be a time with offset, as text")
    try:
        return read_instant(value if isinstance(value, str) else value.isoformat())[0]
    except ValueError as error:
        raise PydanticCustomError("time", "{reason}", {"reason": str(error)}) from None


def _calendar_day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    elif not isinstance(value, str) or not _CALENDAR_DAY.fullmatch(value):
        raise PydanticCustomError("day", "must be a day such as 2026-03-31")
    else:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "there is no such day: {day}", {"day": value}) from None
    if day in (date.min, date.max):
        raise PydanticCustomError("day", "stands for no day at all: {day}", {"day": day.isoformat()})
    return day


INSTANT_SCHEMA = {"type": "string", "format": "date-time", "pattern": f"^{_INSTANT.pattern}$"}

Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema(INSTANT_SCHEMA)]
"""A time with offset; kept in UTC to the microsecond."""

ExactTime = Annotated[
    ExactInstant,
    PlainValidator(_exact_instant),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(INSTANT_SCHEMA),
]
"""A time with offset by which events are put in order."""

CalendarDay = Annotated[
    date, BeforeValidator(_calendar_day), WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"})
]
"""A day of the calendar, without time or offset."""

_PERIOD = r"^[1-9][0-9]{3}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"
PATTERN_WORDS[_PERIOD] = "a year, quarter or month such as 2026, 2026-Q1 or 2026-03"

Period = Annotated[str, StringConstraints(pattern=_PERIOD)]
"""A calendar year, quarter or month in the ledger's zone: `2026`, `2026-Q1`, `2026-03`."""
