"""The envelope: CloudEvents 1.0 (JSON format, HTTP protocol binding, batches), read strictly.

A `CloudEvent` is an event that may be recorded. Its `canonical` bytes are what the stream stores, what is hashed
and what two sendings are compared by; they are the same for the structured and the binary mode.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote

from pydantic import Field, ValidationError

from contracts.canonical import NotCanonical, canonical, read_json
from contracts.events import EVENTS, Event, Registry, UnknownType
from contracts.events.event import Data
from contracts.identifiers import EventId, Person, ShortText, SourceName, Subject, split_subject

MAX_EVENT_BYTES = 48 * 1024
"""The largest event, in canonical bytes."""
MAX_BATCH = 1000
"""The most events in one batch."""

_TIME = re.compile(
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an event. `field` is a path such as `data.amount`; empty means the whole."""

    field: str
    reason: str
    kind: str
    """`unreadable`, `unknown_type`, `invalid`, `too_large`."""


class Refused(ValueError):
    """The event cannot be recorded as it is; `problems` names every fault found, with its field."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{each.field}: {each.reason}" if each.field else each.reason for each in problems))
        self.problems = problems


class _Attributes(Data):
    specversion: str = Field(pattern=r"^1\.0$")
    id: EventId
    source: SourceName
    type: str = Field(max_length=200)
    subject: Subject
    time: str
    actor: Person | None = None
    department: ShortText | None = None
    correlationid: EventId | None = None
    causationid: EventId | None = None


_OPTIONAL = ("actor", "department", "correlationid", "causationid")
_DROPPED = ("datacontenttype", "dataschema", "traceparent", "tracestate")
"""Attributes about the sending, not the fact: read, and left out of the canonical form."""


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
    try:
        attributes = read_json(raw) if isinstance(raw, bytes) else dict(raw)
        if not isinstance(attributes, dict):
            raise NotCanonical("an event is a JSON object")
    except NotCanonical as error:
        raise Refused(Problem("", str(error), "unreadable")) from None
    data = attributes.pop("data", None)
    content_type = attributes.get("datacontenttype")
    if content_type is not None and not is_json(content_type):
        raise Refused(Problem("datacontenttype", "data is application/json", "invalid"))
    for name in _DROPPED:
        attributes.pop(name, None)
    if "data_base64" in attributes:
        raise Refused(Problem("data_base64", "data is JSON, in `data`", "invalid"))
    if not isinstance(data, dict):
        raise Refused(Problem("data", "data is a JSON object", "invalid"))
    try:
        head = _Attributes.model_validate(attributes)
    except ValidationError as error:
        raise Refused(*problems_of(error)) from None
    occurred_at, time = read_time(head.time)
    try:
        cls = registry.get(head.type)
    except UnknownType:
        raise Refused(Problem("type", f"unknown event type {head.type}", "unknown_type")) from None
    kind = split_subject(head.subject)[0]
    if kind not in cls.subjects:
        expected = " or ".join(f"{each}/<id>" for each in sorted(cls.subjects))
        raise Refused(Problem("subject", f"{cls.event_name()} is about {expected}, not {head.subject}", "invalid"))
    kept: dict[str, Any] = {
        "specversion": "1.0",
        "id": head.id,
        "source": head.source,
        "type": head.type,
        "subject": head.subject,
        "time": time,
        "data": data,
    }
    for name in _OPTIONAL:
        if (value := getattr(head, name)) is not None:
            kept[name] = value
    try:
        event = registry.read(head.type, canonical(data))
        stored = canonical(kept)
    except ValidationError as error:
        raise Refused(*problems_of(error, "data")) from None
    except NotCanonical as error:
        raise Refused(Problem("data", str(error), "unreadable")) from None
    if len(stored) > MAX_EVENT_BYTES:
        raise Refused(Problem("", f"{len(stored)} bytes; an event has at most {MAX_EVENT_BYTES}", "too_large"))
    _check_playbook_subject(head.subject, event)
    return CloudEvent(head.source, head.id, head.type, head.subject, occurred_at, head.actor, event, stored)


def read_binary(headers: Mapping[str, str], body: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """One event in the HTTP binary mode: attributes in `ce-` headers (lower-case names), data in the body."""
    attributes: dict[str, Any] = {name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    if "data" in attributes:
        raise Refused(Problem("data", "in binary mode the data is the body", "invalid"))
    try:
        attributes["data"] = read_json(body)
    except NotCanonical as error:
        raise Refused(Problem("data", str(error), "unreadable")) from None
    return read_event(attributes, registry)


def read_recorded(stored: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """An event from the stream: as `read_event`, and the bytes must be its canonical form. Raises Refused."""
    event = read_event(stored, registry)
    if event.canonical != stored:
        raise Refused(Problem("", "not in canonical form; send it through intake", "unreadable"))
    return event


def read_time(text: str) -> tuple[datetime, str]:
    """An RFC 3339 time with offset: (instant in UTC to the microsecond, canonical text). Raises Refused.

    Canonical: upper-case letters, `Z` for a zero offset, no trailing zeros in the fraction.
    """
    match = _TIME.match(text)
    if match is None:
        raise Refused(Problem("time", f"not an RFC 3339 time with offset: {text[:40]}", "invalid"))
    day, clock, fraction, offset = match.groups()
    fraction = (fraction or "").rstrip("0").rstrip(".")
    zero = offset in ("Z", "z") or offset[1:] == "00:00"
    try:
        tz = UTC if zero else timezone(_offset(offset))
        instant = (
            datetime.fromisoformat(f"{day}T{clock}")
            .replace(microsecond=int(fraction[1:7].ljust(6, "0")) if fraction else 0, tzinfo=tz)
            .astimezone(UTC)
        )
    except (ValueError, OverflowError) as error:
        raise Refused(Problem("time", f"not a time: {text[:40]} ({error})", "invalid")) from None
    return instant, f"{day}T{clock}{fraction}{'Z' if zero else offset}"


def _offset(text: str) -> timedelta:
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError("offset out of range")
    return (1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)


def is_json(content_type: Any) -> bool:
    """Whether a content type means JSON in UTF-8."""
    if not isinstance(content_type, str):
        return False
    media, _, parameters = content_type.lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    return media.strip() == "application/json" and charset in ("", "charset=utf-8")


def problems_of(error: ValidationError, prefix: str = "") -> list[Problem]:
    """pydantic's errors as problems with dotted paths."""
    return [
        Problem(
            ".".join(str(part) for part in ((prefix, *each["loc"]) if prefix else each["loc"])), each["msg"], "invalid"
        )
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _check_playbook_subject(subject: str, event: Event) -> None:
    playbook = getattr(event, "playbook", None)
    kind, name = split_subject(subject)
    if kind == "playbook" and playbook is not None and playbook.key != name:
        raise Refused(Problem("subject", f"the playbook's key is {playbook.key}, not {name}", "invalid"))
