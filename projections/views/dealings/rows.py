"""Rows of the tables of dealings.

Rows that hold for an interval have the rest of their key, `from_at` and `to_at` behind the deal, and the entry at the
end: `state.py` relies on that. Appointments have one row each, named by its entry.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from projections.columns import AccountId, Amount, Currency, DealId, EntrySequence, Label, Person, StageNumber
from projections.replay.view import Instant, Interval, Row
from projections.views.dealings.words import (
    ActivityKind,
    Channel,
    CommitmentState,
    Confidence,
    Direction,
    MessageKind,
    Motive,
    NeedKind,
    Outcome,
    PlanKind,
    PlanState,
    Priority,
    ProposalKind,
    Purpose,
    SourceChannel,
)


@dataclass(frozen=True, slots=True)
class DealFileRow(Row, table="deal_file", key=("deal", "from_at"), valid=Interval()):
    """Origin and name of every deal over time: one row while nothing shown changes, none before its opening."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    name: Annotated[str | None, Label("商机名称", "name")]
    """Name by which people call the deal."""
    opened_at: Annotated[datetime, Label("立项时间", "opened at")]
    """When the deal was opened."""
    source_channel: Annotated[SourceChannel | None, Label("商机来源", "source channel")]
    """Channel by which the opportunity was found."""
    referral: Annotated[str | None, Label("推介编号", "referral")]
    """Referral that led to the deal, as `referral_received` names it."""
    tender_ref: Annotated[str | None, Label("招标编号", "tender number")]
    """Number of the call for tenders or of the entry in a procurement plan."""
    partner: Annotated[AccountId | None, Label("渠道商", "partner")]
    """Account of the channel partner through whom we sell."""
    product: Annotated[str | None, Label("产品", "product")]
    """Product that is being sold."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that began the interval."""


@dataclass(frozen=True, slots=True)
class ActivityRow(
    Row, table="activity", key=("deal", "entry"), valid=Instant("at"), counted=("deal", "kind", "department")
):
    """Activities of deals: calls, visits, demos, messages, appointments, proposals and quotes, one row for each."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    at: Annotated[datetime, Label("时间", "at")]
    """When it happened, before the deal's opening too."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the activity's entry."""
    kind: Annotated[ActivityKind, Label("活动", "kind")]
    """Name of the event."""
    actor: Annotated[Person | None, Label("操作人", "actor")]
    """Person who did it, as the source says."""
    department: Annotated[str | None, Label("部门", "department")]
    """Department that the actor acted for."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """Salesperson who answered for the deal then."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """The customer's person; of a visit the first of those named."""
    channel: Annotated[Channel | None, Label("渠道", "channel")] = None
    """Way by which a message went."""
    direction: Annotated[Direction | None, Label("方向", "direction")] = None
    """Direction of a call or message, seen from us."""
    purpose: Annotated[Purpose | None, Label("目的", "purpose")] = None
    """Purpose of a visit."""
    outcome: Annotated[Outcome | None, Label("结果", "outcome")] = None
    """Outcome of a call."""
    plan: Annotated[str | None, Label("计划编号", "plan")] = None
    """Plan that the activity carries out, as it names it."""
    booked: Annotated[bool | None, Label("有预约", "booked")] = None
    """Whether a visit used up an appointment that was made before, the earliest first; null where it is no visit."""
    message: Annotated[str | None, Label("消息编号", "message")] = None
    """Id of a message in the sending system."""
    message_kind: Annotated[MessageKind | None, Label("消息状态", "message kind")] = None
    """Fate of a message."""
    campaign: Annotated[str | None, Label("营销活动", "campaign")] = None
    """Campaign that a message belongs to."""
    proposal_kind: Annotated[ProposalKind | None, Label("方案类别", "proposal kind")] = None
    """Kind of a proposal: how binding it is."""
    amount: Annotated[Amount | None, Label("报价金额", "amount")] = None
    """Price offered by a proposal or quote."""
    currency: Annotated[Currency | None, Label("币种", "currency")] = None
    """ISO 4217 currency of the amount."""


@dataclass(frozen=True, slots=True)
class AppointmentRow(Row, table="appointment", key=("deal", "entry"), valid=Interval(), counted=("scheduled_at",)):
    """Appointments that no visit had used over time: one row from when each was made until a visit used it or it was
    cancelled."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    from_at: Annotated[datetime, Label("自", "from")]
    """When it was made."""
    to_at: Annotated[datetime, Label("至", "to")]
    """When it was used or cancelled; null while neither is known."""
    scheduled_at: Annotated[datetime, Label("约定时间", "scheduled at")]
    """When the meeting is to begin."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Person of the customer who agreed."""
    topic: Annotated[str | None, Label("主题", "topic")]
    """Subject of the meeting."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry by which it was made."""


@dataclass(frozen=True, slots=True)
class PlanRow(Row, table="plan", key=("deal", "plan", "from_at"), valid=Interval(), counted=("state", "due_on")):
    """Planned activities of deals over time: one row while a plan's state and values stay the same."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    plan: Annotated[str, Label("计划编号", "plan")]
    """Name of the plan, unique within the deal."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    kind: Annotated[PlanKind, Label("类别", "kind")]
    """Kind of activity."""
    due_on: Annotated[date, Label("完成期限", "due on")]
    """The last day on which it is in time."""
    owner: Annotated[Person | None, Label("执行人", "owner")]
    """Person of ours who is to do it."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Person of the customer with whom it is to be done."""
    agenda: Annotated[str | None, Label("议题", "agenda")]
    """Subjects to speak about."""
    state: Annotated[PlanState, Label("状态", "state")]
    """open, done by the first activity that names it, or cancelled."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that gave the state: plan, activity or cancellation."""


@dataclass(frozen=True, slots=True)
class CommitmentRow(
    Row, table="commitment", key=("deal", "commitment", "from_at"), valid=Interval(), counted=("deal", "state")
):
    """Commitments that customers gave, over time: one row while the state of a commitment stays the same."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    commitment: Annotated[EntrySequence, Label("承诺条目", "commitment")]
    """Sequence of the entry by which it was received."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    received_at: Annotated[datetime, Label("承诺时间", "received at")]
    """When the customer gave it."""
    stage: Annotated[StageNumber, Label("阶段", "stage")]
    """Number of the stage that it completes, in the playbook that the deal follows."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Person who gave it."""
    due_on: Annotated[date | None, Label("兑现期限", "due on")]
    """The last day on which the customer keeps it in time; null when none was named."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """Salesperson who answered for the deal when it was received."""
    state: Annotated[CommitmentState, Label("状态", "state")]
    """open, kept, broken or withdrawn. Of kept and broken the one said last counts."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that gave the state."""


@dataclass(frozen=True, slots=True)
class PurchaseStageRow(
    Row, table="purchase_stage", key=("deal", "from_at"), valid=Interval(), counted=("deal", "number")
):
    """Stages of their own purchasing at which customers were seen over time: the latest observation stands."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    from_at: Annotated[datetime, Label("观察时间", "observed at")]
    """When it was observed."""
    to_at: Annotated[datetime, Label("至", "to")]
    """When the next observation was made; null while there is none."""
    number: Annotated[StageNumber, Label("采购阶段", "number")]
    """Number of the purchasing stage, 1 to 8 as in the playbook `project`."""
    confidence: Annotated[Confidence, Label("可信度", "confidence")]
    """stated by the customer, or inferred by us."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Person who told us."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that observed it."""


@dataclass(frozen=True, slots=True)
class NeedRow(Row, table="need", key=("deal", "need", "from_at"), valid=Interval(), counted=("deal",)):
    """Needs of customers over time: the latest record of each need stands, whole."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    need: Annotated[str, Label("需求", "need")]
    """Name of the need, unique within the deal."""
    from_at: Annotated[datetime, Label("自", "from")]
    """When it was recorded so."""
    to_at: Annotated[datetime, Label("至", "to")]
    """When it was recorded anew; null while it was not."""
    kind: Annotated[NeedKind, Label("类别", "kind")]
    """explicit: said by the customer; hidden: found out by us."""
    budget: Annotated[Amount | None, Label("预算", "budget")]
    """Amount that the customer may spend."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of the budget."""
    needed_by: Annotated[date | None, Label("需求时间", "needed by")]
    """The day by which the customer needs the solution."""
    motive: Annotated[Motive | None, Label("动机", "motive")]
    """Owner of the need: the organisation or a person."""
    priority: Annotated[Priority | None, Label("受重视程度", "priority")]
    """Importance of the project to the customer."""
    follow_on: Annotated[bool, Label("后续需求", "follow-on")]
    """Whether the need goes beyond this deal and is a reason for the next one."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Person who told us."""
    project_size: Annotated[str | None, Label("项目规模", "project size")]
    """Size of the customer's project, in its own measure."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that recorded it so."""
