"""A playbook made ready for judging: which evidence each step needs, and which events may be that evidence.

A deal takes steps: step 2n − 1 enters stage n, step 2n completes it, step 0 is before the first stage.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeGuard

from contracts.events import EVENTS, Event
from contracts.playbook_check.evidence import NEVER_EVIDENCE
from contracts.playbooks.playbook import Appraisal, Condition, Item, Names, Playbook, Satisfier, Stage
from contracts.types.references import reference_key

NeedKind = Literal["milestone", "criterion", "commitment", "condition", "appraisal"]
Phase = Literal["entered", "completed"]


@dataclass(frozen=True, slots=True)
class Need:
    """An item or a commitment of a stage: one that a step needs, or that is only shown (conditions, appraisal)."""

    number: int
    """Its place among all needs of the playbook, from 0."""
    stage: int
    """Number of its stage."""
    key: str
    """The item's key; `commitment` for a commitment."""
    kind: NeedKind
    step: int
    """The step that needs it; 0 for what moves no deal: a condition, an appraisal item, the commitment of a stage that
    asks for none."""
    at_least: tuple[int, ...]
    """How many entries each way of meeting it takes: way 0 is naming it, the others are its satisfiers."""


@dataclass(frozen=True, slots=True)
class Match:
    """Events of one name that may count for a need."""

    need: int
    way: int
    where: tuple[tuple[str, str | int | bool], ...]
    has: tuple[str, ...] = ()
    least: tuple[tuple[str, Decimal], ...] = ()
    most: tuple[tuple[str, Decimal], ...] = ()
    after: str | None = None
    """Name of the event of which an unused one must come before."""
    within: tuple[str, str] | None = None
    """Name of the event, and its field, whose latest value before limits the amount."""

    @property
    def place(self) -> tuple[int, int]:
        """Need and way."""
        return self.need, self.way

    def fits(self, event: Event) -> bool:
        """Tell if the event's data has the values wanted; in a list, one member is enough. What came before the event
        is not looked at."""
        return (
            all(_holds(getattr(event, name, None), wanted) for name, wanted in self.where)
            and all(getattr(event, name, None) not in _EMPTY for name in self.has)
            and all(_is_number(found := getattr(event, name, None)) and found >= bound for name, bound in self.least)
            and all(_is_number(found := getattr(event, name, None)) and found <= bound for name, bound in self.most)
        )


class Rulebook:
    """Rules of one version of a playbook: what each of its steps needs, and which events meet it. Immutable."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self.name = f"playbook {playbook.key} version {playbook.version}"
        needs: list[Need] = []
        matches: dict[str, list[Match]] = {}
        items: dict[str, Need] = {}
        shown: dict[str, Need] = {}
        commitments: dict[int, Need] = {}
        names: dict[int, Names] = {}
        words: dict[str, int] = {}
        alike: dict[str, int] = {}
        for number, stage in enumerate(playbook.stages, start=1):
            for kind, item, step in _items(stage, number):
                ways = (1, *(each.at_least for each in item.satisfied_by))
                need = Need(len(needs), number, item.key, kind, step, ways)
                needs.append(need)
                names[need.number] = item.names
                (items if step else shown)[item.key] = need
                for way, satisfier in enumerate(item.satisfied_by, start=1):
                    if satisfier.event not in NEVER_EVIDENCE:
                        matches.setdefault(satisfier.event, []).append(_match(need, way, satisfier))
            step = 0 if stage.commitment is None else 2 * number
            commitments[number] = Need(len(needs), number, "commitment", "commitment", step, (1,))
            needs.append(commitments[number])
            if stage.commitment is not None:
                names[needs[-1].number] = stage.commitment
            claims = (stage.key, str(number), *stage.claimed_as)
            words |= {word.casefold(): number for word in claims}
            alike |= {reference_key(word).casefold(): number for word in claims}
        self.needs = tuple(needs)
        self.matches = {name: tuple(found) for name, found in matches.items()}
        """By event name."""
        found = [match for each in matches.values() for match in each]
        self.awaited: dict[str, tuple[tuple[int, int], ...]] = {}
        """By name of an event that must come before others: the needs and ways for which."""
        for each in found:
            if each.after is not None:
                self.awaited[each.after] = (*self.awaited.get(each.after, ()), each.place)
        self.limits = frozenset(each.within for each in found if each.within is not None)
        """Event names and their fields that limit amounts."""
        self.ordered = frozenset(
            {*self.awaited, *(name for name, _ in self.limits)}
            | {name for name, each in matches.items() if any(one.after or one.within for one in each)}
        )
        """Names of the events of which it matters which came before which."""
        self.items = items
        """Milestones and criteria by key."""
        self.shown = shown
        """Conditions and appraisal items by key."""
        self.commitments = commitments
        """By stage."""
        self.words = words
        """The stage that each word of a claim names, in lower case."""
        self.departments = tuple(frozenset(each.zh for each in stage.departments) for stage in playbook.stages)
        """Names of the departments that take part, in Chinese, as entries name them; by stage, from the first."""
        self._alike = alike
        self._names = names
        self.lacking = [0] * (2 * len(playbook.stages) + 1)
        """How many needs each step has."""
        for need in needs:
            self.lacking[need.step] += 1

    def claimed(self, word: str) -> int | None:
        """The stage that a word of a claim names, in any case and however it is spaced or composed."""
        return self.words.get(word.strip().casefold()) or self._alike.get(reference_key(word).casefold())

    def names_of(self, need: Need) -> Names | None:
        """Names of an item for people; None for the commitment of a stage that asks for none."""
        return self._names.get(need.number)

    def knows(self, key: str) -> bool:
        """Tell if the playbook has an item of this key."""
        return key in self.items or key in self.shown

    def needs_of(self, step: int) -> Sequence[Need]:
        """Return the needs of a step: its items in the playbook's order, then the commitment; none beyond the last
        step.
        """
        return [need for need in self.needs if need.step == step] if step else []

    def shown_of(self, stage: int) -> Sequence[Need]:
        """Conditions and appraisal items of a stage, in the playbook's order."""
        return [need for need in self.shown.values() if need.stage == stage]

    def stage_of(self, step: int) -> tuple[int | None, Phase | None]:
        """Stage and phase that a step leads to; none before the first."""
        if step == 0:
            return None, None
        return (step + 1) // 2, "entered" if step % 2 else "completed"

    def key_of(self, stage: int) -> str | None:
        """Key of a stage; None behind the last one."""
        return self.playbook.stages[stage - 1].key if stage <= len(self.playbook.stages) else None

    def stage_key(self, step: int) -> str | None:
        """The key of that stage."""
        return self.playbook.stages[(step - 1) // 2].key if step else None

    def probability(self, step: int) -> Decimal:
        """Probability of the last completed stage; 0 before the first completion (seed 004). Where claims decide, that
        of the stage claimed: a claim says nothing of completion."""
        stage = (step + 1) // 2 if self.playbook.position == "claim" else step // 2
        return self.playbook.stages[stage - 1].probability if stage else Decimal(0)


def _items(stage: Stage, number: int) -> Iterator[tuple[NeedKind, Item | Condition | Appraisal, int]]:
    yield from (("milestone", item, 2 * number - 1) for item in stage.milestones)
    yield from (("criterion", item, 2 * number) for item in stage.criteria)
    yield from (("condition", item, 0) for item in stage.conditions)
    yield from (("appraisal", item, 0) for item in stage.appraisal)


def _match(need: Need, way: int, satisfier: Satisfier) -> Match:
    """The match of a satisfier, by the names that the event's fields have now."""
    cls = EVENTS.named(satisfier.event)
    now = {} if cls is None else cls.renamed
    within = None if satisfier.within is None else satisfier.within.partition(".")
    return Match(
        need.number,
        way,
        tuple((now.get(name, name), value) for name, value in satisfier.where.items()),
        tuple(now.get(name, name) for name in satisfier.has),
        tuple((now.get(name, name), Decimal(bound)) for name, bound in satisfier.min.items()),
        tuple((now.get(name, name), Decimal(bound)) for name, bound in satisfier.max.items()),
        satisfier.after,
        None if within is None else (within[0], within[2]),
    )


_EMPTY: tuple[object, ...] = (None, "", ())


def _is_number(found: object) -> TypeGuard[int | Decimal]:
    return isinstance(found, int | Decimal) and not isinstance(found, bool)


def _holds(found: object, wanted: str | int | bool) -> bool:
    if isinstance(found, tuple):
        return any(_holds(each, wanted) for each in found)
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted
