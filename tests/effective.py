"""Effective history by its definition, read off all that was recorded; as slow as it is plain."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.cloudevents.canonical import canonical
from contracts.events import EVENTS, Event, EventCorrected, EventVoided
from projections.entry import Entry, Recorded
from projections.history import entry_of


@dataclass
class Defined:
    """Effective history of a subject: the entries that count, and what became of each correction."""

    entries: list[Entry[Event]] = field(default_factory=list)
    voided_by: dict[int, int] = field(default_factory=dict)
    corrected_by: dict[int, int] = field(default_factory=dict)
    without_effect: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)


def defined(recorded: Sequence[Recorded], subject: str) -> Defined:
    """Of all that concerns the subject."""
    found = Defined()
    by_identity = {each.said.identity: each for each in recorded}
    corrections = [each for each in recorded if isinstance(each.said.event, EventCorrected | EventVoided)]
    originals = [each for each in recorded if each not in corrections]
    there = [each for each in corrections if each.said.subject == subject or _target(each) in by_identity]
    for each in there:
        target = by_identity.get(_target(each))
        if target is None or (target in corrections and target not in there):
            found.waiting.add(each.sequence)
        elif not _may(each, target):
            found.without_effect.add(each.sequence)
    for original in originals:
        deciding = [
            each
            for each in there
            if _target(each) == original.said.identity and each.sequence not in found.without_effect
        ]
        last = max(deciding, key=lambda each: each.sequence, default=None)
        if last is None:
            found.entries.append(entry_of(original))
        elif isinstance(last.said.event, EventVoided):
            found.voided_by[original.sequence] = last.sequence
        else:
            found.corrected_by[original.sequence] = last.sequence
            found.entries.append(_replaced(original, last))
    found.entries.sort(key=lambda entry: entry.order)
    return found


def _target(correction: Recorded) -> tuple[str, str]:
    event = correction.said.event
    assert isinstance(event, EventCorrected | EventVoided)
    return event.target.source, event.target.id


def _replacement(correction: EventCorrected) -> Event:
    return EVENTS.newest(EVENTS.read(correction.target_type, canonical(correction.replacement.data)))


def _may(correction: Recorded, target: Recorded) -> bool:
    event, said = correction.said.event, target.said
    if said.event.family in ("correction", "policy") or correction.said.subject != said.subject:
        return False
    if isinstance(event, EventVoided):
        return True
    assert isinstance(event, EventCorrected)
    return event.target_type == said.type and _replacement(event).concerns() == said.event.concerns()


def _replaced(original: Recorded, correction: Recorded) -> Entry[Event]:
    event = correction.said.event
    assert isinstance(event, EventCorrected)
    return entry_of(original)._replace(
        occurred_at=event.replacement.time.at,
        nanoseconds=event.replacement.time.nanoseconds,
        event=_replacement(event),
        corrected_by=correction.sequence,
    )
