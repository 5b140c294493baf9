"""Durable append: one message, or many as one atomic batch. The answer comes after the stream has fsynced.

If the process dies before the answer, the messages are in the stream or not, whole. If the server dies while it stores
an atomic batch, or its disk is full then, the first messages of the batch may stay in the stream: nats-server 2.15
replays what it had written, up to any message, and forgets the rest. They are never acknowledged, for that follows the
last. Sending all of them again with the same identities is safe in every case: within its duplicate window the stream
finds what it has, and beyond that the recorder does.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import nats.errors
from nats.aio.client import Client

from contracts.cloudevents.envelope import MAX_BATCH, CloudEvent
from contracts.types.identifiers import stream_subject
from services.errors import StreamMismatch
from services.nats.client import frame, send

TIMEOUT_S = 5.0
"""How long the stream may take to answer; it abandons a batch that idles for ten seconds."""

_AT_A_TIME = 250
"""So many messages of a batch are written at once, before the connections have their turn."""

DUPLICATE, WRONG_STREAM = 10201, 10060
FULL = frozenset({10077, 10023, 10047, 10002})
"""JetStream's error codes: the stream's or the server's room is used up."""


class Message(NamedTuple):
    """Message to append to the stream."""

    subject: str
    """The stream's subject."""
    identity: str
    """`<source>:<id>`: within its window the stream takes it once."""
    data: bytes


def message_of(event: CloudEvent) -> Message:
    """An event as the stream stores it. A source holds no colon, so no two events share an identity."""
    return Message(stream_subject(event.subject), f"{event.source}:{event.id}", event.canonical)


@dataclass(frozen=True, slots=True)
class Appended:
    """Outcome: all messages are in the stream, on disk, without others between them."""

    sequences: range


@dataclass(frozen=True, slots=True)
class DuplicateSomewhere:
    """Outcome: nothing was appended, as the stream's window holds at least one of the identities, with whatever
    content."""

    sequence: int | None
    """Where it is; the stream says so for a single message only."""


@dataclass(frozen=True, slots=True)
class Full:
    """Outcome: nothing was acknowledged, as there is no room. The first of several may be in the stream all the
    same."""

    reason: str


@dataclass(frozen=True, slots=True)
class Away:
    """The stream did not answer, or could not take it now."""

    reason: str
    ambiguous: bool
    """Whether the messages may be in the stream all the same: all of them, or the first of them."""


Outcome = Appended | DuplicateSomewhere | Full | Away


async def append(nc: Client, stream: str, messages: Sequence[Message]) -> Outcome:
    """Append one to `MAX_BATCH` messages with different identities, in this order; all are acknowledged, or none.

    Raises StreamMismatch when another stream listens to these subjects or answers nonsense.
    """
    if not 0 < len(messages) <= MAX_BATCH:
        raise ValueError(f"{len(messages)} messages; an atomic batch has 1 to {MAX_BATCH}")
    if not nc.is_connected:
        return Away("not connected to NATS", ambiguous=False)  # the client would keep them and send them late
    try:
        answer = await (_single(nc, stream, messages[0]) if len(messages) == 1 else _batch(nc, stream, messages))
    except nats.errors.NoRespondersError:
        return Away("no stream listens", ambiguous=False)
    except (nats.errors.Error, OSError) as error:
        return Away(f"the stream did not answer: {str(error) or type(error).__name__}", ambiguous=True)
    return _outcome(answer, stream, len(messages))


async def _single(nc: Client, stream: str, message: Message) -> bytes:
    headers = {"Nats-Msg-Id": message.identity, "Nats-Expected-Stream": stream}
    return (await nc.request(message.subject, message.data, timeout=TIMEOUT_S, headers=headers)).data


async def _batch(nc: Client, stream: str, messages: Sequence[Message]) -> bytes:
    # Only the commit asks for an answer and names the stream: whatever is wrong with one message fails the commit.
    batch = uuid4().hex
    *others, last = messages
    for start in range(0, len(others), _AT_A_TIME):
        some = enumerate(others[start : start + _AT_A_TIME], start + 1)
        await send(
            nc, b"".join(frame(each.subject, "", _batched(batch, number, each), each.data) for number, each in some)
        )
        await asyncio.sleep(0)  # the stream works on these while the next are written
    headers = {
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(len(messages)),
        "Nats-Msg-Id": last.identity,
        "Nats-Batch-Commit": "1",
        "Nats-Expected-Stream": stream,
    }
    return (await nc.request(last.subject, last.data, timeout=TIMEOUT_S, headers=headers)).data


def _batched(batch: str, number: int, message: Message) -> str:
    return f"Nats-Batch-Id: {batch}\r\nNats-Batch-Sequence: {number}\r\nNats-Msg-Id: {message.identity}\r\n"


def _outcome(answer: bytes, stream: str, count: int) -> Outcome:
    try:
        ack: dict[str, Any] = json.loads(answer)
    except ValueError:
        return Away(f"not an answer of JetStream: {answer[:80]!r}", ambiguous=True)
    if (error := ack.get("error")) is not None:
        return _refused(error, stream)
    if ack.get("stream") != stream or ack.get("count", 1) != count:
        raise StreamMismatch(f"An append of {count} to the stream {stream} was answered {answer[:200]!r}.")
    last = ack["seq"]
    if ack.get("duplicate"):
        return DuplicateSomewhere(last)
    return Appended(range(last - count + 1, last + 1))


def _refused(error: dict[str, Any], stream: str) -> Outcome:
    code = error.get("err_code")
    if code == DUPLICATE:
        return DuplicateSomewhere(None)
    if code in FULL:
        return Full(str(error.get("description")))
    if code == WRONG_STREAM:
        raise StreamMismatch(f"Another stream than {stream} listens to the ledger's subjects; see DAYBOOK_STREAM.")
    return Away(f"the stream refused: {error.get('description')} ({code})", ambiguous=False)
