"""Rules of intake: what it asks of an event beyond its contract. What is recorded is never held to them.

They may be tightened at any time. Texts must show something and hold no noncharacters, so that people and programs can
tell one from another and hand it on; a currency must have been in use at the time of the event.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contracts.events import Event
from contracts.events.correction import EventCorrected
from contracts.rules.refusals import Problem
from contracts.types.currencies import BOUNDED, out_of_use
from contracts.types.references import reference_key

_TEXTS = ("actor", "department")
"""Attributes that hold text of people; the others are ASCII without blanks at their ends."""

_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef" + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)) + "]"
)

_PERHAPS_BLANK = re.compile(
    rb'"(?:[ \\]|\xc2[\x85\xa0\xad]|\xcd\x8f|\xd8\x9c|\xe1(?:\x85|\x9a\x80|[\x9e\xa0])|\xe2[\x80\x81\xa0]'
    rb"|\xe3(?:\x80\x80|\x85\xa4)|\xef(?:[\xb8\xbf]|\xbb\xbf|\xbe\xa0)|\xf0[\x93\x96\x9b\x9d]|\xf3\xa0)"
)
"""Bytes of a canonical event in which a text begins with a blank or invisible character (UTF-8)."""


def let_in(stored: bytes, occurred_at: datetime, event: Event) -> bool:
    """Tell at little cost if intake surely accepts an event that is no correction."""
    currency = event.__dict__.get("currency")
    if currency in BOUNDED and out_of_use(currency, occurred_at) is not None:
        return False
    if stored.isascii():
        return not (b'" ' in stored or b'"\\' in stored)
    # All noncharacters hold one of these pairs. A search for one byte takes half of what one for two takes.
    if b"\xbf" in stored and (b"\xbf\xbe" in stored or b"\xbf\xbf" in stored):
        return False
    if b"\xb7" in stored and b"\xef\xb7" in stored:
        return False
    return _PERHAPS_BLANK.search(stored) is None


def door_problems(attributes: dict[str, Any], occurred_at: datetime, event: Event) -> list[Problem]:
    """Objections of intake to an event that its contract allows. `attributes` as they were sent, with the data."""
    found = [
        Problem(".".join(path), reason, "invalid")
        for name in (*_TEXTS, "data")
        for path, reason in _texts(attributes.get(name), (name,))
    ]
    data, at, path = attributes.get("data"), occurred_at, "data"
    if type(event) is EventCorrected:
        data, at, path = event.replacement.data, event.replacement.time.at, "data.replacement.data"
    currency = data.get("currency") if isinstance(data, dict) else None
    if isinstance(currency, str) and (reason := out_of_use(currency, at)) is not None:
        found.append(Problem(f"{path}.currency", f"must be {reason}", "invalid"))
    return found


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _texts(each, (*path, str(place)))
    elif isinstance(value, str):
        if (noncharacter := _NONCHARACTER.search(value)) is not None:
            yield path, f"holds U+{ord(noncharacter[0]):04X}, which stands for no character"
        elif value and not reference_key(value):
            yield path, "must show something: it holds blanks and invisible characters alone"
