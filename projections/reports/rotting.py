"""Rotting deals: those that work on their stage for longer than their playbook expects."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.columns import Days, DealId, Label, Person, PlaybookKey, StageNumber
from projections.reports.report import PLAYBOOK_STAGE, Parameter, ReportRow, Snapshot, past_of, source_of
from projections.views.dealings.rows import ActivityRow
from projections.views.stage_position.rows import PositionRow


@dataclass(frozen=True, slots=True)
class RottingRow(ReportRow, key=("deal",)):
    """One open deal."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    working_on: Annotated[StageNumber, Label("推进阶段", "working on")]
    """The stage worked on, which is the one behind the last completed."""
    since: Annotated[date, Label("本阶段自", "since")]
    """Day of the last completion, fall or opening, since which the stage is worked on, in the ledger's zone."""
    days: Annotated[Days, Label("推进天数", "days")]
    """Days from then to as_of's day, less those on hold."""
    expected: Annotated[Days | None, Label("预期天数", "expected")]
    """Days that the deal's version of the playbook expects the stage to take; null where it says none."""
    rotting: Annotated[bool, Label("停滞", "rotting")]
    """Flag: more days than expected have passed; false where none are expected."""
    idle_days: Annotated[Days | None, Label("未活动天数", "idle days")]
    """Days since the deal's last activity; null without any."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson who answers for the deal."""


rotting = Snapshot(
    name="rotting",
    title=Label("停滞商机", "Rotting"),
    question=Label("哪些商机停滞不前？", "Which deals stand still?"),
    comment="Open deals at as_of, as known at the sequence known_at, that have stages left. days are those of the "
    "calendar in the ledger's zone since the stage is worked on (last completion, fall or opening), entered or not, "
    "less days on hold since then; rotting: more than the deal's version of the playbook expects of the stage. Deals "
    "on hold are not listed.",
    row=RottingRow,
    parameters={
        "playbook": Parameter(
            PlaybookKey, "Key of the playbook. Default: all.", "project", optional=True, names_column=True
        )
    },
    reads=(source_of(PositionRow), past_of(PositionRow), source_of(ActivityRow), PLAYBOOK_STAGE),
    joins={
        "stage_position": {"deal": "deal"},
        "stage_position_past": {"deal": "deal"},
        "activity": {"deal": "deal"},
    },
    order=("deal",),
)
