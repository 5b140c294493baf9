"""Coverage of the conditions of the stage that each open deal works on (seed 004: 阶段条件)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import DealId, EntrySequence, Label, Rate, Words
from projections.reports.report import PLAYBOOK_ITEM, Parameter, ReportRow, Snapshot, source_of
from projections.views.stage_position.rows import PositionRow, StageItemRow

ConditionKind = Annotated[
    Literal["process", "relationship", "information", "compliance"],
    Words(process="过程", relationship="关系", information="信息", compliance="合规"),
]


@dataclass(frozen=True, slots=True)
class CoverageRow(ReportRow, key=("deal", "item")):
    """One condition of one deal."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    item: Annotated[str, Label("条件", "item")]
    """Key of the condition."""
    kind: Annotated[ConditionKind, Label("类别", "kind")]
    """process, relationship, information or compliance."""
    met: Annotated[bool, Label("已满足", "met")]
    """Met at as_of."""
    met_on: Annotated[date | None, Label("满足日期", "met on")]
    """Day since which it is met, in the ledger's zone; null while it is not."""
    entry: Annotated[EntrySequence | None, Label("条目", "entry")]
    """Sequence of the entry that meets it."""
    name_zh: Annotated[str, Label("名称", "name (zh)")]
    """Name of the condition in Chinese."""
    name_en: Annotated[str, Label("英文名", "name (en)")]
    """Its name in English."""
    place: Annotated[int, Label("序号", "place")]
    """Its place among the conditions of the stage, from 1: the playbook's order."""


@dataclass(frozen=True, slots=True)
class CoverageTotals(ReportRow):
    """Shares of the conditions that are met."""

    process: Annotated[Rate | None, Label("过程", "process")]
    """Process conditions met ÷ process conditions; null without any."""
    relationship: Annotated[Rate | None, Label("关系", "relationship")]
    """Relationship conditions met ÷ relationship conditions; null without any."""
    information: Annotated[Rate | None, Label("信息", "information")]
    """Information conditions met ÷ information conditions; null without any."""
    compliance: Annotated[Rate | None, Label("合规", "compliance")]
    """Compliance conditions met ÷ compliance conditions; null without any."""


coverage = Snapshot(
    name="coverage",
    title=Label("条件覆盖", "Coverage"),
    question=Label("推进中的阶段准备得怎样？", "How well prepared is the stage worked on?"),
    comment="Conditions of the stage that each deal works on at as_of, as known at the sequence known_at, and the entry"
    " that met each. Totals: conditions met / conditions, by kind. A deal that is on hold keeps its stage, and "
    "one that was won may have stages behind that, such as collecting; those lost or abandoned are not listed.",
    row=CoverageRow,
    totals=CoverageTotals,
    parameters={"deal": Parameter(DealId, "Id of a deal. Default: all.", "D-0003", optional=True, names_column=True)},
    reads=(source_of(PositionRow), source_of(StageItemRow), PLAYBOOK_ITEM),
    joins={"stage_position": {"deal": "deal"}, "stage_item": {"deal": "deal", "item": "item"}},
    order=("deal", "place"),
)
