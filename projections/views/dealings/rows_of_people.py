"""Rows about people whom entries on a deal tell of without naming an account, which would show them otherwise."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from projections.columns import DealId, EntrySequence, Label, Texts
from projections.replay.view import Interval, Row
from projections.views.customer.rows_of_people import ChannelOrNone, Content, Level, MotivationOrNone, StanceOrNone


@dataclass(frozen=True, slots=True)
class DealContactRow(
    Row, table="deal_contact", key=("deal", "contact", "from_at"), valid=Interval(), counted=("deal", "contact")
):
    """People recorded on deals without an account over time. The latest record of each stands, whole; those recorded
    with an account are in `contact`."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    contact: Annotated[str, Label("联系人", "contact")]
    """Id of the person."""
    from_at: Annotated[datetime, Label("自", "from")]
    """When it was recorded so."""
    to_at: Annotated[datetime, Label("至", "to")]
    """When it was recorded anew; null while it was not."""
    roles: Annotated[Texts, Label("角色", "roles")]
    """Parts that the person plays in the purchase: handler, decision_maker, influencer, user."""
    job_title: Annotated[str | None, Label("职位", "job title")]
    """Position of the person."""
    department: Annotated[str | None, Label("所在部门", "department")]
    """The customer's department in which the person works."""
    reports_to: Annotated[str | None, Label("直属上级", "reports to")]
    """Id of the person's superior, also a contact."""
    preferred_channel: Annotated[ChannelOrNone, Label("偏好渠道", "preferred channel")]
    """Way by which the person likes to be reached."""
    style: Annotated[str | None, Label("沟通风格", "style")]
    """Manner in which the person likes to be dealt with."""
    birthday: Annotated[date | None, Label("生日", "birthday")]
    """Day of birth."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that recorded it so."""


@dataclass(frozen=True, slots=True)
class DealRelationshipRow(
    Row,
    table="deal_relationship",
    key=("deal", "contact", "level", "content", "from_at"),
    valid=Interval(),
    counted=("deal", "contact", "level", "content", "reached"),
):
    """Relationships with people, judged on deals without an account, over time. The latest judgement of each cell
    (contact, level and content) stands; those judged with an account are in `relationship`."""

    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal."""
    contact: Annotated[str, Label("联系人", "contact")]
    """Id of the person."""
    level: Annotated[Level, Label("层次", "level")]
    """Depth of the relationship: enterprise_need, personal_need or personal_bond."""
    content: Annotated[Content, Label("关系内容", "content")]
    """Content of the relationship: product or company."""
    from_at: Annotated[datetime, Label("自", "from")]
    """When it was judged so."""
    to_at: Annotated[datetime, Label("至", "to")]
    """When it was judged anew; null while it was not."""
    reached: Annotated[bool, Label("已达到", "reached")]
    """True: the cell is reached."""
    decision: Annotated[int | None, Label("决策", "decision")]
    """The person's weight in the decision, 0 to 3."""
    influence: Annotated[int | None, Label("影响", "influence")]
    """The person's weight with others, 0 to 3."""
    motivation: Annotated[MotivationOrNone, Label("激励", "motivation")]
    """Motive of the person: organisational, personal or both."""
    stance: Annotated[StanceOrNone, Label("立场", "stance")]
    """Attitude of the person to us: supporter, neutral or opponent."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that judged it so."""
