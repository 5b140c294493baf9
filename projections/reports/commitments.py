"""Commitments of customers: kept, broken, overdue (seed 004: 客户承诺)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import DealId, EntrySequence, Label, Person, Rate, StageNumber, Words
from projections.reports.report import ReportRow, Snapshot, source_of
from projections.views.dealings.rows import CommitmentRow
from projections.views.stage_position.rows import PositionRow

State = Annotated[
    Literal["open", "overdue", "kept", "broken", "withdrawn"],
    Words(open="待兑现", overdue="逾期", kept="已兑现", broken="已落空", withdrawn="已撤回"),
]


@dataclass(frozen=True, slots=True)
class CommitmentLine(ReportRow, key=("deal", "entry")):
    """One commitment."""

    entry: Annotated[EntrySequence, Label("承诺条目", "entry")]
    """Sequence of the entry by which it was received."""
    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage that it completes."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Person of the customer who gave it."""
    due_on: Annotated[date | None, Label("兑现期限", "due on")]
    """The last day on which the customer keeps it in time; null when none was named."""
    state: Annotated[State, Label("状态", "state")]
    """open, overdue (open behind its day), kept, broken or withdrawn. Of kept and broken the one said last counts."""
    received_on: Annotated[date, Label("承诺日期", "received on")]
    """Day on which the customer gave it, in the ledger's zone."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson who answers for the deal at as_of."""


@dataclass(frozen=True, slots=True)
class CommitmentTotals(ReportRow):
    """Outcome of the commitments."""

    kept_rate: Annotated[Rate | None, Label("兑现率", "kept rate")]
    """kept ÷ (kept + broken); null before any."""


commitments = Snapshot(
    name="commitments",
    title=Label("客户承诺", "Commitments"),
    question=Label("谁信守承诺？", "Who keeps his word?"),
    comment="Commitments that customers had given by as_of, as known at the sequence known_at, of deals of any status. "
    "overdue: open, and as_of's day is later than due_on. kept_rate is kept / (kept + broken). Filters go by the "
    "deal's values at as_of.",
    row=CommitmentLine,
    totals=CommitmentTotals,
    reads=(source_of(PositionRow), source_of(CommitmentRow)),
    joins={"stage_position": {"deal": "deal"}, "commitment": {"deal": "deal", "commitment": "entry"}},
    order=("deal", "entry"),
)
