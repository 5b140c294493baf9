"""Is the stream still the one that the journal was written from?

A stream that lost its end gives the lost sequences to other messages (one replica and a damaged disk are enough), and
a stream that was made anew begins at 1. Recording on would put the journal and the stream apart for good.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import asyncpg
from nats.aio.client import Client

from contracts.canonical import leaf_hash
from services.errors import NotProvisioned, StreamMismatch, Unavailable
from services.ledger.times import microseconds
from services.recorder.write import Writer, last_row
from services.sql import queries
from services.stream.reading import message_at
from services.stream.state import find

_SQL = queries("services.recorder", "checks.sql")
_EVERY_S = 5.0
_PATIENCE = 4
"""So many comparisons in a row may go unanswered."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the database says about the stream it belongs to."""

    stream: str
    created_at: datetime


async def check(nc: Client, connection: asyncpg.Connection, stream: str) -> Remembered:
    """Compare the stream with what the journal remembers of it. Raises StreamMismatch, Unavailable, NotProvisioned."""
    row = await connection.fetchrow(_SQL["identity"])
    if row is None:
        raise NotProvisioned("The database does not say which stream it belongs to. Run `daybook init`.")
    if row["stream_name"] != stream:
        raise StreamMismatch(f"The journal belongs to the stream {row['stream_name']}; DAYBOOK_STREAM says {stream}.")
    remembered = Remembered(stream, row["stream_created_at"])
    last = await last_row(connection)
    await _check_state(nc, remembered, last["sequence"] if last else 0)
    if last is not None:
        await _check_message(nc, stream, last)
    return remembered


async def watch(nc: Client, remembered: Remembered, writer: Writer) -> NoReturn:
    """Compare again every few seconds.

    Raises StreamMismatch, and Unavailable when NATS has not answered for long: a standby may reach it.
    """
    unanswered = 0
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            await _check_state(nc, remembered, writer.position.sequence)
            unanswered = 0
        except Unavailable:
            unanswered += 1
            if unanswered == _PATIENCE:
                raise


async def _check_state(nc: Client, remembered: Remembered, position: int) -> None:
    found = await find(nc, remembered.stream)
    if found is None:
        raise _mismatch(remembered.stream, "there is no such stream")
    if found.created_at != remembered.created_at:
        raise _mismatch(
            remembered.stream,
            f"it was made at {found.created_at}, but the journal was written, up to sequence {position}, from one made "
            f"at {remembered.created_at}: it is another stream",
        )
    if found.first_sequence > 1:
        raise _mismatch(remembered.stream, f"its messages 1 to {found.first_sequence - 1} are gone")
    if found.last_sequence < position:
        raise _mismatch(
            remembered.stream,
            f"it ends at sequence {found.last_sequence}, but the journal goes to {position}: it lost its end or was "
            "restored to an older state",
        )


async def _check_message(nc: Client, stream: str, last: asyncpg.Record) -> None:
    sequence = last["sequence"]
    message = await message_at(nc, stream, sequence)
    if message is None:
        raise _mismatch(stream, f"it has no message at sequence {sequence}, where the journal ends")
    if (message.subject, message.data) != (last["stream_subject"], last["message"]):
        raise _mismatch(
            stream,
            f"at sequence {sequence}, where the journal ends, it holds another message under {message.subject}: "
            "it lost its end, and the sequences were used again",
        )
    if leaf_hash(sequence, microseconds(last["recorded_at"]), message.subject, message.data) != last["leaf_hash"]:
        raise StreamMismatch(
            f"The journal's row {sequence} does not have the hash of its content: the database was altered. Nothing "
            "more is recorded. Run `daybook verify`, and restore the database from its backup; the stream is intact."
        )


def _mismatch(stream: str, what: str) -> StreamMismatch:
    return StreamMismatch(
        f"The stream {stream} does not fit the journal: {what}. Nothing more is recorded. Restore the stream from its "
        "backup or another replica; the journal holds every message up to its position, byte for byte."
    )
