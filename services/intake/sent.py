"""From the bytes that were sent to events, and every fault that can be told from the bytes alone.

An event that is at fault does not hide the faults of the others: the sender mends them all at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from contracts.envelope import CloudEvent, Refused, read_binary, read_event, read_members
from contracts.problems import Problem
from services.intake.journal import Identity


@dataclass(frozen=True)
class Sent:
    """What one request holds."""

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


def batch(body: bytes) -> Sent:
    """A JSON list of events."""
    try:
        members = read_members(body)
    except Refused as refused:
        return Sent([], refused.problems)
    events = [(index, each) for index, each in enumerate(members) if isinstance(each, CloudEvent)]
    return Sent(events, [problem for each in members if isinstance(each, Refused) for problem in each.problems])


def _single(read: Callable[[], CloudEvent]) -> Sent:
    try:
        return Sent([(0, read())], single=True)
    except Refused as refused:
        faults = [Problem(each.field, each.reason, each.kind, 0) for each in refused.problems]
        return Sent([], faults, single=True)
