"""Next steps of the open deals: what each lacks at the stage that it works on (seed 004: 落差)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.columns import DealId, Label, Person, StageNumber, Texts
from projections.reports.pipeline import JOINS, READS
from projections.reports.report import ReportRow, Snapshot


@dataclass(frozen=True, slots=True)
class NextStepRow(ReportRow, key=("deal",)):
    """One open deal."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    working_on: Annotated[StageNumber, Label("推进阶段", "working on")]
    """The stage worked on, which is the one behind the last completed."""
    missing: Annotated[Texts, Label("尚缺事项", "missing")]
    """Keys of its milestones that are not met; where none is missing, of its criteria, and the commitment."""
    since: Annotated[date, Label("本阶段自", "since")]
    """Day since which the stage is worked on, in the ledger's zone."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson who answers for the deal."""


next_steps = Snapshot(
    name="next_steps",
    title=Label("下一步", "Next steps"),
    question=Label("每个在手商机下一步还缺什么？", "What does each open deal need next?"),
    comment="Open deals at as_of, as known at the sequence known_at, that evidence decides and that have stages left: "
    "the missing milestones of the stage worked on; where none is missing, its missing criteria and the commitment. "
    "Evidence that came early counts. Deals on hold are not listed.",
    row=NextStepRow,
    reads=READS,
    joins=JOINS,
    order=("deal",),
)
