"""Invoices on which something is owed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, Days, DealId, EntrySequence, Label, Words
from projections.reports.report import ReportRow, Rows, source_of
from projections.views.receivables.rows import ItemRow

DAYS_PAST_DUE = {
    "not_due": "未到期",
    "1-30": "1-30 天",
    "31-60": "31-60 天",
    "61-90": "61-90 天",
    "over_90": "90 天以上",
}
"""Chinese labels of the buckets."""

Bucket = Annotated[Literal["not_due", "1-30", "31-60", "61-90", "over_90"], Words(**DAYS_PAST_DUE)]


@dataclass(frozen=True, slots=True)
class OpenInvoice(ReportRow, key=("account", "invoice", "series")):
    """An invoice on which something is still owed."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, unique per account and series."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that the invoice names, or null."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    amount: Annotated[Amount, Label("发票金额", "amount")]
    """What was invoiced."""
    open_amount: Annotated[Amount, Label("未收金额", "open amount")]
    """What is still owed."""
    due_on: Annotated[date, Label("到期日", "due on")]
    """The last day on which payment is in time."""
    days_past_due: Annotated[Days, Label("逾期天数", "days past due")]
    """as_of's day minus due_on; below 1: not yet due."""
    bucket: Annotated[Bucket, Label("账龄", "bucket")]
    """not_due, 1-30, 31-60, 61-90 or over_90 days past due."""
    disputed: Annotated[bool, Label("有争议", "disputed")]
    """Whether the customer contests it."""
    since: Annotated[datetime, Label("自", "since")]
    """Since when it stands so."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry since which it stands so."""
    stale: Annotated[bool, Label("待修复", "stale")]
    """Whether the account's later entries could not be folded."""
    series: Annotated[str | None, Label("号段", "series")]
    """Series of the number, or null."""
    disputed_amount: Annotated[Amount, Label("争议金额", "disputed amount")]
    """Part of the open amount that the customer contests; all of it where the dispute names no amount; 0 without."""


receivables_open = Rows(
    name="receivables_open",
    title=Label("未收发票", "Open invoices"),
    question=Label("哪些发票还没有收齐？", "Which invoices are open, and how long are they past due?"),
    comment="Invoices that were open at as_of, as known at the sequence known_at, with days past due (below 1: not yet "
    "due) and bucket.",
    row=OpenInvoice,
    source=source_of(ItemRow),
    order=("account", "invoice", "entry", "series"),
)
