"""Appending messages to a closed stream so that each regains its number, or not at all.

Each atomic batch says which sequence must be the stream's last before it. Whatever was appended in between, by another
process or by a former attempt whose answer was lost, makes the stream refuse: nothing comes twice or at another place.
"""

import json
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import nats.errors
from nats.aio.client import Client

from contracts.cloudevents.envelope import MAX_BATCH
from services.errors import StreamFull, StreamMismatch, Unavailable
from services.stream.append import FULL
from services.stream.quiesce import reconcile_subject
from services.stream.read import RECORDED_AT

TIMEOUT_S = 30.0
MAX_BATCH_BYTES = 8 * 1024 * 1024
_WRONG_LAST = frozenset({10071, 10164})


class PutBack(NamedTuple):
    """A message with the number and the time that it regains."""

    sequence: int
    recorded_at_us: int
    """In microseconds since 1970 UTC."""
    stream_subject: str
    data: bytes
    identity: str | None = None
    """`<source>:<id>`, if the stream shall take it for a duplicate within its window; once each."""


async def batches(messages: AsyncIterable[Sequence[PutBack]]) -> AsyncIterator[list[PutBack]]:
    """Group messages into batches that the stream takes at once."""
    held: list[PutBack] = []
    size = 0
    async for chunk in messages:
        for each in chunk:
            if held and (len(held) == MAX_BATCH or size + len(each.data) > MAX_BATCH_BYTES):
                yield held
                held, size = [], 0
            held.append(each)
            size += len(each.data)
    if held:
        yield held


async def append_at(nc: Client, stream: str, batch: Sequence[PutBack]) -> None:
    """Append one to `MAX_BATCH` messages whose sequences follow one another, all or none, on disk when this returns.

    Raises StreamMismatch when the stream does not end right before them, StreamFull, and Unavailable: then they may be
    there or not, and what the stream holds has to be looked at anew.
    """
    first, last = batch[0].sequence, batch[-1].sequence
    if last - first + 1 != len(batch) or len(batch) > MAX_BATCH:
        raise ValueError(f"not a batch: {len(batch)} messages from {first} to {last}")
    try:
        answer = await _send(nc, stream, batch)
        ack: dict[str, Any] = json.loads(answer)
    except (nats.errors.Error, OSError, ValueError) as error:
        raise Unavailable(
            f"The stream {stream} did not say whether it took messages {first} to {last}: "
            f"{str(error) or type(error).__name__}. Run this again."
        ) from error
    if (refused := ack.get("error")) is not None:
        raise _refused(refused, stream, first, last)
    if ack.get("stream") != stream or ack.get("seq") != last:
        raise StreamMismatch(f"Messages {first} to {last} of the stream {stream} were answered {answer[:200]!r}.")


async def _send(nc: Client, stream: str, batch: Sequence[PutBack]) -> bytes:
    expected = {"Nats-Expected-Last-Sequence": str(batch[0].sequence - 1), "Nats-Expected-Stream": stream}
    *others, last = batch
    way = reconcile_subject(last.stream_subject)
    if not others:
        return (await nc.request(way, last.data, TIMEOUT_S, headers=_said(last) | expected)).data
    name = uuid4().hex
    for number, each in enumerate(others, 1):
        headers = _said(each) | _batched(name, number) | expected
        await nc.publish(reconcile_subject(each.stream_subject), each.data, headers=headers)
        expected = {}  # of the batch, only the first may say so
    headers = _said(last) | _batched(name, len(batch)) | {"Nats-Batch-Commit": "1"}
    return (await nc.request(way, last.data, TIMEOUT_S, headers=headers)).data


def _said(message: PutBack) -> dict[str, str]:
    said = {RECORDED_AT: str(message.recorded_at_us)}
    return said if message.identity is None else said | {"Nats-Msg-Id": message.identity}


def _batched(name: str, number: int) -> dict[str, str]:
    return {"Nats-Batch-Id": name, "Nats-Batch-Sequence": str(number)}


def _refused(error: dict[str, Any], stream: str, first: int, last: int) -> StreamFull | StreamMismatch | Unavailable:
    code, description = error.get("err_code"), error.get("description")
    if code in FULL:
        return StreamFull(
            f"The stream {stream} has no room for messages {first} to {last}: {description}. Set "
            "DAYBOOK_STREAM_MAX_BYTES to a larger size and run this again."
        )
    if code in _WRONG_LAST:
        return StreamMismatch(
            f"The stream {stream} does not end at {first - 1} ({description}): somebody else appends to it. Nothing "
            "was written; run this again once nobody does."
        )
    return Unavailable(
        f"The stream {stream} did not take messages {first} to {last}: {description} ({code}). Run this again."
    )
