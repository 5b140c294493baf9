"""Effective history: what counts of all that was said about a subject.

A correction or void names an original event; of all that name one target the highest sequence counts, so a later
correction revives a voided event. A replacement keeps type, subject, `deal_id` and `account_id`. Whatever breaks
these rules has no effect and is named in `without_effect`; what names an event that is not there waits for it.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from contracts.cloudevents.envelope import CloudEvent
from contracts.events import EVENTS, Event
from contracts.events.correction import EventCorrected, EventVoided
from projections.replay.entry import Entry, JournalEntry, order_of

VERSION = 3
"""Raised whenever the same entries give another effective history; part of the generation's digest."""
CHANGES: dict[int, tuple[str, ...]] = {
    2: ("Entries go by the whole time that was sent, to the nanosecond; before, within a microsecond by sequence.",),
    3: ("Flags of corrections and voids hold from the time of the correction on.",),
}
"""By each version above 1, sentences for people: how it differs from the version before."""

Identity = tuple[str, str]
_CORRECTIONS = frozenset({EventCorrected, EventVoided})


class Told(NamedTuple):
    """Change of effective history by one more entry."""

    gone: tuple[Entry[Event], ...] = ()
    new: tuple[Entry[Event], ...] = ()
    judged: tuple[int, ...] = ()
    """Sequences of the corrections and voids of which `without_effect` or `waiting` may say something else now."""


class Effective:
    """Entries that count, and the outcome of each correction; told entry by entry, in any order.

    A correction or void costs what finding its target costs, however long the history is. One that is about another
    subject concerns this one by its target alone: until that comes it is as if it were not there.
    """

    def __init__(self, subject: str) -> None:
        self.entries: list[Entry[Event]] = []
        """Sorted by their time as it was sent, then by sequence."""
        self.voided_by: dict[int, int] = {}
        """Sequence of a voided original to that of the void."""
        self.corrected_by: dict[int, int] = {}
        """Sequence of a corrected original to that of the correction."""
        self.without_effect: dict[int, str] = {}
        """Sequence of a correction or void that breaks a rule to the reason."""
        self.said_at: dict[int, datetime] = {}
        """Sequence of a correction or void to its own time."""
        self.waiting: dict[int, str] = {}
        """Sequence of a correction or void whose target is not among what concerns the subject, to the reason."""
        self._subject = subject
        self._originals: dict[Identity, JournalEntry | Entry[Event]] | None = None
        """All that was recorded, corrections and voids included: as the entry that it makes where that says as much.
        None while `entries` are all there is: an index that nobody needs would only take memory."""
        self._naming: dict[Identity, list[JournalEntry]] = {}
        """Corrections and voids by what they name, in order of sequence."""
        self._decided: dict[int, Entry[Event] | None] = {}
        """By the sequence of an original: what counts in its place, None where it is voided."""

    def load(self, recorded: Iterable[JournalEntry]) -> None:
        """A whole history at once, in order of sequence; nothing was told before."""
        corrections = []
        for each in recorded:
            if type(each.cloud_event.event) in _CORRECTIONS:
                corrections.append(each)
            else:
                self.entries.append(self._added(each))
        self.entries.sort(key=order_of)
        for each in corrections:
            self._correct(each)

    def add(self, recorded: JournalEntry) -> Entry[Event] | None:
        """Adds an entry while nothing was ever corrected. Returns what it counts as; None where it takes `take`."""
        if self._originals is not None or type(recorded.cloud_event.event) in _CORRECTIONS:
            return None
        entry = entry_of(recorded)
        if entry.event is not recorded.cloud_event.event:
            return None
        self._insert(entry)
        return entry

    def take(self, recorded: JournalEntry) -> Told:
        """Adds an entry."""
        if type(recorded.cloud_event.event) in _CORRECTIONS:
            return self._correct(recorded)
        entry = self._added(recorded)
        naming = self._naming.get(entry.identity) if self._naming else None
        if naming is None:
            self._insert(entry)
            return Told((), (entry,))
        judged = [sequence for each in naming for sequence in self._admitted(each)]
        for each in naming:
            self._judge(each, recorded)
        counts = self._decided.get(entry.sequence, entry)
        if counts is not None:
            self._insert(counts)
        return Told((), () if counts is None else (counts,), (*judged, *(each.sequence for each in naming)))

    def holds(self, sequence: int) -> bool:
        """Tell if an entry is part of the history; the cost grows with its length."""
        return (
            sequence in self._decided
            or any(each.sequence == sequence for each in self.entries)
            or any(each.sequence == sequence for naming in self._naming.values() for each in naming)
        )

    def _added(self, recorded: JournalEntry) -> Entry[Event]:
        entry = entry_of(recorded)
        plain = entry.event is recorded.cloud_event.event
        if self._originals is not None or not plain:
            self._index()[entry.identity] = entry if plain else recorded
        return entry

    def _index(self) -> dict[Identity, JournalEntry | Entry[Event]]:
        if self._originals is None:
            self._originals = {each.identity: each for each in self.entries}
        return self._originals

    def _correct(self, correction: JournalEntry) -> Told:
        target = _target_of(correction)
        self.said_at[correction.sequence] = correction.cloud_event.occurred_at
        insort(self._naming.setdefault(target, []), correction, key=lambda each: each.sequence)
        original = self._index().get(target)
        if target == correction.cloud_event.identity:
            original = correction
        if original is None and correction.cloud_event.subject != self._subject:
            return Told()
        judged = (*self._admitted(correction), correction.sequence)
        if original is None:
            named = "/".join(target)
            self.waiting[correction.sequence] = f"its target {named} is not among what concerns this subject"
            return Told(judged=judged)
        as_recorded = recorded_of(original) if isinstance(original, Entry) else original
        sequence = as_recorded.sequence
        before = self._decided[sequence] if sequence in self._decided else entry_of(as_recorded)
        if not self._judge(correction, as_recorded):
            return Told(judged=judged)
        gone: tuple[Entry[Event], ...] = ()
        if before is not None:
            gone = (self.entries.pop(bisect_left(self.entries, before.order, key=order_of)),)
        counts = self._decided[sequence]
        if counts is not None:
            self._insert(counts)
        return Told(gone, () if counts is None else (counts,), judged)

    def _admitted(self, correction: JournalEntry) -> list[int]:
        """A correction is there from now on: those that name it have found their target, by which they break a rule."""
        index, identity = self._index(), correction.cloud_event.identity
        if identity in index:
            return []
        index[identity] = correction
        naming = [each for each in self._naming.get(identity, ()) if each is not correction]
        for each in naming:
            self._judge(each, correction)
        return [each.sequence for each in naming]

    def _judge(self, correction: JournalEntry, original: JournalEntry) -> bool:
        """Judge a correction; true if it decides what counts in place of the original."""
        self.waiting.pop(correction.sequence, None)
        counts = _replacing(correction, original)
        if isinstance(counts, str):
            # Where a payment alone brings both of them here, the account that they are about says it.
            if self._subject in (
                correction.cloud_event.subject,
                original.cloud_event.subject,
                *original.cloud_event.event.concerns(),
            ):
                self.without_effect[correction.sequence] = counts
            return False
        decides = self.voided_by.get(original.sequence) or self.corrected_by.get(original.sequence)
        if decides is not None and decides > correction.sequence:
            return False
        self._decided[original.sequence] = counts
        self.voided_by.pop(original.sequence, None)
        self.corrected_by.pop(original.sequence, None)
        by = self.voided_by if counts is None else self.corrected_by
        by[original.sequence] = correction.sequence
        return True

    def _insert(self, entry: Entry[Event]) -> None:
        if not self.entries or self.entries[-1].order < entry.order:
            self.entries.append(entry)
        else:
            insort(self.entries, entry, key=order_of)


def effective(recorded: Iterable[JournalEntry], subject: str) -> Effective:
    """Effective history of a subject. `recorded` is all that concerns it, in any order."""
    found = Effective(subject)
    found.load(sorted(recorded, key=lambda each: each.sequence))
    return found


def is_correction(recorded: JournalEntry) -> bool:
    """Tell if it is a correction or a void."""
    return type(recorded.cloud_event.event) in _CORRECTIONS


def entry_of(recorded: JournalEntry) -> Entry[Event]:
    """An entry that nothing corrects."""
    said = recorded.cloud_event
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
        said.department,
    )


def recorded_of(entry: Entry[Event]) -> JournalEntry:
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
        entry.department,
    )
    return JournalEntry(entry.sequence, said)


def _target_of(correction: JournalEntry) -> Identity:
    event = correction.cloud_event.event
    assert isinstance(event, EventCorrected | EventVoided)
    return event.target.source, event.target.id


def _replacing(correction: JournalEntry, original: JournalEntry) -> Entry[Event] | str | None:
    """Entry that counts in place of the original, None for nothing; or the rule that the correction breaks."""
    event = correction.cloud_event.event
    said = original.cloud_event
    if is_correction(original):
        return "the target is itself a correction or void"
    if said.event.family == "policy":
        return "published playbooks and targets are never corrected or voided"
    if correction.cloud_event.subject != said.subject:
        return f"the target's subject is {said.subject}, not {correction.cloud_event.subject}"
    if not isinstance(event, EventCorrected):
        return None
    if event.target_type != said.type:
        return f"the target's type is {said.type}, not {event.target_type}"
    replacement = EVENTS.read_entry(event.target_type, event.replacement.data)
    if replacement.concerns() != said.event.concerns():
        return "the replacement names other deals or accounts than the target"
    return Entry(
        original.sequence,
        event.replacement.time.at,
        said.source,
        said.id,
        said.subject,
        said.actor,
        EVENTS.newest(replacement),
        correction.sequence,
        event.replacement.time.nanoseconds,
        said.department,
    )
