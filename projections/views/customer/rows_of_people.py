"""Rows about people at accounts: contacts, relationships with them, and referrals."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from contracts.events.activity import Channel
from projections.columns import AccountId, DealId, EntrySequence, Label, Texts, Words
from projections.replay.view import Instant, Interval, Row

ChannelOrNone = Annotated[
    Channel | None,
    Words(
        email="邮件",
        sms="短信",
        wechat="微信",
        social="社交媒体",
        letter="信函",
        web="网站",
        phone="电话",
        other="其他",
    ),
]
Level = Annotated[
    Literal["enterprise_need", "personal_need", "personal_bond"],
    Words(enterprise_need="客户企业需求", personal_need="个人需求", personal_bond="个人情感"),
]
Content = Annotated[Literal["product", "company"], Words(product="我方产品", company="我方企业")]
MotivationOrNone = Annotated[
    Literal["organisational", "personal", "both"] | None,
    Words(organisational="组织", personal="个人", both="兼有"),
]
StanceOrNone = Annotated[
    Literal["supporter", "neutral", "opponent"] | None,
    Words(supporter="支持", neutral="中立", opponent="反对"),
]


@dataclass(frozen=True, slots=True)
class ContactRow(
    Row,
    table="contact",
    key=("account", "contact", "from_at"),
    valid=Interval(),
    counted=("account", "contact"),
):
    """People at accounts over time. The latest record of each counts, whole."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    contact: Annotated[str, Label("联系人", "contact")]
    """Id of the person."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it is so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    roles: Annotated[Texts, Label("角色", "roles")]
    """Parts that the person plays in a purchase: handler, decision_maker, influencer, user."""
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
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal for which the roles hold, or null."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that said so first."""


@dataclass(frozen=True, slots=True)
class RelationshipRow(
    Row,
    table="relationship",
    key=("account", "contact", "level", "content", "from_at"),
    valid=Interval(),
    counted=("account", "contact", "level", "content", "reached"),
):
    """Relationships with people at accounts over time. The latest judgement of each cell (contact, level and
    content) counts."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    contact: Annotated[str, Label("联系人", "contact")]
    """Id of the person."""
    level: Annotated[Level, Label("层次", "level")]
    """Depth of the relationship: enterprise_need, personal_need or personal_bond."""
    content: Annotated[Content, Label("关系内容", "content")]
    """Content of the relationship: product or company."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it is so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
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
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal for which it was judged, or null."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that judged so first."""


@dataclass(frozen=True, slots=True)
class ReferralRow(
    Row,
    table="referral",
    key=("account", "entry"),
    valid=Instant("at"),
    counted=("referral", "account"),
):
    """Recommendations of us by accounts."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that recommends us."""
    at: Annotated[datetime, Label("时间", "at")]
    """When we were recommended."""
    referral: Annotated[str, Label("推介编号", "referral")]
    """Name of the referral, which deal_opened names."""
    referred_name: Annotated[str, Label("被推介方", "referred to")]
    """Name of the person or company to whom we were recommended."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Id of the person who recommends us."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry."""
