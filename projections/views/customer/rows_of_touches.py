"""Rows about what passes between us and accounts: touches, cases, and what is to be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import AccountId, Count, DealId, EntrySequence, Label, Person, Texts, Words
from projections.replay.view import Instant, Interval, Row
from projections.views.customer.rows_of_people import ChannelOrNone

TouchKind = Annotated[
    Literal[
        "appointment_made",
        "call_made",
        "visit_done",
        "demo_held",
        "proposal_submitted",
        "message_exchanged",
        "return_visit",
        "holiday",
        "birthday",
        "gift",
        "training",
        "service",
        "reward",
        "other_care",
        "satisfaction",
        "objection",
        "complaint",
        "praise",
    ],
    Words(
        appointment_made="约定见面",
        call_made="电话沟通",
        visit_done="客户拜访",
        demo_held="方案演示",
        proposal_submitted="提交方案",
        message_exchanged="消息往来",
        return_visit="回访",
        holiday="节日祝福",
        birthday="生日问候",
        gift="赠礼",
        training="培训",
        service="服务支持",
        reward="奖励",
        other_care="其他关怀",
        satisfaction="满意度",
        objection="异议",
        complaint="投诉",
        praise="表扬",
    ),
]
MessageKindOrNone = Annotated[
    Literal["sent", "received", "opened", "clicked", "replied", "bounced", "unsubscribed", "viewed"] | None,
    Words(
        sent="已发",
        received="收到",
        opened="已打开",
        clicked="已点击",
        replied="已回复",
        bounced="退回",
        unsubscribed="退订",
        viewed="浏览",
    ),
]
DirectionOrNone = Annotated[Literal["outbound", "inbound"] | None, Words(outbound="发出", inbound="收到")]
PurposeOrNone = Annotated[
    Literal["introduction", "survey", "presentation", "negotiation", "care", "collection", "other"] | None,
    Words(
        introduction="初次见面",
        survey="调研",
        presentation="方案展示",
        negotiation="谈判",
        care="关怀",
        collection="催收",
        other="其他",
    ),
]
OutcomeOrNone = Annotated[
    Literal["interested", "callback", "not_interested", "no_answer", "other"] | None,
    Words(interested="感兴趣", callback="约定再联系", not_interested="不感兴趣", no_answer="未接通", other="其他"),
]
CaseKind = Annotated[Literal["objection", "complaint"], Words(objection="异议", complaint="投诉")]
CaseState = Annotated[Literal["open", "closed"], Words(open="处理中", closed="已解决")]
TodoKind = Annotated[
    Literal["call", "visit", "demo", "message", "proposal", "return_visit", "collection", "care", "other"],
    Words(
        call="电话",
        visit="拜访",
        demo="演示",
        message="消息",
        proposal="方案",
        return_visit="回访",
        collection="催收",
        care="关怀",
        other="其他",
    ),
]
TodoState = Annotated[Literal["open", "done", "cancelled"], Words(open="待办", done="完成", cancelled="已取消")]


@dataclass(frozen=True, slots=True)
class TouchRow(
    Row,
    table="touch",
    key=("account", "entry"),
    valid=Instant("at"),
    counted=("account", "kind", "deal", "department"),
    summed=("score",),
):
    """Activities, care, feedback and messages about accounts. Visits to the account for a deal are among them; other
    activities for a deal are not."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    at: Annotated[datetime, Label("时间", "at")]
    """When it happened."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry."""
    kind: Annotated[TouchKind, Label("类别", "kind")]
    """Name of the event; of care and feedback its kind."""
    contacts: Annotated[Texts, Label("联系人", "contacts")]
    """Ids of the customer's people who took part."""
    channel: Annotated[ChannelOrNone, Label("渠道", "channel")]
    """Way by which a message or care went."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that it is about, or null."""
    actor: Annotated[Person | None, Label("操作人", "actor")]
    """Our person who did it."""
    department: Annotated[str | None, Label("部门", "department")]
    """Our department for which the person acted."""
    score: Annotated[Count | None, Label("评分", "score")]
    """Satisfaction, 0 to 10; null for all else."""
    case_number: Annotated[str | None, Label("个案号", "case number")]
    """Number of the objection or complaint that feedback names."""
    resolved: Annotated[bool | None, Label("已解决", "resolved")]
    """True: the feedback says that the case is settled."""
    message: Annotated[str | None, Label("消息编号", "message")]
    """Id of the message in the sending system."""
    message_kind: Annotated[MessageKindOrNone, Label("消息动态", "message kind")]
    """Fate of the message."""
    direction: Annotated[DirectionOrNone, Label("方向", "direction")]
    """Direction of a message or call, seen from us."""
    campaign: Annotated[str | None, Label("营销活动", "campaign")]
    """The campaign to which a message belongs."""
    purpose: Annotated[PurposeOrNone, Label("目的", "purpose")]
    """Purpose of a visit."""
    outcome: Annotated[OutcomeOrNone, Label("结果", "outcome")]
    """Outcome of a call."""
    plan: Annotated[str | None, Label("计划编号", "plan")]
    """The planned activity that it carries out."""


@dataclass(frozen=True, slots=True)
class CaseRow(
    Row,
    table="feedback_case",
    key=("account", "case_number", "from_at"),
    valid=Interval(),
    counted=("account", "state", "kind"),
):
    """Objections and complaints of accounts over time."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    case_number: Annotated[str, Label("个案号", "case number")]
    """Number of the objection or complaint, as the first feedback about it writes it."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stands so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    kind: Annotated[CaseKind, Label("类别", "kind")]
    """objection or complaint."""
    state: Annotated[CaseState, Label("状态", "state")]
    """open or closed."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry since which it stands so."""


@dataclass(frozen=True, slots=True)
class TodoRow(
    Row,
    table="account_todo",
    key=("account", "todo", "from_at"),
    valid=Interval(),
    counted=("state", "due_on", "account"),
):
    """Activities planned on accounts over time. Each is open, done or cancelled."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    todo: Annotated[str, Label("计划编号", "plan")]
    """Name of the plan, as the first entry that names it writes it."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stands so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    kind: Annotated[TodoKind, Label("类别", "kind")]
    """Kind of activity."""
    due_on: Annotated[date, Label("完成期限", "due on")]
    """The last day on which it is in time."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """Our person who is to do it."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Id of the customer's person with whom it is to be done."""
    agenda: Annotated[str | None, Label("议题", "agenda")]
    """Subjects to speak about."""
    state: Annotated[TodoState, Label("状态", "state")]
    """open, done or cancelled."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that gave it its state, or that planned it so."""
