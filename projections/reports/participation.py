"""Participation of departments in the stages that name them (seed 001: 部门协同)."""

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
from projections.views.stage_position.rows import PositionRow, StageDepartmentRow


@dataclass(frozen=True, slots=True)
class ParticipationRow(ReportRow, key=("stage", "department")):
    """One department at one stage."""

    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage."""
    department: Annotated[str, Label("部门", "department")]
    """Name of the department in Chinese, as entries name it."""
    took_part: Annotated[Count, Label("已参与商机", "took part")]
    """Deals that have an entry of the department while they worked on the stage."""
    deals: Annotated[Count, Label("商机数", "deals")]
    """Deals that worked on the stage by as_of."""
    rate: Annotated[Rate | None, Label("参与率", "rate")]
    """took_part ÷ deals; null without deals."""
    name_en: Annotated[str, Label("部门英文名", "department (en)")]
    """Name of the department in English, in the highest version that names it there."""


participation = Snapshot(
    name="participation",
    title=Label("部门参与", "Participation"),
    question=Label("各部门是否参与了应参与的阶段？", "Do the departments take part in the stages that name them?"),
    comment="Departments that published versions of a playbook name, by stage; at as_of, as known at the sequence "
    "known_at. deals: those that had worked on the stage (the one behind the last completed) by a version that names "
    "the department there, while they were neither lost nor abandoned; a won deal goes on with the stages behind the "
    "sale. took_part: those that have an entry of the department meanwhile: an activity, care, feedback, or what met "
    "an item of the playbook; what completes a stage at the same instant belongs to that stage. Filters go by the "
    "deal's values at as_of.",
    row=ParticipationRow,
    parameters={"playbook": Parameter(PlaybookKey, "Key of the playbook.", "project", names_column=True)},
    reads=(
        source_of(PositionRow),
        source_of(StageDepartmentRow),
        past_of(PositionRow),
        PLAYBOOK_STAGE,
    ),
    members=("deal",),
    figures=("took_part", "deals"),
    chart=Chart("heat", "stage", ("rate",)),
)
