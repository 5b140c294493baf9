"""Closing the stream to everybody but reconciliation, on the server: no message slips in while it is put right.

A closed stream listens below a prefix of its own, and stores what comes there under its real subject. Who appends as
always is told that no stream listens: nothing is lost, nothing acknowledged, and it is sent again. It stays closed
when whoever closed it dies, until a reconciliation has been finished.
"""

from typing import Any

from nats.aio.client import Client

from services.stream.configuration import MAX_MESSAGE_BYTES, SUBJECTS
from services.stream.state import StreamState, ask, create, read

PREFIX = "reconcile."
"""Before a subject under which a message is appended to a closed stream."""
_MARK = "\x00"
"""Before its last word, and removed by the server: a word that is `*` or `>` alone would be refused as it is. A subject
that was read holds none (`services/stream/read.py`)."""
LONGEST = 3500
"""Bytes of a subject. No message is put back under a longer one, which only a sender past intake can have used: a
server takes lines of 4,096, and prefix, reply and sizes are on them as well."""
_HEADERS_BYTES = 1024
"""Room for the headers of a message that is put back: without them it may be as large as a message can be."""


def closed(configuration: dict[str, Any]) -> dict[str, Any]:
    """A stream's configuration while it is closed."""
    here = f"{PREFIX}daybook.*.*"
    return configuration | {
        "subjects": [here],
        "subject_transform": {"src": here, "dest": f"daybook.{{{{wildcard(1)}}}}.{{{{split(2,{_MARK})}}}}"},
        "max_msg_size": MAX_MESSAGE_BYTES + _HEADERS_BYTES,
    }


def reconcile_subject(subject: str) -> str:
    """Subject to which a message is sent for a closed stream to store it under the given one."""
    kind, _, word = subject.rpartition(".")
    return f"{PREFIX}{kind}.{_MARK}{word}"


def opened(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a stream's configuration as it is while the stream is open."""
    kept = {name: value for name, value in configuration.items() if name != "subject_transform"}
    return kept | {"subjects": SUBJECTS, "max_msg_size": MAX_MESSAGE_BYTES}


def is_closed(configuration: dict[str, Any]) -> bool:
    """Tell if a stream listens to reconciliation alone."""
    return all(each.startswith(PREFIX) for each in configuration.get("subjects") or [""])


async def close(nc: Client, found: StreamState, max_bytes: int) -> StreamState:
    """Close a stream, with so much room. Raises Unavailable."""
    return await _update(nc, found.name, closed(found.configuration | {"max_bytes": max_bytes}))


async def open_(nc: Client, found: StreamState) -> StreamState:
    """Open a stream. Raises Unavailable."""
    return await _update(nc, found.name, opened(found.configuration))


async def make_closed(nc: Client, name: str, configuration: dict[str, Any]) -> StreamState:
    """A new stream, closed from the beginning. Raises Unavailable, also when there is one with other settings."""
    return read(await create(nc, name, closed(configuration)))


async def _update(nc: Client, name: str, configuration: dict[str, Any]) -> StreamState:
    return read(await ask(nc, f"STREAM.UPDATE.{name}", configuration))
