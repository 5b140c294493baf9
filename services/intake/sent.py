"""Reading of the bytes that were sent: the events, and every fault that can be told from the bytes alone.

An event that is at fault does not hide the faults of the others: the sender mends them all at once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from contracts.cloudevents.envelope import CloudEvent, Refused, read_binary, read_event, reading_members
from contracts.cloudevents.refusals import Problem
from services.intake.journal import Identity

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
    """One event in JSON."""
    return _single(lambda: read_event(body))


def binary(headers: Mapping[str, str], body: bytes) -> Sent:
    """One event with its attributes in headers and its data in the body."""
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
