"""The envelope: CloudEvents 1.0 (JSON format, HTTP protocol binding, batches), read strictly.

A `CloudEvent` is an event that may be recorded. Its `canonical` bytes are what the stream stores, what is hashed
and what two sendings are compared by; they are the same for the structured and the binary mode.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Annotated, Any, Literal
from urllib.parse import unquote_to_bytes

from pydantic import BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from contracts.canonical import NotCanonical, canonical, canonical_text, read_json
from contracts.events import EVENTS, Event, PlaybookPublished, Registry, UnknownType
from contracts.events.event import Data
from contracts.identifiers import EventId, Person, ShortText, SourceName, Subject, split_subject
from contracts.problems import Problem, Refused, problems_of
from contracts.times import INSTANT_SCHEMA, read_instant

__all__ = [
    "ABOUT_THE_SENDING",
    "MAX_BATCH",
    "MAX_BATCH_BYTES",
    "MAX_EVENT_BYTES",
    "MAX_SENT_BYTES",
    "Attributes",
    "CloudEvent",
    "Problem",
    "Refused",
    "is_json",
    "outward",
    "problems_of",
    "read_batch",
    "read_binary",
    "read_event",
    "read_recorded",
    "read_time",
]

MAX_EVENT_BYTES = 48 * 1024
"""The largest event, in canonical bytes."""
MAX_SENT_BYTES = 8 * MAX_EVENT_BYTES
"""The largest event as sent: escapes and white space may make it longer than its canonical form."""
MAX_BATCH = 1000
"""The most events in one batch."""
MAX_BATCH_BYTES = 8 * 1024 * 1024
"""The largest batch as sent."""


def _time(value: Any) -> tuple[datetime, str]:
    if not isinstance(value, str):
        raise PydanticCustomError("time", "must be a time with offset, as text")
    try:
        return read_instant(value)
    except ValueError as error:
        raise PydanticCustomError("time", "{reason}", {"reason": str(error)}) from None


class Attributes(Data):
    """The context attributes that an event may carry, beside those about its sending."""

    specversion: Literal["1.0"]
    """Version of CloudEvents."""
    id: EventId
    """Names the event for ever, together with `source`."""
    source: SourceName
    """The emitting system, by the name under which it was added."""
    type: str
    """What happened, with the version of its contract."""
    subject: Subject
    """What it is about."""
    time: Annotated[tuple[datetime, str], BeforeValidator(_time), WithJsonSchema(INSTANT_SCHEMA)]
    """When it happened in the world."""
    actor: Person | None = None
    """Who did it or says it."""
    department: ShortText | None = None
    """The department that the actor acted for."""
    correlationid: EventId | None = None
    """Names the business process that several events belong to."""
    causationid: EventId | None = None
    """Id of the event or command that led to this one."""


ABOUT_THE_SENDING = (
    "datacontenttype",
    "dataschema",
    "traceparent",
    "tracestate",
    "sequence",
    "recordedtime",
)
"""Attributes about the sending, not the fact (the last two are what `outward` adds): read, and left out of the
canonical form."""


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """An event as it may be recorded."""

    source: str
    id: str
    type: str
    subject: str
    occurred_at: datetime
    """The CloudEvents `time`, to the microsecond, in UTC; `canonical` keeps the sender's offset and digits."""
    actor: str | None
    event: Event
    canonical: bytes

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id): the event's name for ever."""
        return self.source, self.id


def read_event(raw: bytes | Mapping[str, Any], registry: Registry = EVENTS) -> CloudEvent:
    """One event in structured mode. Raises Refused, naming every field at fault."""
    if isinstance(raw, bytes):
        return _read(_parsed(raw, MAX_SENT_BYTES), registry)
    try:
        return _read(read_json(canonical(dict(raw))), registry)
    except (NotCanonical, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Problem("", str(error), "unreadable")) from None


def read_batch(raw: bytes, registry: Registry = EVENTS) -> list[CloudEvent]:
    """The events of one `application/cloudevents-batch+json` body, in order.

    Raises Refused, naming the index of every event at fault and its fields; none is then to be recorded.
    """
    events = _parsed(raw, MAX_BATCH_BYTES)
    if not isinstance(events, list):
        raise Refused(Problem("", "a batch is a JSON list of events", "unreadable"))
    if len(events) > MAX_BATCH:
        raise Refused(Problem("", f"{len(events)} events; a batch has at most {MAX_BATCH}", "too_large"))
    read: list[CloudEvent] = []
    found: list[Problem] = []
    for index, each in enumerate(events):
        try:
            read.append(_read(each, registry))
        except Refused as refused:
            found += [Problem(one.field, one.reason, one.kind, index) for one in refused.problems]
    if found:
        raise Refused(*found)
    return read


def read_binary(headers: Mapping[str, str], body: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """One event in the HTTP binary mode: attributes in `ce-` headers (lower-case names), data in the body.

    Raises Refused, naming every field at fault.
    """
    attributes: dict[str, Any] = {}
    found: list[Problem] = []
    for name, value in headers.items():
        if name.startswith("ce-"):
            try:
                attributes[name[3:]] = _header(value)
            except ValueError as error:
                found.append(Problem(name[3:], str(error), "invalid"))
    if "data" in attributes:
        found.append(Problem("data", "in binary mode the data is the body", "invalid"))
    if not is_json(headers.get("content-type", "application/json")):
        found.append(Problem("datacontenttype", "data is application/json in UTF-8", "invalid"))
    if found:
        raise Refused(*found)
    return _read(attributes | {"data": _parsed(body, MAX_SENT_BYTES, "data")}, registry)


def read_recorded(stored: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """An event from the stream: as `read_event`, and the bytes must be its canonical form. Raises Refused."""
    event = read_event(stored, registry)
    if event.canonical != stored:
        raise Refused(Problem("", "not in canonical form; send it through intake", "unreadable"))
    return event


def outward(stored: bytes, sequence: int, recorded_at: datetime) -> bytes:
    """The CloudEvent that the ledger hands out for an entry: as stored, and where and when it was recorded.

    `recordedtime` is in UTC. `sequence` is text of twenty digits, because the CloudEvents extension of that name
    asks for text that sorts. Sending the result to intake again gives the stored bytes.
    """
    at = recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return stored[:-1] + f',"recordedtime":"{at}","sequence":"{sequence:020d}"}}'.encode()


def read_time(text: str) -> tuple[datetime, str]:
    """An RFC 3339 time with offset: (instant in UTC to the microsecond, canonical text). Raises Refused."""
    try:
        return read_instant(text)
    except ValueError as error:
        raise Refused(Problem("time", str(error), "invalid")) from None


def is_json(content_type: Any) -> bool:
    """Whether a content type means JSON in UTF-8."""
    if not isinstance(content_type, str):
        return False
    media, _, parameters = content_type.lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    return media.strip() == "application/json" and charset in ("", "charset=utf-8")


def _parsed(raw: bytes, most: int, field: str = "") -> Any:
    if len(raw) > most:
        raise Refused(Problem(field, f"{len(raw)} bytes; at most {most} are read", "too_large"))
    try:
        return read_json(raw)
    except NotCanonical as error:
        raise Refused(Problem(field, str(error), "unreadable")) from None


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def _header(value: str) -> str:
    """A header's value by the HTTP protocol binding, 3.1.3.2: unquoted if quoted, then percent-decoded once."""
    text = value.strip(" \t")
    if quoted := _QUOTED.fullmatch(text):
        text = re.sub(r"\\(.)", r"\1", quoted[1])
    if not text.isascii():
        raise ValueError("a header holds ASCII; write other characters as percent-encoded UTF-8")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("its percent-encoding is not UTF-8") from None


def _read(attributes: Any, registry: Registry) -> CloudEvent:
    """The event of parsed attributes. Every fault is looked for before any is raised."""
    if not isinstance(attributes, dict):
        raise Refused(Problem("", "an event is a JSON object", "unreadable"))
    found: list[Problem] = []
    # By the JSON format, 2.2: an attribute that is null is as good as absent.
    given = {name: value for name, value in attributes.items() if value is not None}
    data = given.pop("data", None)
    if not is_json(given.get("datacontenttype", "application/json")):
        found.append(Problem("datacontenttype", "data is application/json in UTF-8", "invalid"))
    for name in ABOUT_THE_SENDING:
        given.pop(name, None)
    if given.pop("data_base64", None) is not None:
        found.append(Problem("data_base64", "data is JSON, in `data`", "invalid"))
    head = None
    try:
        head = Attributes.model_validate(given)
    except ValidationError as error:
        found += problems_of(error)
    cls = _class(given.get("type"), registry, found)
    if head is not None and cls is not None and (kind := split_subject(head.subject)[0]) not in cls.subjects:
        expected = " or ".join(f"{each}/<id>" for each in sorted(cls.subjects))
        found.append(Problem("subject", f"{cls.event_name()} is about {expected}, not {kind}", "invalid"))
    event, said = _data(data, cls, registry, found)
    if found or head is None or event is None:
        raise Refused(*found)
    stored = _compose(head, said)
    if len(stored) > MAX_EVENT_BYTES:
        raise Refused(_too_large(len(stored)))
    if isinstance(event, PlaybookPublished) and head.subject != f"playbook/{event.playbook.key}":
        raise Refused(Problem("subject", f"the playbook's key is {event.playbook.key}", "invalid"))
    return CloudEvent(head.source, head.id, head.type, head.subject, head.time[0], head.actor, event, stored)


def _class(type_: Any, registry: Registry, found: list[Problem]) -> type[Event] | None:
    if isinstance(type_, str):
        try:
            return registry.get(type_)
        except UnknownType:
            found.append(Problem("type", f"unknown event type {type_[:80]!r}", "unknown_type"))
    return None


def _data(data: Any, cls: type[Event] | None, registry: Registry, found: list[Problem]) -> tuple[Event | None, str]:
    if not isinstance(data, dict):
        found.append(Problem("data", "is missing" if data is None else "data is a JSON object", "invalid"))
        return None, ""
    text = canonical_text(data)
    if len(text) > MAX_EVENT_BYTES:
        found.append(_too_large(len(text.encode())))
    elif cls is not None:
        try:
            return registry.read(cls.type, text), text
        except ValidationError as error:
            found += problems_of(error, "data")
    return None, text


def _too_large(size: int) -> Problem:
    return Problem("", f"{size} bytes in canonical form; an event has at most {MAX_EVENT_BYTES}", "too_large")


def _compose(head: Attributes, data: str) -> bytes:
    """`canonical` of the whole event, from the canonical text of its data: the keys stand in sorted order."""
    text = "{"
    if head.actor is not None:
        text += f'"actor":{encode_basestring(head.actor)},'
    if head.causationid is not None:
        text += f'"causationid":{encode_basestring(head.causationid)},'
    if head.correlationid is not None:
        text += f'"correlationid":{encode_basestring(head.correlationid)},'
    text += f'"data":{data},'
    if head.department is not None:
        text += f'"department":{encode_basestring(head.department)},'
    return (
        f'{text}"id":{encode_basestring(head.id)},"source":"{head.source}","specversion":"1.0",'
        f'"subject":"{head.subject}","time":"{head.time[1]}","type":"{head.type}"}}'
    ).encode()
