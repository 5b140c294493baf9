"""Decoding of what was sent, over HTTP or NATS: events that can be admitted, and refusals of those that cannot."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from fastapi import Request

from contracts.cloudevents.envelope import (
    MAX_BATCH_BYTES,
    MAX_SENT_BYTES,
    CloudEvent,
    Refused,
    is_json,
    read_binary,
    read_event,
    reading_members,
)
from contracts.rules.refusals import Problem
from services.intake.journal import Identity
from services.intake.openapi import BATCH, BINARY, STRUCTURED
from services.intake.responses import Refusal

AT_A_TIME = 100
"""Events of a batch that are read, in about a millisecond unless they are long, before what else waits has its turn."""


@dataclass(frozen=True)
class Sent:
    """Content of one request: its readable events and its faults."""

    events: Sequence[tuple[int, CloudEvent]]
    """The readable events with their index."""
    faults: Sequence[Problem] = field(default=())
    """With an index unless the whole body is at fault."""
    single: bool = False

    @cached_property
    def by_identity(self) -> Mapping[Identity, CloudEvent]:
        """The readable events in order; one that was sent twice stands where it came first."""
        return {event.identity: event for _, event in self.events}


def structured(body: bytes) -> Sent:
    """Decodes one event in JSON."""
    return _single(lambda: read_event(body))


def binary(headers: Mapping[str, str], body: bytes) -> Sent:
    """Decodes one event with its attributes in headers and its data in the body."""
    return _single(lambda: read_binary(headers, body))


class Batches:
    """Reads batches, one after another: side by side each would take as long as all of them."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def read(self, body: bytes) -> Sent:
        """A JSON list of events."""
        reading = reading_members(body)
        members: list[CloudEvent | Refused] = []
        async with self._turn:
            try:
                while some := list(islice(reading, AT_A_TIME)):
                    members += some
                    await asyncio.sleep(0)
            except Refused as refused:
                return Sent([], refused.problems)
        return _batch(members)


def _batch(members: Sequence[CloudEvent | Refused]) -> Sent:
    events = [(index, each) for index, each in enumerate(members) if isinstance(each, CloudEvent)]
    return Sent(events, [problem for each in members if isinstance(each, Refused) for problem in each.problems])


def _single(read: Callable[[], CloudEvent]) -> Sent:
    try:
        return Sent([(0, read())], single=True)
    except Refused as refused:
        faults = [Problem(each.field, each.reason, each.kind, 0) for each in refused.problems]
        return Sent([], faults, single=True)


MAX_HELD_BYTES = 128 * 1024 * 1024
"""Bodies being sent, waiting to be read and being read, over all connections. A source holds at most as much as is left
for the others: one alone half of it, two a third each, so that whoever comes next always finds room."""
MAX_DISCARDED_BYTES = 4 * MAX_BATCH_BYTES
"""What is let in of a refused body, so that its sender comes to read the answer; a longer one is cut off."""
TIMEOUT_S = 30.0
"""How long a sender may take for one body."""


Head = Mapping[str, str]
"""The headers of a request by their names in small letters; of one that stands there twice, the first."""


def head_of(request: Request) -> Head:
    """Read all headers at once: Starlette looks through all of them for each one that is asked for."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(request.scope["headers"])}


class Bodies:
    """The bodies that are held."""

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._held = 0
        self._of: Counter[str] = Counter()
        """By source."""

    async def read(self, request: Request, head: Head, source: str) -> Sent | Refusal:
        """The events of one request of a source, in whichever mode it is."""
        content_type = head.get("content-type") or (BINARY if "ce-id" in head else "")
        media, json_media = _media(content_type)
        if head.get("content-encoding", "identity") != "identity":
            return Refusal("unsupported_media_type", "Send the body without Content-Encoding.")
        if not json_media or media not in (STRUCTURED, BATCH, BINARY):
            return _wanted(f"not {content_type[:80] or 'a body without Content-Type'}")
        if media == BINARY and (refusal := _attributes_fault(request)) is not None:
            return refusal
        body = await self._take(request, head, MAX_BATCH_BYTES if media == BATCH else MAX_SENT_BYTES, source)
        if isinstance(body, Refusal):
            return body
        try:
            if media == STRUCTURED:
                return structured(body)
            return await self._batches.read(body) if media == BATCH else binary(head, body)
        finally:
            self._hold(source, -len(body))

    def _hold(self, source: str, size: int) -> None:
        self._held += size
        self._of[source] += size
        if not self._of[source]:
            del self._of[source]

    async def _take(self, request: Request, head: Head, most: int, source: str) -> bytes | Refusal:
        """A body, which is then held; or why it is refused."""
        too_large = Refusal("too_large", f"The body is larger than {most} bytes; nothing of it was read.")
        if (declared_length(head) or 0) > most:
            return too_large
        chunks: list[bytes] = []
        size, whole = 0, False
        try:
            async with asyncio.timeout(TIMEOUT_S):
                more = True
                while more:
                    message = await request.receive()
                    if message["type"] != "http.request":
                        return Refusal("unreadable", "The connection ended within the body.")
                    more, chunk = message.get("more_body", False), message.get("body", b"")
                    size += len(chunk)
                    self._hold(source, len(chunk))
                    if size > most:
                        return too_large
                    if self._of[source] > MAX_HELD_BYTES - self._held:
                        return Refusal("busy", "Too many large bodies are being sent at once; nothing was recorded.")
                    chunks.append(chunk)
            whole = True
            return b"".join(chunks)
        except TimeoutError:
            return Refusal("too_slow", f"The body did not arrive within {TIMEOUT_S:.0f} s; nothing was recorded.")
        finally:
            if not whole:
                self._hold(source, -size)


def _attributes_fault(request: Request) -> Refusal | None:
    names = [name for name in request.headers if name.startswith("ce-")]
    if not names:
        return _wanted("application/json comes with `ce-` headers")
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else Refusal("unreadable", f"The header {twice} stands there twice.")


def declared_length(head: Head) -> int | None:
    """Length of the body in bytes, as declared; None when the request does not say."""
    declared = head.get("content-length", "" if "transfer-encoding" in head else "0")
    return int(declared[:20]) if declared.isascii() and declared.isdigit() else None


def _media(content_type: str) -> tuple[str, bool]:
    """The media type, and whether its parameters allow JSON in UTF-8."""
    media, _, parameters = content_type.partition(";")
    return media.strip().lower(), is_json(f"application/json;{parameters}")


def _wanted(found: str) -> Refusal:
    return Refusal("unsupported_media_type", f"Send {STRUCTURED}, {BATCH}, or {BINARY} with `ce-` headers; {found}.")
