"""The playbooks as folds see them: every version, and when it was published and withdrawn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from contracts.playbooks.playbook import Playbook
from projections.replay.rulebook import Rulebook


@dataclass(frozen=True)
class Published:
    """One published version."""

    sequence: int
    playbook: Playbook

    @cached_property
    def rulebook(self) -> Rulebook:
        """The playbook made ready for judging; made once."""
        return Rulebook(self.playbook)


@dataclass(frozen=True)
class Withdrawn:
    """The withdrawal of one version."""

    sequence: int
    key: str
    version: int


Policy = Published | Withdrawn
"""Publication or withdrawal: what an entry of the policy family says."""


@dataclass(frozen=True)
class Playbooks:
    """Immutable. Of two publications of one version the first counts, of two withdrawals too: versions never change.

    A withdrawal of what is not published at a lower sequence has no effect.
    """

    published: dict[str, tuple[Published, ...]] = field(default_factory=dict)
    """By playbook key, in order of sequence."""
    withdrawn: dict[tuple[str, int], Withdrawn] = field(default_factory=dict)
    """By playbook key and version."""

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> "Playbooks":
        """Collect publications and withdrawals, given in any order."""
        published: dict[str, dict[int, Published]] = {}
        withdrawn: dict[tuple[str, int], Withdrawn] = {}
        for each in sorted(policies, key=lambda one: one.sequence):
            if isinstance(each, Published):
                published.setdefault(each.playbook.key, {}).setdefault(each.playbook.version, each)
            elif each.version in published.get(each.key, ()):
                withdrawn.setdefault((each.key, each.version), each)
        return cls({key: tuple(versions.values()) for key, versions in published.items()}, withdrawn)

    def __iter__(self) -> Iterator[Policy]:
        """Iterates over the publications and withdrawals that count, in no particular order."""
        for versions in self.published.values():
            yield from versions
        yield from self.withdrawn.values()

    @cached_property
    def latest(self) -> int:
        """Sequence of the latest of them, 0 for none."""
        return max((each.sequence for each in self), default=0)

    def adding(self, policy: Policy) -> "Playbooks":
        """Return these playbooks with one more publication or withdrawal."""
        return self.of([*self, policy])

    def known_at(self, sequence: int) -> "Playbooks":
        """Playbooks that were published or withdrawn at or below a sequence."""
        if self.latest <= sequence:
            return self
        return self.of(each for each in self if each.sequence <= sequence)

    def find(self, key: str, version: int | None, sequence: int) -> Published | None:
        """The version that the event at `sequence` means: the one that it names, without one that in force."""
        if version is None:
            return self._in_force(key, sequence)
        return next((each for each in self.published.get(key, ()) if each.playbook.version == version), None)

    def named(self, key: str, version: int) -> Playbook | None:
        """The version that an event names, withdrawn or not."""
        found = self.find(key, version, 0)
        return found.playbook if found else None

    def in_force(self, key: str, sequence: int) -> Playbook | None:
        """Version in force for a deal opened at `sequence` without naming one. It is the highest version published at a
        lower sequence, otherwise the first published later, otherwise None. What was withdrawn at a lower sequence is
        left out; so a later withdrawal changes nothing for the deal."""
        found = self._in_force(key, sequence)
        return found.playbook if found else None

    def _in_force(self, key: str, sequence: int) -> Published | None:
        versions = [each for each in self.published.get(key, ()) if not self._withdrawn(each.playbook, sequence)]
        before = [each for each in versions if each.sequence < sequence]
        return max(before, key=lambda each: each.playbook.version) if before else next(iter(versions), None)

    def _withdrawn(self, playbook: Playbook, sequence: int) -> bool:
        """Tell if a version was withdrawn below a sequence."""
        found = self.withdrawn.get((playbook.key, playbook.version))
        return found is not None and found.sequence < sequence
