"""Contents of the stream and the journal, read with nats-py and asyncpg, straight."""

import asyncio
import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
import nats
from nats.aio.client import Client

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH_SIZE = 64
_MESSAGE_S = 30.0


class Message(NamedTuple):
    """A message of the stream."""

    sequence: int
    subject: str
    data: bytes
    taken_at_us: int
    """Microseconds since 1970."""
    headers: bytes


class Row(NamedTuple):
    """A row of the journal."""

    sequence: int
    recorded_at_us: int
    disposition: str
    stream_subject: str
    message: bytes
    leaf_hash: bytes


async def read_journal(connection: asyncpg.Connection) -> list[Row]:
    """All rows, in order."""
    rows = await connection.fetch(
        "select sequence, recorded_at, disposition, stream_subject, message, leaf_hash"
        " from ledger.journal order by sequence"
    )
    microsecond = timedelta(microseconds=1)
    return [Row(row[0], (row[1] - _EPOCH) // microsecond, *tuple(row)[2:]) for row in rows]


async def last_sequence(url: str, stream: str) -> int:
    """Last sequence of the stream."""
    nc = await nats.connect(url.split(","))
    try:
        return await _last(nc, stream)
    finally:
        await nc.close()


async def read_stream(url: str, stream: str) -> list[Message]:
    """All messages, in order."""
    nc = await nats.connect(url.split(","))
    try:
        last = await _last(nc, stream)
        found: list[Message | None] = []
        for start in range(1, last + 1, _BATCH_SIZE):
            wanted = range(start, min(start + _BATCH_SIZE, last + 1))
            found += await asyncio.gather(*(_message(nc, stream, each) for each in wanted))
        return [each for each in found if each is not None]
    finally:
        await nc.close()


async def _last(nc: Client, stream: str) -> int:
    answer = json.loads((await nc.request(f"$JS.API.STREAM.INFO.{stream}", timeout=10)).data)
    return int(answer["state"]["last_seq"])


async def _message(nc: Client, stream: str, sequence: int) -> Message | None:
    asked = json.dumps({"seq": sequence}).encode()
    async with asyncio.timeout(_MESSAGE_S):
        answer: dict[str, Any] = {"error": {"code": 503}}
        while answer.get("error", {}).get("code") == 503:  # a cluster may be electing a leader
            answer = json.loads((await nc.request(f"$JS.API.STREAM.MSG.GET.{stream}", asked, timeout=10)).data)
    if "error" in answer:
        return None
    message = answer["message"]
    whole, _, fraction = message["time"].removesuffix("Z").partition(".")
    seconds = (datetime.fromisoformat(f"{whole}+00:00") - _EPOCH) // timedelta(seconds=1)
    return Message(
        message["seq"],
        message["subject"].replace("\0", "\ufffd"),
        b64decode(message.get("data", "")),
        seconds * 1_000_000 + int(fraction[:6].ljust(6, "0")),
        b64decode(message.get("hdrs", "")),
    )
