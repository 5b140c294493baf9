"""Matching of entries to the items of a playbook, and the step that a deal has thereby reached (seed 004).

A stage is entered when the one before is completed and all its milestones are done; it is completed when it is
entered, all its criteria are met and the customer's commitment has been received. So a deal stands at the last
step up to which nothing is lacking. Evidence that comes early waits in its place; taking evidence back opens a lack
and the deal falls to the step before it.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from contracts.events import Event
from contracts.events.activity import ActivityCancelled, ActivityPlanned
from contracts.events.commitment import CommitmentWithdrawn, CustomerCommitmentReceived
from contracts.events.evidence import (
    ConditionAssessed,
    CriterionMet,
    EventReference,
    EvidenceRevoked,
    MilestoneAchieved,
)
from projections.replay.entry import Entry, order_of
from projections.replay.rulebook import Match, Need, Rulebook

_NAMING = frozenset({MilestoneAchieved, CriterionMet, CustomerCommitmentReceived, ConditionAssessed})
"""Events that say themselves which item or stage they are evidence for."""
_TAKING_BACK = frozenset({CommitmentWithdrawn, EvidenceRevoked, ActivityCancelled, ConditionAssessed})


def takes_back(event: Event) -> bool:
    """Tell if an event may end what others were evidence for."""
    if isinstance(event, ConditionAssessed):
        return event.result == "not_met"
    return type(event) in _TAKING_BACK


class Finding(NamedTuple):
    """Something surprising in an entry: the flag and what to tell people."""

    flag: str
    detail: str


class Evidence:
    """Evidence of a deal: the entries that count for needs of its playbook, in effective order. The cost of an entry is
    that of the items it touches.
    """

    __slots__ = ("_changed", "_counted", "_lacking", "_latest", "_places", "_unused", "_ways_met", "rulebook", "step")

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._counted: dict[tuple[int, int], list[Entry[Event]]] = {}
        """By need and way, in effective order."""
        self._places: dict[tuple[str, str], list[tuple[int, int]]] = {}
        """By identity of an entry: the needs and ways for which it counts."""
        self._ways_met: dict[int, int] = {}
        self._unused: dict[tuple[int, int], list[Entry[Event]]] = {
            place: [] for each in rulebook.awaited.values() for place in each
        }
        """By need and way: the events that must come before and are not used up, earliest first."""
        self._latest: dict[tuple[str, str], list[Entry[Event]]] = {limit: [] for limit in rulebook.limits}
        """By event and field that limit amounts: the entries that give a value, latest last."""
        self._changed: set[int] = set()
        """Needs that were met, or are met no longer or by others, since they were last asked for."""
        self._lacking = rulebook.lacking.copy()
        self.step = 0
        """The last step taken."""
        self._advance()

    def judge(self, entry: Entry[Event]) -> Finding | None:
        """Count an entry for whatever it meets, or take back what it takes back."""
        event = entry.event
        ordered = event.event_name() in self.rulebook.ordered
        for need, way in self._meets_by_order(entry) if ordered else self._meets(event):
            self._count(entry, need, way)
        if ordered:
            self._remember(entry)
        if type(event) in _NAMING and (finding := self._unknown(event)):
            return finding
        if type(event) not in _TAKING_BACK:
            return None
        match event:
            case CommitmentWithdrawn(stage=stage):
                return self._withdraw(stage)
            case EvidenceRevoked(target=EventReference() as target):
                if not self._take_back((target.source, target.id)):
                    return Finding("revoked_unknown", f"{target.source}/{target.id} is not evidence at that time")
            case EvidenceRevoked(item=str() as key):
                if not self.rulebook.knows(key):
                    return self._unknown_item(key)
                if not self._discount_item(key):
                    return Finding("revoked_unknown", f"nothing is evidence for {key} at that time")
            case ActivityCancelled(target=EventReference() as target):
                self._forget_unused(lambda each: each.identity == (target.source, target.id))
            case ActivityCancelled(plan=str() as plan):
                self._forget_unused(lambda each: isinstance(each.event, ActivityPlanned) and each.event.plan == plan)
            case ConditionAssessed(item=key, result="not_met"):
                self._discount_item(key)
        return None

    def changed(self) -> Collection[int]:
        """Numbers of the needs that were met, or are met no longer or by others, since this was last called."""
        if not self._changed:
            return ()
        changed, self._changed = self._changed, set()
        return sorted(changed)

    def met(self) -> Collection[int]:
        """Numbers of the needs that are met."""
        return sorted(need for need, ways in self._ways_met.items() if ways)

    def insert(self, entry: Entry[Event]) -> bool:
        """Count an entry among others, where enough before it count for all that it meets; whether it did.

        Nothing was ever taken back.
        """
        if entry.event.event_name() in self.rulebook.ordered:
            return False
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
        if entry.event.event_name() in self.rulebook.ordered:
            return False
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
        return [need for need in self.rulebook.needs_of(self.step + 1) if not self._ways_met.get(need.number)]

    def _meets(self, event: Event) -> list[tuple[int, int]]:
        """The needs that an event counts for, each with the way, whatever came before it."""
        matches = self.rulebook.matches.get(event.event_name(), ())
        return self._named([match.place for match in matches if match.fits(event)], event)

    def _meets_by_order(self, entry: Entry[Event]) -> list[tuple[int, int]]:
        """The needs that an entry counts for, each with the way, by what came before it, which it uses up."""
        found = []
        for match in self.rulebook.matches.get(entry.event.event_name(), ()):
            if not match.fits(entry.event) or not self._lies_within(match, entry.event):
                continue
            if match.after is not None:
                unused = self._unused[match.place]
                if not unused:
                    continue
                del unused[0]
            found.append(match.place)
        return self._named(found, entry.event)

    def _lies_within(self, match: Match, event: Event) -> bool:
        if match.within is None:
            return True
        amount, currency = getattr(event, "amount", None), getattr(event, "currency", None)
        limits = [
            value
            for each in self._latest[match.within]
            if (value := getattr(each.event, match.within[1])) is not None
            and getattr(each.event, "currency", None) == currency
        ]
        return amount is not None and bool(limits) and amount <= limits[-1]

    def _remember(self, entry: Entry[Event]) -> None:
        """Keep what later entries must come after or lie within."""
        name = entry.event.event_name()
        for place in self.rulebook.awaited.get(name, ()):
            self._unused[place].append(entry)
        for limit in self._latest:
            if limit[0] == name:
                self._latest[limit].append(entry)

    def _forget_unused(self, gone: Callable[[Entry[Event]], bool]) -> bool:
        """Let nothing come after some entries any more. Returns whether something still could."""
        found = False
        for place, unused in self._unused.items():
            kept = [each for each in unused if not gone(each)]
            found = found or len(kept) < len(unused)
            self._unused[place] = kept
        return found

    def _named(self, found: list[tuple[int, int]], event: Event) -> list[tuple[int, int]]:
        """Add the item or stage that an event names itself."""
        if type(event) not in _NAMING:
            return found
        match event:
            case MilestoneAchieved(milestone=key) | CriterionMet(criterion=key) if key in self.rulebook.items:
                found.append((self.rulebook.items[key].number, 0))
            case ConditionAssessed(item=key, result="met") if key in self.rulebook.shown:
                found.append((self.rulebook.shown[key].number, 0))
            case CustomerCommitmentReceived(stage=stage) if stage in self.rulebook.commitments:
                found.append((self.rulebook.commitments[stage].number, 0))
        return found

    def _unknown(self, event: Event) -> Finding | None:
        """An item or a stage that the playbook does not have."""
        if type(event) not in _NAMING:
            return None
        match event:
            case MilestoneAchieved(milestone=key) | CriterionMet(criterion=key) if key not in self.rulebook.items:
                return self._unknown_item(key)
            case ConditionAssessed(item=key) if key not in self.rulebook.shown:
                return Finding("unknown_item", f"{self.rulebook.name} has no condition or appraisal item {key}")
            case CustomerCommitmentReceived(stage=stage) if stage not in self.rulebook.commitments:
                return self._unknown_stage(stage)
        return None

    def _is_needed(self, place: tuple[int, int], at: int) -> bool:
        """Tell if the entry at index `at` is among the first that suffice to meet the need in that way."""
        need, way = place
        return at < self.rulebook.needs[need].at_least[way]

    def _withdraw(self, stage: int) -> Finding | None:
        """The commitments for a stage so far no longer hold, whatever else they met."""
        if stage not in self.rulebook.commitments:
            return self._unknown_stage(stage)
        standing = self._counted.get((self.rulebook.commitments[stage].number, 0), [])
        if not standing:
            return Finding("withdrawn_unknown", f"no commitment for stage {stage} stands at that time")
        for entry in standing.copy():
            self._take_back(entry.identity)
        return None

    def _discount_item(self, key: str) -> bool:
        """The evidence for an item so far no longer counts for it. Returns whether there was any."""
        need = self.rulebook.items.get(key) or self.rulebook.shown.get(key)
        if need is None:
            return False
        found = False
        for way in range(len(need.at_least)):
            for entry in self._counted.get((need.number, way), []).copy():
                self._places[entry.identity].remove((need.number, way))
                self._discount(entry.identity, need.number, way)
                found = True
        return found

    def _take_back(self, identity: tuple[str, str]) -> bool:
        """An entry no longer counts for anything. Returns whether it did."""
        places = self._places.pop(identity, [])
        for need, way in places:
            self._discount(identity, need, way)
        found = self._forget_unused(lambda each: each.identity == identity) or bool(places)
        for limit, entries in self._latest.items():
            kept = [each for each in entries if each.identity != identity]
            found = found or len(kept) < len(entries)
            self._latest[limit] = kept
        return found

    def _count(self, entry: Entry[Event], need: int, way: int) -> None:
        counted = self._counted.setdefault((need, way), [])
        counted.append(entry)
        self._places.setdefault(entry.identity, []).append((need, way))
        if len(counted) == self.rulebook.needs[need].at_least[way]:
            self._ways_met[need] = self._ways_met.get(need, 0) + 1
            if self._ways_met[need] == 1:
                self._changed.add(need)
                self._lacking[self.rulebook.needs[need].step] -= 1
                self._advance()

    def _discount(self, identity: tuple[str, str], need: int, way: int) -> None:
        counted = self._counted[need, way]
        enough = self.rulebook.needs[need].at_least[way]
        had = len(counted) >= enough
        counted[:] = [each for each in counted if each.identity != identity]
        if had:
            self._changed.add(need)
        if had and len(counted) < enough:
            self._ways_met[need] -= 1
            if not self._ways_met[need]:
                step = self.rulebook.needs[need].step
                self._lacking[step] += 1
                if 0 < step <= self.step:
                    self.step = step - 1

    def _advance(self) -> None:
        while self.step + 1 < len(self._lacking) and not self._lacking[self.step + 1]:
            self.step += 1

    def _unknown_item(self, key: str) -> Finding:
        return Finding("unknown_item", f"{self.rulebook.name} has no milestone or criterion {key}")

    def _unknown_stage(self, stage: int) -> Finding:
        return Finding("unknown_stage", f"{self.rulebook.name} has no stage {stage}")
