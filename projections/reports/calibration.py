"""Calibration of probabilities: how many of the deals that completed a stage were won (seed 002: 销售目标预测)."""

from dataclasses import dataclass
from typing import Annotated

from projections.columns import Count, Label, PlaybookKey, Rate, StageNumber
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


@dataclass(frozen=True, slots=True)
class CalibrationRow(ReportRow, key=("playbook", "stage")):
    """One stage of a playbook."""

    playbook: Annotated[PlaybookKey, Label("销售流程", "playbook")]
    """Key of the playbook."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage."""
    deals: Annotated[Count, Label("商机数", "deals")]
    """Deals that had completed the stage at some time; where claims decide, that had entered it."""
    won: Annotated[Count, Label("赢单", "won")]
    """Of these, deals that are won."""
    lost: Annotated[Count, Label("输单", "lost")]
    """Of these, deals that are lost."""
    observed: Annotated[Rate | None, Label("实际赢率", "observed")]
    """won ÷ (won + lost); null before any."""
    probability: Annotated[Rate, Label("流程赢率", "probability")]
    """Probability of the stage once completed, in the highest version of the playbook that has it."""
    key: Annotated[str, Label("阶段代码", "key")]
    """Key of the stage, in that version."""
    name_zh: Annotated[str, Label("阶段名称", "name (zh)")]
    """Its name in Chinese."""
    name_en: Annotated[str, Label("阶段英文名", "name (en)")]
    """Its name in English."""


calibration = Snapshot(
    name="calibration",
    title=Label("赢率校准", "Calibration"),
    question=Label("流程规定的赢率与实际相符吗？", "Do the probabilities of the playbook hold?"),
    comment="Stages of the published playbooks, with the deals that had completed each at some time up to as_of, as "
    "known at the sequence known_at; where claims decide, that had entered it or one beyond. observed = won / (won + "
    "lost), as the deals stand at as_of, beside the probability by which the forecast weighs them. Open, held and "
    "abandoned deals count in deals alone. A deal counts for the playbook that it follows at as_of.",
    row=CalibrationRow,
    parameters={
        "playbook": Parameter(
            PlaybookKey, "Key of the playbook. Default: all.", "project", optional=True, names_column=True
        )
    },
    reads=(source_of(PositionRow), past_of(StageStayRow), past_of(PositionRow), PLAYBOOK_STAGE),
    members=("deal",),
    figures=("deals", "won", "lost"),
    chart=Chart("bars", "stage", ("observed", "probability")),
)
