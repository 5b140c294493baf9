"""Messages: what becomes of those that are sent, and how soon we answer (seeds 003, 004: 邮件, 社交媒体)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import Count, Duration, Label, Rate, Words
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.customer.rows import AliasRow, TouchRow
from projections.views.dealings.rows import ActivityRow
from projections.views.stage_position.rows import PositionRow

ByCampaign = Annotated[Literal["no", "yes"], Words(no="否", yes="是")]


@dataclass(frozen=True, slots=True)
class MessagesRow(ReportRow, key=("channel", "campaign")):
    """One channel, by campaign the part of it that belongs to one campaign."""

    channel: Annotated[str | None, Label("渠道", "channel")]
    """email, sms, wechat, social, letter, web, phone or other; null where none was named."""
    sent: Annotated[Count, Label("已发", "sent")]
    """Messages that we sent in the period, each once."""
    bounced: Annotated[Count, Label("退回", "bounced")]
    """Of these, messages that came back."""
    opened: Annotated[Count, Label("已打开", "opened")]
    """Of these, messages that were opened."""
    clicked: Annotated[Count, Label("已点击", "clicked")]
    """Of these, messages of which a link was followed."""
    replied: Annotated[Count, Label("已回复", "replied")]
    """Of these, messages that were answered."""
    open_rate: Annotated[Rate | None, Label("打开率", "open rate")]
    """opened ÷ (sent − bounced); null where that is 0."""
    click_rate: Annotated[Rate | None, Label("点击率", "click rate")]
    """clicked ÷ (sent − bounced); null where that is 0."""
    answer_hours: Annotated[Duration | None, Label("回复中位小时数", "answer hours")]
    """Median of the hours from a message that came in the period to the next that we sent, by whatever channel; null
    where none was answered."""
    campaign: Annotated[str | None, Label("营销活动", "campaign")]
    """Name of the campaign, by campaign; null for messages of none, and otherwise."""


messages = Snapshot(
    name="messages",
    title=Label("消息效果", "Messages"),
    question=Label("发出的消息有何反响，多久回复客户？", "What becomes of our messages, and how soon do we answer?"),
    comment="Messages with customers, about deals and about accounts, as known at the sequence known_at. Those of an "
    "account and of its deals at as_of are one conversation, accounts merged into one too; a deal without account has "
    "its own. A message of a conversation counts once, by its id, in the channel and campaign of its sending, when "
    "that lies in the days from from to to, both included; what became of it counts up to the end of to, or as_of "
    "where that is earlier. open_rate = opened / (sent - bounced), click_rate = clicked / (sent - bounced). "
    "answer_hours is the median from a message that came in (received, or sent or replied inbound) in the period to "
    "our next one (sent, or replied outbound) of the same conversation, by then; what was not answered is in no "
    "median.",
    row=MessagesRow,
    parameters={
        "from": Parameter(date, "First day of the period.", "2026-01-01", in_sql="from_day"),
        "to": Parameter(date, "Last day of the period.", "2026-03-31", in_sql="to_day"),
        "by_campaign": Parameter(ByCampaign, "With yes campaigns are told apart, too.", "yes", default="no"),
    },
    reads=(
        source_of(ActivityRow, until="to_day"),
        source_of(TouchRow, until="to_day"),
        source_of(PositionRow),
        source_of(AliasRow),
    ),
    members=("deal", "account"),
    figures=("sent", "bounced", "opened", "clicked", "replied"),
    filtered=("activity", "touch"),
    filterable=("account", "playbook", "region"),
    chart=Chart("bars", "channel", ("open_rate", "click_rate")),
)
