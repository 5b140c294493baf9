"""Stored events, read quickly: a message in canonical form is recognised as such without being written anew.

Every message is judged by the recorder and again by each verification, so this is the hottest reading there is. It
gives the event, or None when it takes a closer look: `read_recorded` looks closer and is the one to say what is wrong.
`tests/unit/contracts/test_recorded.py` holds the two to the same answers.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from contracts.canonical import MAX_DEPTH, MAX_INTEGER
from contracts.cloud_event import MAX_EVENT_BYTES, Attributes, CloudEvent
from contracts.events import EVENTS, Event, UnknownType
from contracts.identifiers import split_subject
from contracts.times import nanoseconds_of, read_instant

_E = TypeVar("_E", bound=Event)

_CHECKED_FURTHER = frozenset({"correction", "policy"})
"""Families whose content is held to more than their own class."""


class _Stored(Attributes, Generic[_E]):
    time: str  # type: ignore[assignment]
    data: _E


def read_canonical(stored: bytes) -> CloudEvent | None:
    """The event of a message in canonical form; None when that cannot be told quickly."""
    if len(stored) > MAX_EVENT_BYTES or stored.count(b"{") + stored.count(b"[") > MAX_DEPTH:
        return None
    if not stored.isascii() and beyond_bmp(stored):
        return None
    try:
        value = from_json(stored)
        if value.__class__ is not dict or to_json(value) != stored or not _is_canonical(value):
            return None
        read = stored_reader(value.get("type"))
        if read is None or None in value.values():
            return None
        said = read(stored)
        occurred_at, time = read_instant(said.time)
    except (ValidationError, ValueError, TypeError):
        return None
    if time != said.time or split_subject(said.subject)[0] not in said.data.subjects:
        return None
    nanoseconds = nanoseconds_of(time)
    return CloudEvent(
        said.source, said.id, said.type, said.subject, occurred_at, said.actor, said.data, stored, nanoseconds
    )


def beyond_bmp(text: bytes) -> bool:
    """Whether UTF-8 holds characters by which the canonical order of keys, by UTF-16, may differ from Python's.

    They begin with one of these bytes, and no others do. Five searches take a twentieth of what a pattern takes.
    """
    return b"\xf0" in text or b"\xf1" in text or b"\xf2" in text or b"\xf3" in text or b"\xf4" in text


def _is_canonical(value: Any) -> bool:
    """Whether keys are in order and numbers are integers that every reader keeps exactly."""
    kind = value.__class__
    if kind is dict or kind is list:
        if kind is dict and (keys := list(value)) != sorted(keys):
            return False
        for each in value.values() if kind is dict else value:
            if each.__class__ is not str and not _is_canonical(each):
                return False
        return True
    if kind is int:
        return bool(-MAX_INTEGER <= value <= MAX_INTEGER)
    return kind is str or kind is bool or value is None


def stored_reader(type_: Any) -> Callable[[bytes], _Stored[Any]] | None:
    """What reads a stored event of a type; None for an unknown type, and for those that are held to more."""
    try:
        cls = EVENTS.get(type_)
    except UnknownType:
        return None
    return None if cls.family in _CHECKED_FURTHER else _reader_of(cls)


@cache
def _reader_of(cls: type[Event]) -> Callable[[bytes], _Stored[Any]]:
    model = cast("type[_Stored[Any]]", _Stored[cls])  # type: ignore[valid-type]
    return TypeAdapter(model).validator.validate_json
