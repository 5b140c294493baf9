"""Simulation of a draft of a playbook: where a deal would stand if the draft alone had judged it from its opening."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from contracts.events import Event
from contracts.events.commitment import CustomerCommitmentReceived
from contracts.events.evidence import ConditionAssessed, CriterionMet, MilestoneAchieved
from contracts.playbooks.playbook import Playbook
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks, Published
from projections.replay.rulebook import Phase, Rulebook
from projections.replay.view import fold
from projections.views.stage_position import stage_position


@dataclass(frozen=True)
class _DraftStands(Playbooks):
    """Playbooks in which a draft stands for every version of its key, published or not."""

    draft: Published | None = None

    def find(self, key: str, version: int | None, sequence: int) -> Published | None:
        """The draft, or the version that an event means of another key."""
        if self.draft is not None and key == self.draft.playbook.key:
            return self.draft
        return super().find(key, version, sequence)


@dataclass(frozen=True, slots=True)
class Simulated:
    """Position of a deal by the draft."""

    stage: int | None
    phase: Phase | None
    probability: Decimal
    orphaned: tuple[str, ...]
    """Keys that evidence of the deal names, and that the version which it follows has and the draft lacks, in order;
    `commitment/2` for the commitment of stage 2."""


@dataclass(frozen=True)
class Simulation:
    """A draft, and the playbooks as known at one sequence."""

    draft: Playbook
    playbooks: Playbooks

    @cached_property
    def _by_draft(self) -> _DraftStands:
        return _DraftStands(self.playbooks.published, self.playbooks.withdrawn, Published(0, self.draft))

    def judge(
        self, deal: str, version: int | None, entries: Iterable[Entry[Event]], as_of: datetime
    ) -> Simulated | None:
        """Judge a deal (its id), which follows a version at `as_of`, published or not, by its history up to then.

        Returns None for a deal that was not opened by then.
        """
        past = [each for each in entries if each.occurred_at <= as_of]
        state = fold(stage_position, deal, past, self._by_draft)
        row = state.intervals.now
        if row is None:
            return None
        followed = None if version is None else self.playbooks.find(self.draft.key, version, 0)
        draft = self._by_draft.find(self.draft.key, None, 0)
        assert draft is not None
        orphaned = _orphaned(past, None if followed is None else followed.rulebook, draft.rulebook)
        return Simulated(row.stage, row.phase, row.probability, tuple(dict.fromkeys(orphaned)))


def _orphaned(entries: Iterable[Entry[Event]], followed: Rulebook | None, draft: Rulebook) -> Iterator[str]:
    """Keys that evidence names, and that the version followed has (where there is one) and the draft lacks."""
    for entry in entries:
        match entry.event:
            case MilestoneAchieved(milestone=key) | CriterionMet(criterion=key):
                if key not in draft.items and (followed is None or key in followed.items):
                    yield key
            case ConditionAssessed(item=key):
                if key not in draft.shown and (followed is None or key in followed.shown):
                    yield key
            case CustomerCommitmentReceived(stage=stage):
                if not _asks(draft, stage) and (followed is None or _asks(followed, stage)):
                    yield f"commitment/{stage}"


def _asks(book: Rulebook, stage: int) -> bool:
    """Tell if a stage is there and asks for a commitment."""
    return stage in book.commitments and book.commitments[stage].step > 0
