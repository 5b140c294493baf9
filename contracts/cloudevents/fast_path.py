"""Events read quickly, as they arrive and as they are stored: those that nothing is wrong with.

Every message is judged by intake, by the recorder and again by each verification, so this is the hottest reading there
is. It gives the event, or None when it takes a closer look: `judge` and `read_recorded` look closer and are the ones to
say what is wrong. `tests/unit/contracts/test_arriving.py` and `test_recorded.py` hold them to the same answers.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from contracts.cloudevents.cloud_event import ABOUT_THE_SENDING, MAX_EVENT_BYTES, Attributes, CloudEvent, is_json
from contracts.cloudevents.intake_rules import let_in
from contracts.events import EVENTS, Event, UnknownType
from contracts.rules.canonical import MAX_DEPTH, MAX_INTEGER, is_plain
from contracts.types.identifiers import split_subject
from contracts.types.times import nanoseconds_of, read_instant

_E = TypeVar("_E", bound=Event)

_CHECKED_FURTHER = frozenset({"correction", "policy"})
"""Families whose content is held to more than their own class."""
_STORED = (
    "actor",
    "causationid",
    "correlationid",
    "data",
    "department",
    "id",
    "source",
    "specversion",
    "subject",
    "time",
    "type",
)
"""The attributes that are stored, in canonical order."""
_KNOWN = {*_STORED, *ABOUT_THE_SENDING}


class _Stored(Attributes, Generic[_E]):
    time: str  # type: ignore[assignment]
    data: _E


def judge_quickly(attributes: Any) -> CloudEvent | None:
    """The event of attributes from a JSON text without a key twice in one object; None when it takes a closer look."""
    if attributes.__class__ is not dict or not attributes.keys() <= _KNOWN:
        return None
    given = {name: value for name in _STORED if (value := attributes.get(name)) is not None}
    data, type_ = given.get("data"), given.get("type")
    read = _reader(type_) if type_.__class__ is str else None
    if read is None or data.__class__ is not dict:
        return None
    if len(given) != len(attributes):
        if (said_to_be := attributes.get("datacontenttype")) is not None and not is_json(said_to_be):
            return None
        if not is_plain({name: value for name, value in attributes.items() if name not in given}, MAX_DEPTH - 1):
            return None
    try:
        occurred_at, given["time"] = read_instant(given["time"])
        given["data"] = _in_order(data)
        stored = to_json(given)
        if len(stored) > MAX_EVENT_BYTES or (not stored.isascii() and _beyond_bmp(stored)):
            return None
        said = read(stored)
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    event = _event(said, occurred_at, stored)
    return event if event is not None and let_in(stored, occurred_at, said.data) else None


def read_canonical(stored: bytes) -> CloudEvent | None:
    """The event of a message in canonical form, which is recognised without being written anew; None when that cannot
    be told quickly."""
    if len(stored) > MAX_EVENT_BYTES or stored.count(b"{") + stored.count(b"[") > MAX_DEPTH:
        return None
    if not stored.isascii() and _beyond_bmp(stored):
        return None
    try:
        value = from_json(stored)
        if value.__class__ is not dict or to_json(value) != stored or not _is_canonical(value):
            return None
        read = _reader(value.get("type"))
        if read is None or None in value.values():
            return None
        said = read(stored)
        occurred_at, time = read_instant(said.time)
    except (ValidationError, ValueError, TypeError):
        return None
    return _event(said, occurred_at, stored) if time == said.time else None


def _event(said: _Stored[Any], occurred_at: datetime, stored: bytes) -> CloudEvent | None:
    """The event, unless such events are about another kind of subject."""
    if split_subject(said.subject)[0] not in said.data.subjects:
        return None
    nanoseconds = nanoseconds_of(said.time)
    return CloudEvent(
        said.source,
        said.id,
        said.type,
        said.subject,
        occurred_at,
        said.actor,
        said.data,
        stored,
        nanoseconds,
        said.department,
    )


def _reader(type_: Any) -> Callable[[bytes], _Stored[Any]] | None:
    """Return the reader of stored events of a type; None for an unknown type and for one in `_CHECKED_FURTHER`."""
    try:
        cls = EVENTS.get(type_)
    except UnknownType:
        return None
    return None if cls.family in _CHECKED_FURTHER else _reader_of(cls)


@cache
def _reader_of(cls: type[Event]) -> Callable[[bytes], _Stored[Any]]:
    model = cast("type[_Stored[Any]]", _Stored[cls])  # type: ignore[valid-type]
    return TypeAdapter(model).validator.validate_json


def _beyond_bmp(text: bytes) -> bool:
    """Tell if UTF-8 holds characters by which the canonical order of keys, by UTF-16, may differ from Python's.

    They begin with one of these bytes, and no others do. Five searches take a twentieth of what a pattern takes.
    """
    return b"\xf0" in text or b"\xf1" in text or b"\xf2" in text or b"\xf3" in text or b"\xf4" in text


def _in_order(value: Any) -> Any:
    """Sorts the keys of every object. Raises ValueError for a number that not every reader keeps exactly."""
    kind = value.__class__
    if kind is dict:
        return {key: each if (each := value[key]).__class__ is str else _in_order(each) for key in sorted(value)}
    if kind is list:
        return [_in_order(each) for each in value]
    if kind is float or (kind is int and not -MAX_INTEGER <= value <= MAX_INTEGER):
        raise ValueError(value)
    return value


def _is_canonical(value: Any) -> bool:
    """Tell if keys are in order and numbers are integers that every reader keeps exactly."""
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
