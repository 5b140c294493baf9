"""Matching of entries to the items of a playbook, and the step that a deal has thereby reached (seed 004).

A stage is entered when the one before is completed and all its milestones are done; it is completed when it is
entered, all its criteria are met and the customer's commitment has been received. So a deal stands at the last
step up to which nothing is lacking. Evidence that comes early waits in its place; taking evidence back opens a lack
and the deal falls to the step before it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from contracts.events import Event
from contracts.events.commitment import CommitmentWithdrawn, CustomerCommitmentReceived
from contracts.events.evidence import CriterionMet, EventReference, EvidenceRevoked, MilestoneAchieved
from projections.replay.entry import Entry, order_of
from projections.replay.rulebook import Need, Rulebook

_NAMING = frozenset({MilestoneAchieved, CriterionMet, CustomerCommitmentReceived})
"""Events that say themselves which item or stage they are evidence for."""
_TAKING_BACK = frozenset({CommitmentWithdrawn, EvidenceRevoked})


class Finding(NamedTuple):
    """Something surprising in an entry: the flag and what to tell people."""

    flag: str
    detail: str


class Evidence:
    """Evidence of a deal: the entries that count for needs of its playbook, in effective order. The cost of an entry is
    that of the items it touches.
    """

    __slots__ = ("_counted", "_lacking", "_places", "_rulebook", "_ways_met", "step")

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._counted: dict[tuple[int, int], list[Entry[Event]]] = {}
        """By need and way, in effective order."""
        self._places: dict[tuple[str, str], list[tuple[int, int]]] = {}
        """By identity of an entry: the needs and ways for which it counts."""
        self._ways_met: dict[int, int] = {}
        self._lacking = rulebook.lacking.copy()
        self.step = 0
        """The last step taken."""
        self._advance()

    def judge(self, entry: Entry[Event]) -> Finding | None:
        """Count an entry for whatever it meets, or take back what it takes back."""
        event = entry.event
        for need, way in self._meets(event):
            self._count(entry, need, way)
        if type(event) in _NAMING:
            return self._unknown(event)
        if type(event) not in _TAKING_BACK:
            return None
        match event:
            case CommitmentWithdrawn(stage=stage):
                return self._withdraw(stage)
            case EvidenceRevoked(target=EventReference() as target):
                if not self._take_back((target.source, target.id)):
                    return Finding("revoked_unknown", f"{target.source}/{target.id} is not evidence at that time")
            case EvidenceRevoked(item=str() as key):
                return self._revoke_item(key)
        return None

    def insert(self, entry: Entry[Event]) -> bool:
        """Count an entry among others, where enough before it count for all that it meets; whether it did.

        Nothing was ever taken back.
        """
        places = self._meets(entry.event)
        counted = [self._counted.get(place, []) for place in places]
        at = [bisect_left(each, entry.order, key=order_of) for each in counted]
        if any(map(self._is_needed, places, at)) or self._unknown(entry.event):
            return False
        for entries, index in zip(counted, at, strict=True):
            entries.insert(index, entry)
        if places:
            self._places[entry.identity] = places
        return True

    def remove(self, entry: Entry[Event]) -> bool:
        """Count an entry no longer, where enough before it count for all that it meets; whether it did.

        Nothing was ever taken back.
        """
        places = self._meets(entry.event)
        counted = [self._counted[place] for place in places]
        at = [bisect_left(each, entry.order, key=order_of) for each in counted]
        if any(map(self._is_needed, places, at)) or self._unknown(entry.event):
            return False
        for entries, index in zip(counted, at, strict=True):
            del entries[index]
        self._places.pop(entry.identity, None)
        return True

    def met_by(self, need: Need) -> Sequence[Entry[Event]]:
        """The entries that meet a need: the earliest that suffice, in one way; none while it is not met."""
        enough = [
            counted[:at_least]
            for way, at_least in enumerate(need.at_least)
            if len(counted := self._counted.get((need.number, way), [])) >= at_least
        ]
        return min(enough, key=lambda entries: entries[-1].order, default=[])

    def missing(self) -> Sequence[Need]:
        """Return the needs of the next step that are not met yet."""
        return [need for need in self._rulebook.needs_of(self.step + 1) if not self._ways_met.get(need.number)]

    def _meets(self, event: Event) -> list[tuple[int, int]]:
        """The needs that an event counts for, each with the way."""
        matches = self._rulebook.matches.get(event.event_name(), ())
        found = [(match.need, match.way) for match in matches if match.fits(event)]
        if type(event) not in _NAMING:
            return found
        match event:
            case MilestoneAchieved(milestone=key) | CriterionMet(criterion=key) if key in self._rulebook.items:
                found.append((self._rulebook.items[key].number, 0))
            case CustomerCommitmentReceived(stage=stage) if stage in self._rulebook.commitments:
                found.append((self._rulebook.commitments[stage].number, 0))
        return found

    def _unknown(self, event: Event) -> Finding | None:
        """An item or a stage that the playbook does not have."""
        if type(event) not in _NAMING:
            return None
        match event:
            case MilestoneAchieved(milestone=key) | CriterionMet(criterion=key) if key not in self._rulebook.items:
                return self._unknown_item(key)
            case CustomerCommitmentReceived(stage=stage) if stage not in self._rulebook.commitments:
                return self._unknown_stage(stage)
        return None

    def _is_needed(self, place: tuple[int, int], at: int) -> bool:
        """Tell if the entry at index `at` is among the first that suffice to meet the need in that way."""
        need, way = place
        return at < self._rulebook.needs[need].at_least[way]

    def _withdraw(self, stage: int) -> Finding | None:
        """The commitments for a stage so far no longer hold, whatever else they met."""
        if stage not in self._rulebook.commitments:
            return self._unknown_stage(stage)
        standing = self._counted.get((self._rulebook.commitments[stage].number, 0), [])
        if not standing:
            return Finding("withdrawn_unknown", f"no commitment for stage {stage} stands at that time")
        for entry in standing.copy():
            self._take_back(entry.identity)
        return None

    def _revoke_item(self, key: str) -> Finding | None:
        """The evidence for an item so far no longer counts for it."""
        if key not in self._rulebook.items:
            return self._unknown_item(key)
        need = self._rulebook.items[key]
        found = False
        for way in range(len(need.at_least)):
            for entry in self._counted.get((need.number, way), []).copy():
                self._places[entry.identity].remove((need.number, way))
                self._discount(entry.identity, need.number, way)
                found = True
        return None if found else Finding("revoked_unknown", f"nothing is evidence for {key} at that time")

    def _take_back(self, identity: tuple[str, str]) -> bool:
        """An entry no longer counts for anything. Returns whether it did."""
        places = self._places.pop(identity, [])
        for need, way in places:
            self._discount(identity, need, way)
        return bool(places)

    def _count(self, entry: Entry[Event], need: int, way: int) -> None:
        counted = self._counted.setdefault((need, way), [])
        counted.append(entry)
        self._places.setdefault(entry.identity, []).append((need, way))
        if len(counted) == self._rulebook.needs[need].at_least[way]:
            self._ways_met[need] = self._ways_met.get(need, 0) + 1
            if self._ways_met[need] == 1:
                self._lacking[self._rulebook.needs[need].step] -= 1
                self._advance()

    def _discount(self, identity: tuple[str, str], need: int, way: int) -> None:
        counted = self._counted[need, way]
        enough = self._rulebook.needs[need].at_least[way]
        had = len(counted) >= enough
        counted[:] = [each for each in counted if each.identity != identity]
        if had and len(counted) < enough:
            self._ways_met[need] -= 1
            if not self._ways_met[need]:
                step = self._rulebook.needs[need].step
                self._lacking[step] += 1
                if 0 < step <= self.step:
                    self.step = step - 1

    def _advance(self) -> None:
        while self.step + 1 < len(self._lacking) and not self._lacking[self.step + 1]:
            self.step += 1

    def _unknown_item(self, key: str) -> Finding:
        return Finding("unknown_item", f"{self._rulebook.name} has no milestone or criterion {key}")

    def _unknown_stage(self, stage: int) -> Finding:
        return Finding("unknown_stage", f"{self._rulebook.name} has no stage {stage}")
