"""Events as they arrive, judged quickly: those that nothing is wrong with.

It gives the event, or None when it takes a closer look: `judge` looks closer and is the one to say what is wrong.
`tests/unit/contracts/test_arriving.py` holds the two to the same answers.
"""

from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from contracts.canonical import MAX_DEPTH, MAX_INTEGER, is_plain
from contracts.cloud_event import ABOUT_THE_SENDING, MAX_EVENT_BYTES, CloudEvent, is_json
from contracts.door import let_in
from contracts.identifiers import split_subject
from contracts.pauses import Pausing, finished
from contracts.recorded import beyond_bmp, stored_reader
from contracts.times import nanoseconds_of, read_instant

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


def read_quickly(text: bytes, most: int = 1) -> Any:
    """What `read_json` gives of a text, with events, alone or in a list, already read where nothing is wrong with them.

    None when it takes a closer look, as for a list of more than `most`. That no key stands twice is told by the colons,
    as in `read_json`.
    """
    return finished(reading_quickly(text, most))


def reading_quickly(text: bytes, most: int) -> Pausing[Any]:
    """The same, with pauses."""
    try:
        value = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    several = value.__class__ is list
    if b"\\u003" in text or (several and len(value) > most):
        return None
    colons = 0
    found: list[Any] = []
    for each in value if several else (value,):
        read = _judge(each)
        if read is None:
            if not is_plain(each, MAX_DEPTH - several):
                return None
            colons += to_json(each).count(b":")
            found.append(each)
        else:
            colons += read[1]
            found.append(read[0])
        yield
    if colons != text.count(b":"):
        return None
    return found if several else found[0]


def judge_quickly(attributes: Any) -> CloudEvent | None:
    """The event of attributes that `read_json` gave; None when that cannot be told quickly."""
    read = _judge(attributes)
    return None if read is None else read[0]


def _judge(attributes: Any) -> tuple[CloudEvent, int] | None:
    """The event, and how many colons its text has at least."""
    if attributes.__class__ is not dict or not attributes.keys() <= _KNOWN:
        return None
    given = {name: value for name in _STORED if (value := attributes.get(name)) is not None}
    data, type_ = given.get("data"), given.get("type")
    read = stored_reader(type_) if type_.__class__ is str else None
    if read is None or data.__class__ is not dict:
        return None
    colons = 0
    if len(given) != len(attributes):
        if (said_to_be := attributes.get("datacontenttype")) is not None and not is_json(said_to_be):
            return None
        about = {name: value for name, value in attributes.items() if name not in given}
        if not is_plain(about, MAX_DEPTH - 1):
            return None
        colons = to_json(about).count(b":")
    try:
        sent_at = given["time"]
        occurred_at, given["time"] = read_instant(sent_at)
        given["data"] = _in_order(data)
        stored = to_json(given)
        if len(stored) > MAX_EVENT_BYTES or (not stored.isascii() and beyond_bmp(stored)):
            return None
        said = read(stored)
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    if split_subject(said.subject)[0] not in said.data.subjects or not let_in(stored, occurred_at, said.data):
        return None
    colons += stored.count(b":") + sent_at.count(":") - said.time.count(":")
    nanoseconds = nanoseconds_of(said.time)
    return (
        CloudEvent(
            said.source, said.id, said.type, said.subject, occurred_at, said.actor, said.data, stored, nanoseconds
        ),
        colons,
    )


def _in_order(value: Any) -> Any:
    """With all keys in order. Raises ValueError for a number that not every reader keeps exactly."""
    kind = value.__class__
    if kind is dict:
        return {key: each if (each := value[key]).__class__ is str else _in_order(each) for key in sorted(value)}
    if kind is list:
        return [_in_order(each) for each in value]
    if kind is float or (kind is int and not -MAX_INTEGER <= value <= MAX_INTEGER):
        raise ValueError(value)
    return value
