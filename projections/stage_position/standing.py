"""Where a deal stands by one version of a playbook: by its evidence, or by claims where the playbook says so."""

from typing import cast

from contracts.events import Event, EvidenceRevoked, StageClaimed
from projections.entry import Entry
from projections.rulebook import Rulebook
from projections.stage_position.claims import Claims
from projections.stage_position.evidence import Evidence, Finding


class Standing:
    """Judges entries in effective order."""

    __slots__ = ("claims", "evidence", "rulebook")

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.evidence = Evidence(rulebook)
        self.claims = Claims(rulebook) if rulebook.playbook.position == "claim" else None
        """None where evidence decides: there claims change nothing."""

    @property
    def step(self) -> int:
        """The last step taken."""
        return self.evidence.step if self.claims is None else self.claims.step

    def judge(self, entry: Entry[Event]) -> Finding | None:
        """Let an entry count, and say what is surprising about it."""
        if self.claims is not None:
            match entry.event:
                case StageClaimed():
                    return self.claims.judge(cast("Entry[StageClaimed]", entry))
                case EvidenceRevoked(target=target) if target and self.claims.revoke((target.source, target.id)):
                    return None
        return self.evidence.judge(entry)
