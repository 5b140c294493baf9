"""A CloudEvent that may be recorded: its attributes, its limits, and the strict judgement of parsed JSON."""

from datetime import datetime
from json.encoder import encode_basestring
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from contracts.cloudevents.intake_rules import door_problems
from contracts.events import Event, Registry, UnknownType
from contracts.events.event import Data
from contracts.events.policy import PlaybookPublished
from contracts.rules.canonical import canonical_text
from contracts.rules.leniency import RECORDED
from contracts.rules.refusals import Problem, Refused, problems_of
from contracts.types.identifiers import EventId, Person, ShortText, SourceName, Subject, split_subject
from contracts.types.times import INSTANT_SCHEMA, nanoseconds_of, read_instant

MAX_EVENT_BYTES = 48 * 1024
"""The largest event, in canonical bytes."""
MAX_ATTRIBUTES = 64
"""The most attributes that are read, known or not."""


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


class CloudEvent(NamedTuple):
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
    """The bytes as they are stored; empty where entries of the journal are read to be folded."""
    nanoseconds: int = 0
    """Of the `time` beyond `occurred_at`, 0 to 999."""
    department: str | None = None
    """The department that the actor acted for."""

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id): the event's name for ever."""
        return self.source, self.id


def is_json(content_type: Any) -> bool:
    """Tell if a content type means JSON in UTF-8."""
    if not isinstance(content_type, str):
        return False
    media, _, parameters = content_type.lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    return media.strip() == "application/json" and charset in ("", "charset=utf-8")


def judge(attributes: Any, registry: Registry, *, recorded: bool = False) -> CloudEvent:
    """The event of parsed attributes. Raises Refused, after every fault has been looked for.

    What was `recorded` came through intake once: intake's rules, and lists that change, do not hold it.
    """
    if not isinstance(attributes, dict):
        raise Refused(Problem("", "an event is a JSON object", "unreadable"))
    if len(attributes) > MAX_ATTRIBUTES:
        raise Refused(Problem("", f"{len(attributes)} attributes; at most {MAX_ATTRIBUTES} are read", "too_large"))
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
    event, said = _data(data, cls, registry, found, RECORDED if recorded else None)
    if found or head is None or event is None:
        raise Refused(*found)
    stored = _compose(head, said)
    if len(stored) > MAX_EVENT_BYTES:
        raise Refused(_too_large(len(stored)))
    if isinstance(event, PlaybookPublished) and head.subject != f"playbook/{event.playbook.key}":
        raise Refused(Problem("subject", f"the playbook's key is {event.playbook.key}", "invalid"))
    if not recorded and (found := door_problems(given | {"data": data}, head.time[0], event)):
        raise Refused(*found)
    nanoseconds = nanoseconds_of(head.time[1])
    return CloudEvent(
        head.source,
        head.id,
        head.type,
        head.subject,
        head.time[0],
        head.actor,
        event,
        stored,
        nanoseconds,
        head.department,
    )


def _class(type_: Any, registry: Registry, found: list[Problem]) -> type[Event] | None:
    if isinstance(type_, str):
        try:
            return registry.get(type_)
        except UnknownType:
            found.append(Problem("type", f"unknown event type {type_[:80]!r}", "unknown_type"))
    return None


def _data(
    data: Any, cls: type[Event] | None, registry: Registry, found: list[Problem], context: str | None
) -> tuple[Event | None, str]:
    if not isinstance(data, dict):
        found.append(Problem("data", "is missing" if data is None else "data is a JSON object", "invalid"))
        return None, ""
    text = canonical_text(data)
    if len(text) > MAX_EVENT_BYTES:
        found.append(_too_large(len(text.encode())))
    elif cls is not None:
        try:
            return registry.read(cls.type, text, context), text
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
