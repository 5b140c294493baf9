"""Changes of the pipeline between two moments, as a waterfall."""

from dataclasses import dataclass
from typing import Annotated, Literal

from projections.columns import Amount, Count, DayOrTime, Label, Words
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.stage_position.rows import PositionRow

Line = Annotated[
    Literal["before", "opened", "reopened", "up", "down", "won", "lost", "abandoned", "after"],
    Words(
        before="期初",
        opened="新增",
        reopened="重启",
        up="调增",
        down="调减",
        won="赢单",
        lost="输单",
        abandoned="放弃",
        after="期末",
    ),
]


@dataclass(frozen=True, slots=True)
class PipelineChangeRow(ReportRow, key=("currency", "line")):
    """One line of one currency."""

    currency: Annotated[str, Label("币种", "currency")]
    """ISO 4217 currency of the amount; none for deals without."""
    line: Annotated[Line, Label("项目", "line")]
    """before and after: what was in the pipeline at either moment; the others: what made the difference."""
    deals: Annotated[Count, Label("商机数", "deals")]
    """Deals of the line."""
    amount: Annotated[Amount | None, Label("金额", "amount")]
    """Their value, or by how much it changed; below zero for what left; null without a currency."""


@dataclass(frozen=True, slots=True)
class PipelineMoves(ReportRow):
    """Moves of the deals that were in the pipeline at both moments."""

    forward: Annotated[Count, Label("前进", "forward")]
    """Deals that stand further on in the same playbook."""
    back: Annotated[Count, Label("后退", "back")]
    """Deals that stand further back in the same playbook."""
    same: Annotated[Count, Label("未动", "same")]
    """Deals that stand where they stood in the same playbook."""
    pushed: Annotated[Count, Label("延后", "pushed")]
    """Deals expected to be won in a later month than before."""
    pulled_in: Annotated[Count, Label("提前", "pulled in")]
    """Deals expected to be won in an earlier month than before."""
    reassigned: Annotated[Count, Label("转交", "reassigned")]
    """Deals that another salesperson answers for."""


pipeline_changes = Snapshot(
    name="pipeline_changes",
    title=Label("商机变动", "Pipeline changes"),
    question=Label("两个时点之间商机发生了哪些变动？", "What moved in the pipeline between two moments?"),
    comment="The pipeline, deals open or on hold, at start and at end, each a time or the end of a day (at as_of, "
    "where that is earlier), both as known at the sequence known_at, and what made the difference. Of the amounts of "
    "a currency before + opened + reopened + up + down + won + lost + abandoned = after. opened: was not there "
    "before; reopened: was closed before. up and down: the value changed by this; who changes the currency goes down "
    "by all of the one and up by all of the other. won, lost and abandoned leave with the amount that they had "
    "before. A deal opened and closed in between is on no line. An unknown amount counts as 0.",
    row=PipelineChangeRow,
    totals=PipelineMoves,
    parameters={
        "start": Parameter(
            DayOrTime, "Day at whose end it begins, or a time with its offset.", "2026-01-10", in_sql="start_at"
        ),
        "end": Parameter(
            DayOrTime, "Day at whose end it ends, or a time with its offset.", "2026-01-20", in_sql="end_at"
        ),
    },
    reads=(
        source_of(PositionRow),
        source_of(PositionRow, called="before", until="start_at"),
        source_of(PositionRow, called="after", until="end_at"),
    ),
    wanted=("currency",),
    members=("deal",),
    chart=Chart("bars", "line", ("amount",)),
)
