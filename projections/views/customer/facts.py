"""Facts about an account: what an entry gives replaces what was known of it, from the entry's time on."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

from contracts.events.customer import AccountProfiled, AccountRegistered
from contracts.types.identifiers import LongText
from projections.views.customer.rows import FactRow

Facts = AccountRegistered | AccountProfiled

NAMES: tuple[str, ...] = get_args(get_type_hints(FactRow)["fact"])
"""Names of all facts, as the events' fields have them."""


def given(event: Facts) -> Iterator[str]:
    """Names of the facts that an entry gives; an empty list is given, too."""
    values = event.__dict__
    return (name for name in _fields(type(event)) if values[name] is not None)


def told(event: Facts, name: str) -> tuple[str, str | None]:
    """A fact as text, and the value by which accounts can be grouped: None for lists and long texts."""
    value: Any = getattr(event, name)
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False), None
    return str(value), None if name in _long(type(event)) else str(value)


@cache
def _fields(cls: type[Facts]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name in cls.model_fields)


@cache
def _long(cls: type[Facts]) -> frozenset[str]:
    hints = get_type_hints(cls, include_extras=True)
    return frozenset(name for name in _fields(cls) if hints[name] == LongText | None)
