"""Check that the stream is still the one that the journal was written from.

A stream that lost its end gives the lost sequences to other messages (one replica and a damaged disk are enough), and
a stream that was made anew begins at 1. Recording on would put the journal and the stream apart for good.
"""

import asyncio
from dataclasses import replace
from typing import NoReturn

import asyncpg
import structlog
from nats.aio.client import Client

from contracts.rules.canonical import leaf_hash
from contracts.types.microseconds import microseconds
from services.errors import DaybookError, StreamMismatch, Unavailable
from services.ledger.stream_comparison import compare
from services.ledger.stream_identity import StreamIdentity, check_stream, remembered
from services.nats.client import FollowingClient
from services.postgres import connection as database
from services.recorder.write import Writer, last_row
from services.stream.state import find

_EVERY_S = 5.0
_PATIENCE = 4
"""So many comparisons in a row may go unanswered."""
NAMING_S = 20.0
"""How long it may take to name what differs, before giving up."""

log = structlog.get_logger()


async def check(nc: Client, connection: asyncpg.Connection, stream: str) -> StreamIdentity:
    """Look at the stream and at the message where the journal ends; costs the same however long they are.

    Raises StreamMismatch, Unavailable, NotProvisioned.
    """
    if (last := await last_row(connection)) is not None:
        _check_hash(last)
    ours = await remembered(connection, stream)
    await check_stream(nc, ours)
    return ours


async def watch(nc: Client, ours: StreamIdentity, writer: Writer) -> NoReturn:
    """Look again every few seconds.

    Raises StreamMismatch, and Unavailable when NATS has not answered for long: a standby may reach it.
    """
    unanswered = 0
    while True:
        await asyncio.sleep(_EVERY_S)
        place = writer.position.place
        last = max(place.sequence, ours.last_sequence)
        end = place if place.sequence else None
        try:
            await check_stream(nc, replace(ours, recorded=place.sequence, last_sequence=last, end=end))
            unanswered = 0
        except Unavailable:
            unanswered += 1
            if unanswered == _PATIENCE:
                raise


async def named(nc: FollowingClient, database_url: str, stream: str, found: StreamMismatch) -> StreamMismatch:
    """Find all sequences that differ, within `NAMING_S`, and return the error that names them.

    Returns the error as it was found where nothing more can be learned.
    """
    try:
        state = await find(nc, stream)
        if state is None:
            return found
        connection = await database.connect(database_url, "daybook_recorder")
        try:
            ours = await remembered(connection, stream)
            async with asyncio.timeout(2 * NAMING_S):  # a damaged block takes long to read
                last = state.last_sequence
                difference = await compare(connection, nc, stream, ours.recorded, last, within_s=NAMING_S)
        finally:
            connection.terminate()
    except (DaybookError, asyncpg.PostgresError, *database.DATABASE_AWAY) as error:
        log.warning("stream_comparison_failed", reason=str(error))
        return found
    up_to = "" if difference.compared == ours.recorded else f" (compared up to {difference.compared} only)"
    return StreamMismatch(f"{found} Message by message{up_to}: {difference.words() or 'nothing differs'}.")


def _check_hash(last: asyncpg.Record) -> None:
    sequence, recorded_at_us = last["sequence"], microseconds(last["recorded_at"])
    if leaf_hash(sequence, recorded_at_us, last["stream_subject"], last["message"]) != last["leaf_hash"]:
        raise StreamMismatch(
            f"The journal's row {sequence} does not have the hash of its content: the database was altered. "
            "Nothing more is recorded. Run `daybook verify`, and restore the database from its backup; the stream is "
            "intact."
        )
