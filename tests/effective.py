"""Effective history by its definition, read off all that was recorded; as slow as it is plain."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.events import EVENTS, Event
from contracts.events.correction import EventCorrected, EventVoided
from contracts.rules.canonical import canonical
from projections.replay.entry import Entry, JournalEntry
from projections.replay.history import entry_of


@dataclass
class Defined:
    """Effective history of a subject: the entries that count, and what became of each correction."""

    entries: list[Entry[Event]] = field(default_factory=list)
    voided_by: dict[int, int] = field(default_factory=dict)
    corrected_by: dict[int, int] = field(default_factory=dict)
    without_effect: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)


def defined(recorded: Sequence[JournalEntry], subject: str) -> Defined:
    """Of all that concerns the subject."""
    found = Defined()
    by_identity = {each.cloud_event.identity: each for each in recorded}
    corrections = [each for each in recorded if isinstance(each.cloud_event.event, EventCorrected | EventVoided)]
    originals = [each for each in recorded if each not in corrections]
    there = [each for each in corrections if each.cloud_event.subject == subject or _target(each) in by_identity]
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
            if _target(each) == original.cloud_event.identity and each.sequence not in found.without_effect
        ]
        last = max(deciding, key=lambda each: each.sequence, default=None)
        if last is None:
            found.entries.append(entry_of(original))
        elif isinstance(last.cloud_event.event, EventVoided):
            found.voided_by[original.sequence] = last.sequence
        else:
            found.corrected_by[original.sequence] = last.sequence
            found.entries.append(_replaced(original, last))
    found.entries.sort(key=lambda entry: entry.order)
    return found


def _target(correction: JournalEntry) -> tuple[str, str]:
    event = correction.cloud_event.event
    assert isinstance(event, EventCorrected | EventVoided)
    return event.target.source, event.target.id


def _replacement(correction: EventCorrected) -> Event:
    return EVENTS.newest(EVENTS.read(correction.target_type, canonical(correction.replacement.data)))


def _may(correction: JournalEntry, target: JournalEntry) -> bool:
    event, said = correction.cloud_event.event, target.cloud_event
    if said.event.family in ("correction", "policy") or correction.cloud_event.subject != said.subject:
        return False
    if isinstance(event, EventVoided):
        return True
    assert isinstance(event, EventCorrected)
    return event.target_type == said.type and _replacement(event).concerns() == said.event.concerns()


def _replaced(original: JournalEntry, correction: JournalEntry) -> Entry[Event]:
    event = correction.cloud_event.event
    assert isinstance(event, EventCorrected)
    return entry_of(original)._replace(
        occurred_at=event.replacement.time.at,
        nanoseconds=event.replacement.time.nanoseconds,
        event=_replacement(event),
        corrected_by=correction.sequence,
    )
