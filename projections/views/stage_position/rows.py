"""Rows of the table stage_position."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import (
    AccountId,
    Added,
    Amount,
    Currency,
    DealId,
    EntrySequence,
    Label,
    Microseconds,
    Person,
    PlaybookKey,
    Rate,
    StageNumber,
    Texts,
    Version,
    Words,
)
from projections.replay.rulebook import NeedKind, Phase
from projections.replay.view import Instant, Interval, Row

Status = Annotated[
    Literal["open", "on_hold", "won", "lost", "abandoned"],
    Words(open="在手", on_hold="搁置", won="赢单", lost="输单", abandoned="放弃"),
]
ItemKind = Annotated[
    NeedKind,
    Words(milestone="里程碑", criterion="成功标准", commitment="客户承诺", condition="条件", appraisal="考核"),
]
PhaseOrNone = Annotated[Phase | None, Words(entered="进入", completed="完成")]


@dataclass(frozen=True, slots=True)
class PositionRow(
    Row,
    table="stage_position",
    key=("deal", "from_at"),
    valid=Interval(),
    counted=("playbook", "stage", "phase", "status", "currency", "version"),
    summed=("amount", "probability", "expected_close_on", "status_since"),
    past=("playbook", "deal", "version", "completed", "phase", "status"),
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
    """The salesperson who answers for the deal."""
    account: Annotated[AccountId | None, Label("客户", "account")]
    """Id of the customer's account."""
    since: Annotated[datetime, Label("进入时间", "since")]
    """When the deal came to this stage and phase."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that began the interval."""
    completed: Annotated[StageNumber | None, Label("已完成阶段", "completed"), Added()] = None
    """Number of the last stage completed, 0 before the first; null while no playbook is published. The stage worked on
    is the next one."""
    working_since: Annotated[datetime | None, Label("本阶段自", "working since"), Added()] = None
    """When work on the present stage began: with the opening, a completion or a fall, whether the stage is entered or
    not; null while no playbook is published."""
    expected_close_on: Annotated[date | None, Label("预计成交日", "expected close"), Added()] = None
    """The day on which the deal is expected to be won; null when unknown."""
    opened_at: Annotated[datetime | None, Label("立项时间", "opened at"), Added()] = None
    """When the deal was opened."""
    status_since: Annotated[datetime | None, Label("状态自", "status since"), Added()] = None
    """Since when it has this status; of a closed deal when it was closed. It may lie before the opening."""
    stayed: Annotated[Microseconds, Label("本阶段已用时", "stayed"), Added()] = 0
    """Time for which the deal, open, had worked on the stage that it works on, up to the beginning of the row; all
    earlier returns to the stage are in it."""


@dataclass(frozen=True, slots=True)
class StageStayRow(
    Row,
    table="stage_stay",
    key=("deal", "playbook", "stage", "from_at"),
    valid=Interval(),
    counted=("playbook", "stage"),
    summed=("deal", "wait", "work"),
    past=("playbook", "deal", "stage", "stood_at"),
):
    """Stages that deals had completed over time, and how long each took: one row while the stage stays completed. Of
    several that were completed at once, only the first took time."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    playbook: Annotated[PlaybookKey, Label("销售流程", "playbook")]
    """Key of the playbook that the deal follows."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage, from 1."""
    from_at: Annotated[datetime, Label("自", "from")]
    """When it, or one behind it, was completed, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """End, exclusive: when the deal fell back or left the playbook; null while nothing later is known."""
    wait: Annotated[Microseconds, Label("等待时长", "wait")]
    """Time for which the deal, open, had worked on the stage before it entered it, over all returns to it."""
    work: Annotated[Microseconds, Label("工作时长", "work")]
    """Time for which the deal, open, had worked on the stage after it entered it, over all returns to it."""
    stood_at: Annotated[datetime | None, Label("停留自", "stood at")]
    """When the deal first stood at just this stage, none behind it being completed; null while it never did, and where
    claims decide."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that completed it."""


@dataclass(frozen=True, slots=True)
class StageItemRow(
    Row,
    table="stage_item",
    key=("deal", "stage", "item", "from_at"),
    valid=Interval(),
    counted=("deal", "stage", "item", "kind"),
):
    """Items of playbooks that deals had met over time: one row for each while it is met."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the item's stage, from 1, in the playbook that the deal follows."""
    item: Annotated[str, Label("事项", "item")]
    """Key of the item; `commitment` for the customer's commitment."""
    kind: Annotated[ItemKind, Label("类型", "kind")]
    """milestone, criterion, commitment, condition or appraisal."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it is met, inclusive; not before the opening."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that meets it: of several that it takes the last."""
    actor: Annotated[Person | None, Label("操作人", "actor")]
    """Who did what meets it, or says it."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson who answered for the deal when it was met."""
    department: Annotated[str | None, Label("部门", "department"), Added()] = None
    """Our department for which the person acted."""


@dataclass(frozen=True, slots=True)
class StageDepartmentRow(
    Row,
    table="stage_department",
    key=("deal", "playbook", "stage", "at"),
    valid=Instant("at"),
    counted=("playbook", "stage"),
):
    """Departments named at the stages that deals worked on, and those that took part, over time: one row for each stage
    and instant at which some were named or took part for the first time. Deals that are lost or abandoned work on
    none."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    playbook: Annotated[PlaybookKey, Label("销售流程", "playbook")]
    """Key of the playbook that the deal follows."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage worked on, from 1: the one behind the last completed."""
    at: Annotated[datetime, Label("时间", "at")]
    """When it was so."""
    named: Annotated[Texts, Label("应参与部门", "named")]
    """Departments that are named at the stage, those of earlier rows left out; in Chinese, as entries name them."""
    took_part: Annotated[Texts, Label("已参与部门", "took part")]
    """Departments that took part in the stage, those of earlier rows left out."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry by which the first of those that took part did; where none did, of that which brought the
    deal to the stage."""
