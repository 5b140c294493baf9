"""Durations of the stages of a playbook: how long deals worked on each."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.columns import Count, Duration, Label, PlaybookKey, StageNumber
from projections.reports.report import (
    PLAYBOOK_STAGE,
    Chart,
    Parameter,
    ReportRow,
    Snapshot,
    source_of,
)
from projections.views.stage_position.rows import PositionRow, StageStayRow


@dataclass(frozen=True, slots=True)
class DurationRow(ReportRow, key=("stage",)):
    """One stage."""

    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage."""
    finished: Annotated[Count, Label("已完成", "finished")]
    """Deals that have completed it."""
    median_stay: Annotated[Duration | None, Label("停留中位天数", "median stay")]
    """Median of their days on the stage: wait and work, of all returns together."""
    mean_stay: Annotated[Duration | None, Label("停留平均天数", "mean stay")]
    """Mean of their days on the stage."""
    median_wait: Annotated[Duration | None, Label("等待中位天数", "median wait")]
    """Median of their days before it was entered."""
    median_work: Annotated[Duration | None, Label("推进中位天数", "median work")]
    """Median of their days since it was entered."""
    running: Annotated[Count, Label("进行中", "running")]
    """Open deals that work on it now."""
    longest_running: Annotated[Duration | None, Label("最长停留天数", "longest running")]
    """Days on the stage of the one of them that has been there longest."""
    key: Annotated[str | None, Label("阶段代码", "key")]
    """Key of the stage, in the highest version that has it."""
    name_zh: Annotated[str | None, Label("阶段名称", "name (zh)")]
    """Its name in Chinese."""
    name_en: Annotated[str | None, Label("阶段英文名", "name (en)")]
    """Its name in English."""


@dataclass(frozen=True, slots=True)
class DurationTotals(ReportRow):
    """All stages together."""

    slowest: Annotated[StageNumber | None, Label("最慢阶段", "slowest")]
    """Number of the stage with the longest median stay, of those that at least min_deals have finished; the earlier of
    equal ones; null where there is none."""


durations = Snapshot(
    name="durations",
    title=Label("阶段时长", "Durations"),
    question=Label("每个阶段要花多长时间？", "How long does each stage take?"),
    comment="Days that deals of a playbook worked on each stage, as known at the sequence known_at. A deal works on "
    "stage n while the last stage completed is n - 1. wait: before n is entered; work: after; stay = wait + work, "
    "summed over all returns, only while the deal is open: neither on hold nor closed. A stage counts as finished "
    "where it stands completed at as_of, or at the end of the day to where that is earlier; with from, where it came "
    "to be so on that day or later. The median of an even number is the mean of the two in the middle. What still "
    "runs is shown apart and averaged in nowhere. Medians of stages do not add up to the cycle, which velocity has.",
    row=DurationRow,
    totals=DurationTotals,
    parameters={
        "playbook": Parameter(PlaybookKey, "Key of the playbook.", "project", names_column=True),
        "from": Parameter(date, "First day of completion.", "2026-01-01", optional=True, in_sql="from_day"),
        "to": Parameter(date, "Last day of completion.", "2026-03-31", optional=True, in_sql="to_day"),
        "min_deals": Parameter(Count, "Fewest deals that have finished what may be the slowest stage.", "5", default=5),
    },
    reads=(
        source_of(PositionRow),
        source_of(PositionRow, called="standing", until="to_day"),
        source_of(StageStayRow, until="to_day"),
        PLAYBOOK_STAGE,
    ),
    members=("deal",),
    figures=("finished", "running"),
    chart=Chart("stacked", "stage", ("median_wait", "median_work")),
)
