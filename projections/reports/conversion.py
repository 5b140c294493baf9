"""Conversion of the deals opened in a month: how many ever reached each stage."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import Count, Days, Label, PlaybookKey, Rate, StageNumber, Words
from projections.reports.report import (
    PLAYBOOK_STAGE,
    Chart,
    Parameter,
    ReportRow,
    Snapshot,
    past_of,
    source_of,
)
from projections.views.stage_position.rows import PositionRow, StageStayRow

Mode = Annotated[Literal["filled", "observed"], Words(filled="含跳过", observed="仅实际")]


@dataclass(frozen=True, slots=True)
class ConversionRow(ReportRow, key=("cohort", "stage")):
    """One stage of one cohort."""

    cohort: Annotated[str, Label("立项月份", "cohort")]
    """Month in which the deals were opened, such as 2026-01."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage."""
    deals: Annotated[Count, Label("商机数", "deals")]
    """Deals of the cohort, the same at each stage."""
    reached: Annotated[Count, Label("到达", "reached")]
    """Deals that had completed the stage at some time; where claims decide, that had entered it."""
    from_previous: Annotated[Rate | None, Label("阶段转化率", "from previous")]
    """reached ÷ reached of the stage before, of the first ÷ deals; null where that is 0."""
    overall: Annotated[Rate | None, Label("总转化率", "overall")]
    """reached ÷ deals."""
    open: Annotated[Count, Label("进行中", "open")]
    """Deals of the cohort that are open or on hold."""
    won: Annotated[Count, Label("赢单", "won")]
    """Deals of the cohort that are won."""
    lost: Annotated[Count, Label("输单", "lost")]
    """Deals of the cohort that are lost."""
    abandoned: Annotated[Count, Label("放弃", "abandoned")]
    """Deals of the cohort that we gave up."""
    key: Annotated[str | None, Label("阶段代码", "key")]
    """Key of the stage, in the highest version that has it."""
    name_zh: Annotated[str | None, Label("阶段名称", "name (zh)")]
    """Its name in Chinese."""
    name_en: Annotated[str | None, Label("阶段英文名", "name (en)")]
    """Its name in English."""


@dataclass(frozen=True, slots=True)
class ConversionTotals(ReportRow):
    """All cohorts together."""

    bottleneck: Annotated[StageNumber | None, Label("瓶颈阶段", "bottleneck")]
    """Number of the stage with the lowest reached ÷ reached of the stage before, over all cohorts together; of stages
    before which at least min_deals stood, the earlier of equal ones; null where there is none."""


conversion = Snapshot(
    name="conversion",
    title=Label("转化率", "Conversion"),
    question=Label(
        "每月立项的商机各走到哪个阶段，瓶颈在哪里？",
        "Of the deals opened in a month, how many got how far, and where is the bottleneck?",
    ),
    comment="The deals of a playbook, by the month in which they were opened, as known at the sequence known_at. "
    "reached(n): deals with completed >= n at some time up to as_of; where claims decide, that had entered n or "
    "beyond. from_previous = reached(n) / reached(n - 1), with reached(0) = deals; overall = reached(n) / deals. open "
    "+ won + lost + abandoned = deals, as they stand at as_of. Deals that moved back or were lost stay in what they "
    "had reached; voided evidence leaves the past, revoked evidence does not. from and to choose the days of opening. "
    "age_days: only deals opened at least so many days before as_of's day, and only what each had reached by the end "
    "of that many days after its own. mode filled counts a stage that was skipped, observed those alone that were the "
    "last one completed (entered) at some time, so that from_previous may be above 1. Rates of stages are never to be "
    "multiplied into a forecast: deals return and skip.",
    row=ConversionRow,
    totals=ConversionTotals,
    parameters={
        "playbook": Parameter(PlaybookKey, "Key of the playbook.", "project", names_column=True),
        "from": Parameter(date, "First day of opening.", "2026-01-01", optional=True, in_sql="from_day"),
        "to": Parameter(date, "Last day of opening.", "2026-03-31", optional=True, in_sql="to_day"),
        "age_days": Parameter(Days, "Compare cohorts at this age, in days.", "60", optional=True),
        "mode": Parameter(Mode, "Whether stages that were skipped count as reached.", "filled", default="filled"),
        "min_deals": Parameter(Count, "Fewest deals before what may be the bottleneck.", "5", default=5),
    },
    reads=(source_of(PositionRow), past_of(StageStayRow), past_of(PositionRow), PLAYBOOK_STAGE),
    members=("deal",),
    figures=("deals", "reached", "open", "won", "lost", "abandoned"),
    chart=Chart("heat", "cohort", ("stage", "overall")),
)
