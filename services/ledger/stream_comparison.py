"""The stream beside what it must hold, message by message: what is missing, and what is another message.

A message is the same when subject, bytes and `recorded_at` are: the last by the rule of `recorded_at_us`.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from services.ledger.expected_stream import expected
from services.ledger.journal import Connection
from services.nats.client import FollowingClient
from services.stream.clock import to_come
from services.stream.messages import Messages
from services.stream.read import recorded_at_us
from services.stream.sequence_ranges import Ranges, add, common, count, held, told, without


@dataclass(slots=True)
class Comparison:
    """Differences of stream and journal; sequences in order."""

    must_hold: int
    """The stream must hold all up to here."""
    last_sequence: int
    """Where it ends."""
    compared: int = 0
    """Up to where they were compared; less than `must_hold` when time was up."""
    missing: Ranges = field(default_factory=list)
    """Of what it must hold: it has nothing there."""
    other: Ranges = field(default_factory=list)
    """It has another message there."""
    retimed: Ranges = field(default_factory=list)
    """It has the same message, as taken at another time."""
    lost: Ranges = field(default_factory=list)
    """Behind what it must hold, and before its end: it has nothing there, and nobody else has."""
    beyond: Ranges = field(default_factory=list)
    """Behind what it must hold: messages that are not recorded yet."""
    to_come: Ranges = field(default_factory=list)
    """Of those: taken at a time that is still to come, by a clock that was wrong."""
    unreadable: Ranges = field(default_factory=list)
    """What it says it holds and does not give: a block on its disk is damaged. They are missing or lost as well."""

    @property
    def fits(self) -> bool:
        """Tell if nothing differs, so that the recorder can go on."""
        return not (self.missing or self.other or self.retimed or self.lost)

    @property
    def rewound_only(self) -> bool:
        """Tell if the stream only lacks its end, and nothing else is wrong."""
        within = [each for each in self.missing if each[0] <= self.last_sequence]
        return not (within or self.other or self.retimed or self.lost)

    def words(self) -> str:
        """Words for people, with the sequences."""
        said = {
            "missing": self.missing,
            "held by other messages": self.other,
            "taken at another time": self.retimed,
            "neither in the stream nor in the journal": self.lost,
            "not recorded, taken at a time that is still to come": self.to_come,
        }
        return "; ".join(f"{count(each)} {name}: {told(each)}" for name, each in said.items() if each)


async def compare(
    connection: Connection,
    nc: FollowingClient,
    stream: str,
    must_hold: int,
    last_sequence: int,
    *,
    progress: Callable[[int], None] = lambda _: None,
    within_s: float | None = None,
    unreadable: Ranges | None = None,
) -> Comparison:
    """Compare all up to the stream's end as it was asked for before, at most for so many seconds.

    What is known to be `unreadable` is not tried again: that takes long. Raises Unavailable, and DaybookError when the
    database lacks rows.
    """
    found = Comparison(must_hold, last_sequence)
    there = await held(nc, stream, last_sequence)
    deadline = None if within_s is None else asyncio.get_running_loop().time() + within_s
    readable = common(there, without((1, last_sequence), unreadable or []))
    before = 0
    async with Messages(nc, stream, common(readable, [(1, must_hold)])) as messages:
        async for chunk in expected(connection, 0, must_hold):
            taken = await messages.take(chunk[-1].sequence)
            for each in chunk:
                message = taken.get(each.sequence)
                if message is None:
                    add(found.missing, each.sequence)
                elif (message.subject, message.data) != (each.stream_subject, each.message):
                    add(found.other, each.sequence)
                elif recorded_at_us(message, before) != each.recorded_at_us:
                    add(found.retimed, each.sequence)
                before = each.recorded_at_us
            found.compared = chunk[-1].sequence
            progress(len(chunk))
            if deadline is not None and asyncio.get_running_loop().time() > deadline:
                break
    found.unreadable = common(there, found.missing)
    for first, last in without((found.compared + 1, must_hold), there):
        add(found.missing, first, last)  # of what was not compared, what the stream says it does not hold
    behind = (must_hold + 1, last_sequence)
    async with Messages(nc, stream, common(readable, [behind])) as messages:
        async for batch in messages.batches():
            for message in batch:
                add(found.beyond, message.sequence)
                if to_come(message, time.time_ns()):
                    add(found.to_come, message.sequence)
    found.lost = without(behind, found.beyond)
    found.unreadable += common(there, found.lost)
    return found
