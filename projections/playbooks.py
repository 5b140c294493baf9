"""The playbooks as folds see them: every published version, with the sequence of its publication."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from contracts.playbooks.playbook import Playbook
from projections.rulebook import Rulebook


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
class Playbooks:
    """Immutable. Of two publications of one version the first counts: versions never change."""

    published: dict[str, tuple[Published, ...]] = field(default_factory=dict)
    """By playbook key, in order of sequence."""

    @classmethod
    def of(cls, published: Iterable[Published]) -> "Playbooks":
        """From publications in any order."""
        found: dict[str, dict[int, Published]] = {}
        for each in sorted(published, key=lambda one: one.sequence):
            found.setdefault(each.playbook.key, {}).setdefault(each.playbook.version, each)
        return cls({key: tuple(versions.values()) for key, versions in found.items()})

    def __iter__(self) -> Iterator[Published]:
        """All publications that count, in no particular order."""
        return (each for versions in self.published.values() for each in versions)

    @cached_property
    def latest(self) -> int:
        """Sequence of the latest publication, 0 for none."""
        return max((each.sequence for each in self), default=0)

    def adding(self, published: Published) -> "Playbooks":
        """These and one more."""
        return self.of([*self, published])

    def known_at(self, sequence: int) -> "Playbooks":
        """Only what was published at or below a sequence."""
        if self.latest <= sequence:
            return self
        return self.of(each for each in self if each.sequence <= sequence)

    def find(self, key: str, version: int | None, sequence: int) -> Published | None:
        """The version that the event at `sequence` means: the one that it names, without one that in force."""
        if version is None:
            return self._in_force(key, sequence)
        return next((each for each in self.published.get(key, ()) if each.playbook.version == version), None)

    def named(self, key: str, version: int) -> Playbook | None:
        """The version that an event names."""
        found = self.find(key, version, 0)
        return found.playbook if found else None

    def in_force(self, key: str, sequence: int) -> Playbook | None:
        """For a deal opened at `sequence` without naming a version: the highest version published at a lower
        sequence, otherwise the first published later, otherwise None."""
        found = self._in_force(key, sequence)
        return found.playbook if found else None

    def _in_force(self, key: str, sequence: int) -> Published | None:
        versions = self.published.get(key, ())
        before = [each for each in versions if each.sequence < sequence]
        return max(before, key=lambda each: each.playbook.version) if before else next(iter(versions), None)
