"""Playbooks with position by claim: a deal stands where a foreign CRM said last."""

from collections.abc import Sequence

from contracts.events import StageClaimed
from projections.entry import Entry
from projections.rulebook import Rulebook
from projections.stage_position.evidence import Finding


class Claims:
    """The claims that name a stage of the playbook, in effective order. A claim enters its stage, whatever came
    before it; what claims leave unsaid (milestones, completion) stays unknown."""

    __slots__ = ("_claimed", "_rulebook")

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._claimed: list[tuple[Entry[StageClaimed], int]] = []

    @property
    def step(self) -> int:
        """The step that the latest claim takes, 0 for none."""
        return 2 * self._claimed[-1][1] - 1 if self._claimed else 0

    def judge(self, entry: Entry[StageClaimed]) -> Finding | None:
        """Take a claim, if its word names a stage."""
        word = entry.event.stage
        stage = self._rulebook.claimed(word)
        if stage is None:
            return Finding("unknown_stage_claimed", f"{word!r} names no stage of {self._rulebook.name}")
        self._claimed.append((entry, stage))
        return None

    def revoke(self, identity: tuple[str, str]) -> bool:
        """A claim no longer counts: the one before it does. Returns whether there was one."""
        kept = [each for each in self._claimed if each[0].identity != identity]
        found = len(kept) < len(self._claimed)
        self._claimed = kept
        return found

    def standing(self) -> Sequence[Entry[StageClaimed]]:
        """The latest claim and those right before it that name the same stage, in order."""
        run: list[Entry[StageClaimed]] = []
        for entry, stage in reversed(self._claimed):
            if stage != self._claimed[-1][1]:
                break
            run.append(entry)
        return run[::-1]
