"""Deals of a playbook by stage, counted where they stand (seeds 003, 004)."""

from dataclasses import dataclass
from typing import Annotated

from projections.columns import Amounts, Count, Label, PlaybookKey, Rate, StageNumber
from projections.reports.report import (
    PLAYBOOK_STAGE,
    Aggregate,
    Cells,
    Chart,
    Parameter,
    ReportRow,
    source_of,
)
from projections.views.stage_position.rows import PositionRow


@dataclass(frozen=True, slots=True)
class FunnelRow(ReportRow, key=("stage",)):
    """One stage; the row without one holds the open deals before the first."""

    stage: Annotated[StageNumber | None, Label("阶段", "stage")]
    """Number of the stage; null: before the first."""
    open: Annotated[Count, Label("进行中", "open")]
    """Deals open or on hold whose last reached stage it is."""
    entered: Annotated[Count, Label("进入", "entered")]
    """Deals of any status that stand at this stage or beyond; 0 before the first."""
    completed: Annotated[Count, Label("完成", "completed")]
    """Deals of any status that stand beyond it, or have completed it; 0 before the first."""
    amounts: Annotated[Amounts, Label("金额", "amounts")]
    """Expected value of the open deals, by currency."""
    key: Annotated[str | None, Label("阶段代码", "key")]
    """Key of the stage, in the highest version that has it."""
    name_zh: Annotated[str | None, Label("阶段名称", "name (zh)")]
    """Its name in Chinese."""
    name_en: Annotated[str | None, Label("阶段英文名", "name (en)")]
    """Its name in English."""


@dataclass(frozen=True, slots=True)
class FunnelTotals(ReportRow):
    """Outcomes of the playbook's deals."""

    open: Annotated[Count, Label("进行中", "open")]
    """Deals open or on hold."""
    won: Annotated[Count, Label("赢单", "won")]
    """Deals won."""
    lost: Annotated[Count, Label("输单", "lost")]
    """Deals lost."""
    abandoned: Annotated[Count, Label("放弃", "abandoned")]
    """Deals that we gave up."""
    won_amounts: Annotated[Amounts, Label("赢单金额", "won amounts")]
    """Value of the won deals, by currency."""
    win_rate: Annotated[Rate | None, Label("赢单率", "win rate")]
    """won / (won + lost); null before any."""


funnel = Aggregate(
    name="funnel",
    title=Label("销售漏斗", "Funnel"),
    question=Label("一个销售流程的商机分布在哪些阶段？", "At which stages do the deals of a playbook stand?"),
    comment="The deals of a playbook by stage at as_of, as known at the sequence known_at. open and amounts: open "
    "deals (on hold included) whose last reached stage it is, and their value by currency. entered and completed: "
    "deals of any status that stood at or beyond that point. The row without a stage holds the open deals before the "
    "first; nothing is entered or completed there.",
    row=FunnelRow,
    totals=FunnelTotals,
    parameters={"playbook": Parameter(PlaybookKey, "Key of the playbook.", "project", names_column=True)},
    cells={
        "position": Cells(
            source_of(PositionRow), ("stage", "phase", "status", "currency"), ("amount",), "playbook = $playbook"
        ),
        "published": Cells(
            PLAYBOOK_STAGE, ("stage", "version", "key", "name_zh", "name_en"), where="playbook = $playbook"
        ),
    },
    dimensions=("stage", "currency"),
    measures=("listed", "open", "entered", "completed", "valued", "amount", "names"),
    totals_measures=("listed", "open", "won", "lost", "abandoned", "won_valued", "won_amount"),
    presence=("listed", "valued", "won_valued"),
    unsure=("names",),
    chart=Chart("bars", "stage", ("open", "completed")),
)
