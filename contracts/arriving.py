"""Events as they arrive, judged quickly: those that nothing is wrong with.

It gives the event, or None when it takes a closer look: `judge` looks closer and is the one to say what is wrong.
`tests/unit/contracts/test_arriving.py` holds the two to the same answers.
"""

from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from contracts.cloud_event import ABOUT_THE_SENDING, MAX_EVENT_BYTES, CloudEvent, is_json
from contracts.identifiers import split_subject
from contracts.recorded import beyond_bmp, stored_reader
from contracts.times import read_instant

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


def judge_quickly(attributes: Any) -> CloudEvent | None:
    """The event of attributes that `read_json` gave; None when that cannot be told quickly."""
    if attributes.__class__ is not dict or not attributes.keys() <= _KNOWN:
        return None
    given = {name: value for name in _STORED if (value := attributes.get(name)) is not None}
    data, type_ = given.get("data"), given.get("type")
    read = stored_reader(type_) if type_.__class__ is str else None
    said_to_be = attributes.get("datacontenttype")
    if read is None or data.__class__ is not dict or (said_to_be is not None and not is_json(said_to_be)):
        return None
    try:
        occurred_at, given["time"] = read_instant(given["time"])
        given["data"] = _in_order(data)
        stored = to_json(given)
        if len(stored) > MAX_EVENT_BYTES or (not stored.isascii() and beyond_bmp(stored)):
            return None
        said = read(stored)
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    if split_subject(said.subject)[0] not in said.data.subjects:
        return None
    return CloudEvent(said.source, said.id, said.type, said.subject, occurred_at, said.actor, said.data, stored)


def _in_order(value: Any) -> Any:
    kind = value.__class__
    if kind is dict:
        return {key: each if (each := value[key]).__class__ is str else _in_order(each) for key in sorted(value)}
    return [_in_order(each) for each in value] if kind is list else value
