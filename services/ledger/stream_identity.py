"""State of the stream that the ledger remembers, and a quick check that the stream is still the same one.

The check costs two questions to the server, however long the stream is: it finds a stream that is gone, made anew,
rewound or full of holes, and one that has another message where the journal ends. Messages before that which were
exchanged for others are found by comparing all of them (`services/ledger/stream_comparison.py`), which `daybook
reconcile` and `daybook verify` do.
"""

from dataclasses import dataclass
from datetime import datetime

from nats.aio.client import Client

from contracts.types.microseconds import microseconds
from services.errors import NotProvisioned, StreamMismatch
from services.ledger.journal import Connection
from services.postgres.statements import queries
from services.stream.quiesce import is_closed
from services.stream.read import Place, message_at
from services.stream.sequence_ranges import Ranges, held, told, without
from services.stream.state import StreamState, find

_SQL = queries("services.ledger", "stream_identity.sql")


@dataclass(frozen=True, slots=True)
class StreamIdentity:
    """State of the stream that the ledger remembers."""

    stream: str
    created_at: datetime
    recorded: int
    """The journal's highest sequence."""
    last_sequence: int
    """Up to where the stream must go: what is recorded, and what was put back behind that."""
    unfinished: int | None
    """A reconciliation that was begun and not finished."""
    end: Place | None
    """The message where the journal ends; None while it is empty."""
    event_types: frozenset[str]
    """Those that were announced (`services/ledger/event_types.py`)."""


async def remembered(connection: Connection, stream: str) -> StreamIdentity:
    """Read what the ledger remembers of its stream. Raises NotProvisioned, and StreamMismatch when the ledger belongs
    to another stream.
    """
    row = await connection.fetchrow(_SQL["stream"])
    if row is None:
        raise NotProvisioned("The database does not say which stream it belongs to. Run `daybook init`.")
    if row["name"] != stream:
        raise StreamMismatch(f"The journal belongs to the stream {row['name']}; DAYBOOK_STREAM says {stream}.")
    end = Place(row["recorded"], microseconds(row["recorded_at"]), row["leaf_hash"]) if row["recorded"] else None
    return StreamIdentity(
        row["name"],
        row["created_at"],
        row["recorded"],
        row["last_sequence"],
        row["unfinished"],
        end,
        frozenset(row["event_types"]),
    )


async def check_stream(nc: Client, ours: StreamIdentity) -> None:
    """Compare the stream with what the ledger remembers of it, quickly, as `mismatch` does.

    Raises StreamMismatch, which says what is missing and what to do, and Unavailable.
    """
    if (what := await mismatch(nc, ours)) is not None:
        raise StreamMismatch(words(ours, what))


def words(ours: StreamIdentity, what: str) -> str:
    """Say what is wrong with the stream, and what to do."""
    return (
        f"The stream {ours.stream} does not fit the journal, which goes to sequence {ours.recorded}: {what}. Nothing "
        "more is recorded. `daybook reconcile` shows all that differs; with --apply it puts back what the journal "
        "holds, byte for byte. Or restore the stream from its backup or another replica."
    )


async def mismatch(nc: Client, ours: StreamIdentity) -> str | None:
    """Describe how the stream differs from what is remembered, with the missing sequences; None: no difference at a
    glance.

    Raises Unavailable, and NotProvisioned when the stream goes away meanwhile.
    """
    found = await find(nc, ours.stream)
    if found is None:
        return f"there is no such stream; {_missing([(1, ours.last_sequence)]) or 'the journal is empty'}"
    faults = []
    if found.created_at != ours.created_at:
        faults.append(
            f"it was made at {found.created_at}, but the ledger was written from one made at {ours.created_at}: it is "
            "another stream"
        )
    if missing := _missing(await gone(nc, found, ours.last_sequence)):
        faults.append(missing)
    elif ours.end is not None and not ours.end.holds(await message_at(nc, ours.stream, ours.end.sequence)):
        faults.append(
            f"at sequence {ours.end.sequence}, where the journal ends, it holds another message: it lost its end, and "
            "numbers were used again"
        )
    if ours.unfinished is not None or is_closed(found.configuration):
        faults.append("a reconciliation was begun and not finished")
    return "; ".join(faults) or None


async def gone(nc: Client, found: StreamState, must_hold: int) -> Ranges:
    """The sequences up to its end that the stream does not hold, and those that it must hold behind its end."""
    last = max(found.last_sequence, must_hold)
    whole = found.first_sequence <= 1 and found.messages == found.last_sequence
    there = [(1, found.last_sequence)] if whole else await held(nc, found.name, found.last_sequence)
    return without((1, last), there)


def _missing(ranges: Ranges) -> str | None:
    ranges = [each for each in ranges if each[0] <= each[1]]
    return f"its messages {told(ranges)} are missing" if ranges else None
