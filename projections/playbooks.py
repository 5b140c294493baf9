"""The playbooks as folds see them: every published version, with the sequence of its publication."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.playbooks.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Published:
    """One published version."""

    sequence: int
    playbook: Playbook


@dataclass(frozen=True, slots=True)
class Playbooks:
    """Immutable. Of two publications of one version the first counts: versions never change."""

    published: dict[str, tuple[Published, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, published: Iterable[Published]) -> "Playbooks":
        """From publications in any order."""
        found: dict[str, dict[int, Published]] = {}
        for each in sorted(published, key=lambda one: one.sequence):
            found.setdefault(each.playbook.key, {}).setdefault(each.playbook.version, each)
        return cls({key: tuple(versions.values()) for key, versions in found.items()})

    def adding(self, published: Published) -> "Playbooks":
        """These and one more."""
        return self.of([*(each for versions in self.published.values() for each in versions), published])

    def known_at(self, sequence: int) -> "Playbooks":
        """Only what was published at or below a sequence."""
        return self.of(each for versions in self.published.values() for each in versions if each.sequence <= sequence)

    def named(self, key: str, version: int) -> Playbook | None:
        """The version that an event names."""
        return next((each.playbook for each in self.published.get(key, ()) if each.playbook.version == version), None)

    def in_force(self, key: str, sequence: int) -> Playbook | None:
        """For a deal opened at `sequence` without naming a version: the highest version published at a lower
        sequence, otherwise the first published later, otherwise None."""
        versions = self.published.get(key, ())
        before = [each.playbook for each in versions if each.sequence < sequence]
        if before:
            return max(before, key=lambda playbook: playbook.version)
        return min(versions, key=lambda each: each.sequence).playbook if versions else None
