"""Deals that are open or on hold."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from projections.columns import (
    AccountId,
    Amount,
    Currency,
    DealId,
    Label,
    Person,
    PlaybookKey,
    Rate,
    StageNumber,
    Texts,
    Version,
)
from projections.reports.report import PLAYBOOK_NEED, PLAYBOOK_STAGE, ReportRow, Snapshot, source_of
from projections.views.stage_position.rows import PhaseOrNone, PositionRow, StageItemRow, Status


@dataclass(frozen=True, slots=True)
class StandingDeal(ReportRow, key=("deal",)):
    """Position of one deal."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    playbook: Annotated[PlaybookKey, Label("销售流程", "playbook")]
    """Key of the playbook that it follows."""
    version: Annotated[Version | None, Label("流程版本", "version")]
    """Version of the playbook; null while none is published."""
    stage: Annotated[StageNumber | None, Label("阶段", "stage")]
    """Number of the last stage reached, from 1; null before the first."""
    phase: Annotated[PhaseOrNone, Label("阶段进度", "phase")]
    """entered or completed; null when stage is."""
    status: Annotated[Status, Label("状态", "status")]
    """open, on_hold, won, lost or abandoned; independent of the stage."""
    probability: Annotated[Rate, Label("赢率", "probability")]
    """Win probability, 0 to 1."""
    amount: Annotated[Amount | None, Label("金额", "amount")]
    """Expected value, and once won the final one; null when unknown."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson who answers for it."""
    account: Annotated[AccountId | None, Label("客户", "account")]
    """Id of the customer's account."""
    since: Annotated[datetime, Label("进入时间", "since")]
    """When it came to this stage and phase."""
    stale: Annotated[bool, Label("待修复", "stale")]
    """Whether its later entries could not be folded."""
    working_on: Annotated[StageNumber | None, Label("推进阶段", "working on")]
    """The stage worked on, which is the one behind the last completed; null behind the last, and while no playbook is
    published."""
    expected_close_on: Annotated[date | None, Label("预计成交日", "expected close")]
    """The day on which it is expected to be won; null when unknown."""
    weighted: Annotated[Amount | None, Label("加权金额", "weighted")]
    """amount × probability, rounded half up; null without an amount."""
    missing: Annotated[Texts, Label("尚缺事项", "missing")]
    """Keys of what the stage worked on still lacks: of its milestones; where none is missing, of its criteria, and the
    commitment. Empty where claims decide."""


READS = (source_of(PositionRow), source_of(StageItemRow), PLAYBOOK_STAGE, PLAYBOOK_NEED)
JOINS = {"stage_position": {"deal": "deal"}, "stage_item": {"deal": "deal"}}

pipeline = Snapshot(
    name="pipeline",
    title=Label("在手商机", "Pipeline"),
    question=Label("哪些商机正在进行？", "Which deals are open or on hold, and where do they stand?"),
    comment="Deals that were open or on hold at as_of, as known at the sequence known_at, ordered by deal.",
    row=StandingDeal,
    reads=READS,
    joins=JOINS,
    order=("deal",),
)
