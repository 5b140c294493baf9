"""The envelope: CloudEvents 1.0 (JSON format, HTTP protocol binding, batches), read strictly.

A `CloudEvent` is an event that may be recorded. Its `canonical` bytes are what the stream stores, what is hashed
and what two sendings are compared by; they are the same for the structured and the binary mode.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ConfigDict

from contracts.cloudevents.cloud_event import ABOUT_THE_SENDING, MAX_EVENT_BYTES, Attributes, CloudEvent, is_json, judge
from contracts.cloudevents.fast_path import judge_quickly, read_canonical
from contracts.events import EVENTS, Registry
from contracts.rules.canonical import MAX_DEPTH, NotCanonical, canonical, is_plain, parse_unique, read_json
from contracts.rules.json_faults import breaks, read_invalid
from contracts.rules.refusals import Problem, Refused, problems_of
from contracts.types.times import nanoseconds_of, read_instant

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
    "read_entry",
    "read_event",
    "read_members",
    "read_recorded",
    "reading_members",
]

MAX_SENT_BYTES = 8 * MAX_EVENT_BYTES
"""The largest event as sent: escapes and white space may make it longer than its canonical form."""
MAX_BATCH = 1000
"""The most events in one batch."""
MAX_BATCH_BYTES = 8 * 1024 * 1024
"""The largest batch as sent."""


def read_event(raw: bytes | Mapping[str, Any], registry: Registry = EVENTS) -> CloudEvent:
    """Reads one event in structured mode. Raises Refused, naming every field at fault."""
    if isinstance(raw, bytes):
        fast = registry is EVENTS and len(raw) <= MAX_SENT_BYTES
        quickly = judge_quickly(parse_unique(raw)) if fast else None
        return quickly or judge(_parsed(raw, ""), registry)
    try:
        value = read_json(canonical(dict(raw)))
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused(Problem("", str(error), "unreadable")) from None
    return _judged(value, registry)


def read_binary(headers: Mapping[str, str], body: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """Reads one event in the HTTP binary mode: attributes in `ce-` headers (lower-case names), data in the body.

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
    return _judged(attributes | {"data": _parsed(body, "data")}, registry)


def read_batch(raw: bytes, registry: Registry = EVENTS) -> list[CloudEvent]:
    """The events of one `application/cloudevents-batch+json` body, in order.

    Raises Refused, naming the index of every event at fault and its fields; none is then to be recorded.
    """
    members = read_members(raw, registry)
    if found := [problem for each in members if isinstance(each, Refused) for problem in each.problems]:
        raise Refused(*found)
    return [each for each in members if isinstance(each, CloudEvent)]


def read_members(raw: bytes, registry: Registry = EVENTS) -> Sequence[CloudEvent | Refused]:
    """Reads each event of a batch, or tells why it is refused. Problems say which index; one does not hide the others.

    Raises Refused when the batch itself is at fault.
    """
    return list(reading_members(raw, registry))


def reading_members(raw: bytes, registry: Registry = EVENTS) -> Iterator[CloudEvent | Refused]:
    """The members of a batch as `read_members` gives them, each read when it is asked for. A thousand take ten
    milliseconds, and longer when something is wrong with them. Raises Refused, perhaps behind some members."""
    if len(raw) > MAX_BATCH_BYTES:
        raise Refused(_too_long(len(raw), MAX_BATCH_BYTES, ""))
    fast = registry is EVENTS
    values, whole = parse_unique(raw) if fast else None, True
    if not isinstance(values, list) or len(values) > MAX_BATCH:
        values, whole = _values(raw)
    if not isinstance(values, list):
        raise Refused(Problem("", "a batch is a JSON list of events", "unreadable"))
    if len(values) > MAX_BATCH:
        raise Refused(Problem("", f"{len(values)} events; a batch has at most {MAX_BATCH}", "too_large"))
    for index in range(len(values)):
        quickly = judge_quickly(values[index]) if fast and whole else None
        if quickly is None and whole and not is_plain(values[index], MAX_DEPTH - 1):
            values, whole = _values(raw)
        yield quickly or _member(index, values[index], whole, registry)


def _values(raw: bytes) -> tuple[Any, bool]:
    """The JSON of a batch, and if it breaks no rule; otherwise it holds a `InvalidValue` wherever it does."""
    try:
        return read_json(raw), True
    except NotCanonical as error:
        try:
            return read_invalid(raw), False
        except NotCanonical:
            raise Refused(Problem("", str(error), "unreadable")) from None


def read_recorded(stored: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """An event from the stream: held to its contract but not to the rules of intake, which may be newer than it.

    Its bytes must be its canonical form. Raises Refused.
    """
    if registry is EVENTS and (quickly := read_canonical(stored)) is not None:
        return quickly
    event = judge(_parsed(stored, ""), registry, recorded=True)
    if event.canonical != stored:
        raise Refused(Problem("", "not in canonical form; send it through intake", "unreadable"))
    return event


class _Stored(BaseModel):
    """Data of a journal entry as far as it can be read, whatever rules held it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
    source: str
    id: str
    type: str
    subject: str
    time: str
    actor: str | None = None
    department: str | None = None
    data: dict[str, Any]


def read_entry(stored: bytes, registry: Registry = EVENTS) -> CloudEvent:
    """An entry of the journal: it was judged when it was recorded, and is read whatever its contract asks today.

    Raises Refused, as `read_recorded` does, for what is no event in canonical form or of a type that is not known.
    """
    try:
        return read_recorded(stored, registry)
    except Refused as refused:
        try:
            value = read_json(stored)
            said = _Stored.model_validate(value)
            occurred_at, time = read_instant(said.time)
            event = registry.read_entry(said.type, said.data)
        except ValueError:
            raise refused from None
        if canonical(value) != stored:
            raise
        return CloudEvent(
            said.source,
            said.id,
            said.type,
            said.subject,
            occurred_at,
            said.actor,
            event,
            stored,
            nanoseconds_of(time),
            said.department,
        )


def outward(stored: bytes, sequence: int, recorded_at: datetime) -> bytes:
    """The CloudEvent that the ledger hands out for an entry: as stored, and where and when it was recorded.

    `recordedtime` is in UTC. `sequence` is text of twenty digits, because the CloudEvents extension of that name
    asks for text that sorts. Sending the result to intake again gives the stored bytes.
    """
    at = recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return stored[:-1] + f',"recordedtime":"{at}","sequence":"{sequence:020d}"}}'.encode()


def _judged(value: Any, registry: Registry) -> CloudEvent:
    if registry is EVENTS and (quickly := judge_quickly(value)) is not None:
        return quickly
    return judge(value, registry)


def _parsed(raw: bytes, field: str) -> Any:
    if len(raw) > MAX_SENT_BYTES:
        raise Refused(_too_long(len(raw), MAX_SENT_BYTES, field))
    try:
        return read_json(raw)
    except NotCanonical as error:
        raise Refused(*(_places(raw, field) or [Problem(field, str(error), "unreadable")])) from None


def _places(raw: bytes, field: str) -> list[Problem]:
    """The fields that make a text unreadable, where it can be told."""
    try:
        return _broken(read_invalid(raw), field)
    except NotCanonical:
        return []


def _broken(value: Any, field: str = "", index: int | None = None) -> list[Problem]:
    return [
        Problem(".".join(str(step)[:80] for step in ((field, *path) if field else path)), reason, "invalid", index)
        for path, reason in breaks(value)
    ]


def _member(index: int, value: Any, whole: bool, registry: Registry) -> CloudEvent | Refused:
    """`whole`: the text of the batch broke no rule, so that its members need no look of their own."""
    if not whole and (found := _broken(value, index=index)):
        return Refused(*found)
    try:
        return judge(value, registry) if whole or not isinstance(value, dict) else read_event(value, registry)
    except Refused as refused:
        return Refused(*(Problem(each.field, each.reason, each.kind, index) for each in refused.problems))


def _too_long(size: int, most: int, field: str) -> Problem:
    return Problem(field, f"{size} bytes; at most {most} are read", "too_large")


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
