"""A playbook made ready for judging: which evidence each step needs, and which events may be that evidence.

A deal takes steps: step 2n − 1 enters stage n, step 2n completes it, step 0 is before the first stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from contracts.events import Event
from contracts.playbook_check.evidence import NEVER_EVIDENCE
from contracts.playbooks.playbook import Item, Playbook, Satisfier, Stage
from contracts.types.references import reference_key

NeedKind = Literal["milestone", "criterion", "commitment"]
Phase = Literal["entered", "completed"]


@dataclass(frozen=True, slots=True)
class Need:
    """An item or a commitment that a step needs."""

    number: int
    """Its place among all needs of the playbook, from 0."""
    key: str
    """The item's key; `commitment` for a commitment."""
    kind: NeedKind
    step: int
    """The step that needs it; 0 for the commitment of a stage that asks for none."""
    at_least: tuple[int, ...]
    """How many entries each way of meeting it takes: way 0 is naming it, the others are its satisfiers."""


@dataclass(frozen=True, slots=True)
class Match:
    """Events of one name that may count for a need."""

    need: int
    way: int
    where: tuple[tuple[str, str | int | bool], ...]

    def fits(self, event: Event) -> bool:
        """Tell if the event's data has the values wanted; in a list, one member is enough."""
        return all(_holds(getattr(event, name, None), wanted) for name, wanted in self.where)


class Rulebook:
    """Rules of one version of a playbook: what each of its steps needs, and which events meet it. Immutable."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self.name = f"playbook {playbook.key} version {playbook.version}"
        needs: list[Need] = []
        matches: dict[str, list[Match]] = {}
        items: dict[str, Need] = {}
        commitments: dict[int, Need] = {}
        words: dict[str, int] = {}
        alike: dict[str, int] = {}
        for number, stage in enumerate(playbook.stages, start=1):
            for kind, item, step in _items(stage, number):
                need = Need(len(needs), item.key, kind, step, (1, *(each.at_least for each in item.satisfied_by)))
                needs.append(need)
                items[item.key] = need
                for way, satisfier in enumerate(item.satisfied_by, start=1):
                    if satisfier.event not in NEVER_EVIDENCE:
                        matches.setdefault(satisfier.event, []).append(_match(need, way, satisfier))
            step = 0 if stage.commitment is None else 2 * number
            commitments[number] = Need(len(needs), "commitment", "commitment", step, (1,))
            needs.append(commitments[number])
            names = (stage.key, str(number), *stage.claimed_as)
            words |= {word.casefold(): number for word in names}
            alike |= {reference_key(word).casefold(): number for word in names}
        self.needs = tuple(needs)
        self.matches = {name: tuple(found) for name, found in matches.items()}
        """By event name."""
        self.items = items
        """Milestones and criteria by key."""
        self.commitments = commitments
        """By stage."""
        self.words = words
        """The stage that each word of a claim names, in lower case."""
        self._alike = alike
        self.lacking = [0] * (2 * len(playbook.stages) + 1)
        """How many needs each step has."""
        for need in needs:
            self.lacking[need.step] += 1

    def claimed(self, word: str) -> int | None:
        """The stage that a word of a claim names, in any case and however it is spaced or composed."""
        return self.words.get(word.strip().casefold()) or self._alike.get(reference_key(word).casefold())

    def needs_of(self, step: int) -> Sequence[Need]:
        """Return the needs of a step: its items in the playbook's order, then the commitment; none beyond the last
        step.
        """
        return [need for need in self.needs if need.step == step]

    def stage_of(self, step: int) -> tuple[int | None, Phase | None]:
        """Stage and phase that a step leads to; none before the first."""
        if step == 0:
            return None, None
        return (step + 1) // 2, "entered" if step % 2 else "completed"

    def stage_key(self, step: int) -> str | None:
        """The key of that stage."""
        return self.playbook.stages[(step - 1) // 2].key if step else None

    def probability(self, step: int) -> Decimal:
        """Probability of the last completed stage; 0 before the first completion (seed 004)."""
        return self.playbook.stages[step // 2 - 1].probability if step > 1 else Decimal(0)


def _items(stage: Stage, number: int) -> list[tuple[NeedKind, Item, int]]:
    return [
        *(("milestone", item, 2 * number - 1) for item in stage.milestones),
        *(("criterion", item, 2 * number) for item in stage.criteria),
    ]


def _match(need: Need, way: int, satisfier: Satisfier) -> Match:
    return Match(need.number, way, tuple(satisfier.where.items()))


def _holds(found: object, wanted: str | int | bool) -> bool:
    if isinstance(found, tuple):
        return any(_holds(each, wanted) for each in found)
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted
