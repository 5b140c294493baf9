"""Rows of what finance does to be paid: promises of customers, and reminders."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, DealId, EntrySequence, Label, Series, Words
from projections.replay.view import Instant, Interval, Row

PromiseState = Annotated[Literal["open", "kept"], Words(open="未兑现", kept="已兑现")]
Channel = Annotated[
    Literal["call", "email", "letter", "visit", "lawyer_letter", "other"],
    Words(call="电话", email="邮件", letter="信函", visit="上门", lawyer_letter="律师函", other="其他"),
]


@dataclass(frozen=True, slots=True)
class PromiseRow(
    Row, table="promise", key=("account", "entry", "from_at"), valid=Interval(), counted=("currency", "state")
):
    """Promises of customers to pay over time. A promise is kept while cash applied to the invoice since it was made
    comes to its amount; an open one is broken once its day is over."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, as the table invoice has it."""
    series: Annotated[Series, Label("号段", "series")]
    """Series of the invoice's number; empty where it has none."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    promised_at: Annotated[datetime, Label("承诺时间", "promised at")]
    """When it was made; not before the invoice was issued."""
    promised_on: Annotated[date, Label("承诺付款日", "promised on")]
    """The day by which it will be paid."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    amount: Annotated[Amount, Label("承诺金额", "amount")]
    """Amount promised."""
    state: Annotated[PromiseState, Label("状态", "state")]
    """open, or kept."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Id of the person who promised, or null."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that says the promise."""

    def until(self, to_at: datetime) -> "PromiseRow":
        """Return this row with its interval ended at `to_at`."""
        return replace(self, to_at=to_at)


@dataclass(frozen=True, slots=True)
class ReminderRow(
    Row, table="reminder", key=("account", "entry", "invoice", "series"), valid=Instant("at"), counted=("level",)
):
    """Reminders of invoices, a row for each invoice that a reminder names."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, as the table invoice has it."""
    series: Annotated[Series, Label("号段", "series")]
    """Series of the invoice's number; empty where it has none."""
    at: Annotated[datetime, Label("时间", "at")]
    """When it was sent; not before the invoice was issued."""
    level: Annotated[int, Label("催款级别", "level")]
    """Urgency, from 1."""
    channel: Annotated[Channel, Label("催款方式", "channel")]
    """Way by which it was sent."""
    contact: Annotated[str | None, Label("联系人", "contact")]
    """Id of the person who was reminded, or null."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that the reminder names, or else the invoice; null where neither does."""
    finance_notified: Annotated[bool | None, Label("已通知财务", "finance notified")]
    """Mark that our finance department knows of it; null where it is not said."""
    plan: Annotated[str | None, Label("计划编号", "plan")]
    """Planned activity that it carries out, or null."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that says it."""
