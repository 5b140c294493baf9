"""Effective history: what counts of all that was said about a subject.

A correction or void names an original event; of all that name one target the highest sequence counts, so a later
correction revives a voided event. A replacement keeps type, subject, `deal_id` and `account_id`. Whatever breaks
these rules has no effect and is named in `without_effect`; what names an event that is not there waits for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.envelope import CloudEvent
from contracts.events import EVENTS, Event, EventCorrected, EventVoided
from projections.entry import Entry, Recorded

VERSION = 2
"""Raised whenever the same entries give another effective history; part of the generation's digest."""


@dataclass(frozen=True, slots=True)
class Effective:
    """What counts, and what became of each correction."""

    entries: list[Entry[Event]]
    """Sorted by their time as it was sent, then by sequence."""
    voided_by: dict[int, int]
    """Sequence of a voided original to that of the void."""
    corrected_by: dict[int, int]
    """Sequence of a corrected original to that of the correction."""
    without_effect: dict[int, str]
    """Sequence of a correction or void that breaks a rule to the reason."""
    waiting: dict[int, str]
    """Sequence of a correction or void whose target is not among what concerns the subject, to the reason."""


def effective(recorded: Iterable[Recorded]) -> Effective:
    """Effective history of what concerns one subject. `recorded` is all of it, in any order."""
    everything = sorted(recorded, key=lambda each: each.sequence)
    originals = {each.said.identity: each for each in everything}
    deciding: dict[int, Recorded] = {}
    without: dict[int, str] = {}
    waiting: dict[int, str] = {}
    for each in everything:
        if not isinstance(each.said.event, EventCorrected | EventVoided):
            continue
        named = each.said.event.target
        target = originals.get((named.source, named.id))
        if target is None:
            waiting[each.sequence] = f"its target {named.source}/{named.id} is not among what concerns this subject"
        elif reason := _broken_rule(each, target):
            without[each.sequence] = reason
        else:
            deciding[target.sequence] = each
    entries: list[Entry[Event]] = []
    voided: dict[int, int] = {}
    corrected: dict[int, int] = {}
    for each in everything:
        if isinstance(each.said.event, EventCorrected | EventVoided):
            continue
        decision = deciding.get(each.sequence)
        if decision is None:
            entries.append(entry_of(each))
        elif isinstance(decision.said.event, EventVoided):
            voided[each.sequence] = decision.sequence
        else:
            corrected[each.sequence] = decision.sequence
            entries.append(_replaced(each, decision))
    entries.sort(key=lambda entry: entry.order)
    return Effective(entries, voided, corrected, without, waiting)


def entry_of(recorded: Recorded) -> Entry[Event]:
    """An entry that nothing corrects."""
    said = recorded.said
    return Entry(
        recorded.sequence,
        said.occurred_at,
        said.source,
        said.id,
        said.subject,
        said.actor,
        EVENTS.newest(said.event),
        None,
        said.nanoseconds,
    )


def recorded_of(entry: Entry[Event]) -> Recorded:
    """An entry as it was recorded, of which `entry_of` made this one; the event is of newest version."""
    event = entry.event
    said = CloudEvent(
        entry.source,
        entry.id,
        event.type,
        entry.subject,
        entry.occurred_at,
        entry.actor,
        event,
        b"",
        entry.nanoseconds,
    )
    return Recorded(entry.sequence, said)


def _broken_rule(correction: Recorded, target: Recorded) -> str | None:
    event = correction.said.event
    said = target.said
    if isinstance(said.event, EventCorrected | EventVoided):
        return "the target is itself a correction or void"
    if said.event.family == "policy":
        return "published playbooks are never corrected or voided"
    if correction.said.subject != said.subject:
        return f"the target's subject is {said.subject}, not {correction.said.subject}"
    if isinstance(event, EventCorrected):
        if event.target_type != said.type:
            return f"the target's type is {said.type}, not {event.target_type}"
        if _replacement(event).concerns() != said.event.concerns():
            return "the replacement names other deals or accounts than the target"
    return None


def _replacement(event: EventCorrected) -> Event:
    return EVENTS.read_entry(event.target_type, event.replacement.data)


def _replaced(original: Recorded, correction: Recorded) -> Entry[Event]:
    event = correction.said.event
    assert isinstance(event, EventCorrected)
    said = original.said
    return Entry(
        original.sequence,
        event.replacement.time.at,
        said.source,
        said.id,
        said.subject,
        said.actor,
        EVENTS.newest(_replacement(event)),
        correction.sequence,
        event.replacement.time.nanoseconds,
    )
