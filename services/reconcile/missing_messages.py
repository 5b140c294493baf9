"""The messages that a stream lacks, as they are put back: journal rows first, then what was saved."""

from collections.abc import AsyncIterator

import asyncpg

from contracts.cloudevents.envelope import CloudEvent
from contracts.types.microseconds import instant
from services.errors import Unavailable
from services.ledger.expected_stream import ExpectedMessage, expected
from services.ledger.stream_identity import StreamIdentity
from services.recorder.classify import classify
from services.stream.append import message_of
from services.stream.append_at import PutBack


async def lacking(
    connection: asyncpg.Connection, ours: StreamIdentity, after: int, now_us: int
) -> AsyncIterator[list[PutBack]]:
    """Yield the messages that the stream lacks behind a sequence.

    `now_us` is the time on the stream's server, in microseconds since 1970 UTC. Raises Unavailable when it is before
    the time of a message: a stream believes no time that is still to come.
    """
    seen: set[str] = set()
    async for chunk in expected(connection, min(after, ours.recorded), ours.last_sequence):
        if chunk[-1].recorded_at_us > now_us:
            raise Unavailable(
                f"The clock of the NATS server is behind: message {chunk[-1].sequence} was recorded at "
                f"{instant(chunk[-1].recorded_at_us)}, and there it is {instant(now_us)}. Set it right, and run "
                "this again."
            )
        # Of what the journal has, it knows the identity; the rest the stream shall remember for its window.
        messages = [PutBack(*each, _first(each, seen) if each.sequence > ours.recorded else None) for each in chunk]
        yield [each for each in messages if each.sequence > after]


def _first(message: ExpectedMessage, seen: set[str]) -> str | None:
    """The identity of an event that the journal does not know yet, the first time that it comes."""
    said = classify(message.stream_subject, message.message)
    if not isinstance(said, CloudEvent) or (identity := message_of(said).identity) in seen:
        return None
    seen.add(identity)
    return identity
