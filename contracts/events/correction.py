"""The correction family: an event that should have said something else, or should never have been sent."""

from typing import Any

from contracts.events.event import Data, Event
from contracts.events.evidence import EventReference
from contracts.types.identifiers import EventType, LongText, Person, SubjectKind
from contracts.types.times import ExactTime

_ANY: frozenset[SubjectKind] = frozenset({"deal", "account"})


class Replacement(Data):
    """Corrected time and data of a target event, whose type, subject and named deals and accounts stay the same."""

    time: ExactTime
    """When it happened, with offset."""
    data: dict[str, Any]
    """The whole data, by the target's own contract."""


class EventCorrected(Event, type="daybook.event_corrected.v1", family="correction", subjects=_ANY):
    """The target counts as if it had been sent with the replacement's time and data. The original stays."""

    target: EventReference
    """An original event, never a correction."""
    target_type: EventType
    """CloudEvents type of the target."""
    replacement: Replacement
    """The full replacement."""
    reason: LongText
    """Why."""
    approver: Person
    """Who agreed."""


class EventVoided(Event, type="daybook.event_voided.v1", family="correction", subjects=_ANY):
    """The target never happened. The original stays in the ledger."""

    target: EventReference
    """An original event, never a correction."""
    reason: LongText
    """Why."""
    approver: Person
    """Who agreed."""
