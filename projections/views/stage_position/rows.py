"""Rows of the table stage_position."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from projections.columns import (
    AccountId,
    Amount,
    Currency,
    DealId,
    EntrySequence,
    Label,
    Person,
    PlaybookKey,
    Rate,
    StageNumber,
    Version,
)
from projections.replay.rulebook import Phase
from projections.replay.view import Interval, Row

Status = Literal["open", "on_hold", "won", "lost", "abandoned"]


@dataclass(frozen=True, slots=True)
class PositionRow(
    Row,
    table="stage_position",
    key=("deal", "from_at"),
    valid=Interval(),
    counted=("playbook", "stage", "phase", "status", "currency", "version"),
    summed=("amount",),
):
    """Where every deal stood over time. One row per interval in which nothing shown here changed; what is said at one
    instant makes one row. A deal without deal_opened has no row."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    playbook: Annotated[PlaybookKey, Label("销售流程", "playbook")]
    """Key of the playbook that the deal follows."""
    version: Annotated[Version | None, Label("流程版本", "version")]
    """Version of the playbook; null while none is published."""
    stage: Annotated[StageNumber | None, Label("阶段", "stage")]
    """Number of the last stage reached, from 1; null before the first."""
    phase: Annotated[Phase | None, Label("阶段进度", "phase")]
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
    """The salesperson who answers for the deal."""
    account: Annotated[AccountId | None, Label("客户", "account")]
    """Id of the customer's account."""
    since: Annotated[datetime, Label("进入时间", "since")]
    """When the deal came to this stage and phase."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that began the interval."""
