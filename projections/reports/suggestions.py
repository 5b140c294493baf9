"""Suggestions: invoices that unapplied cash may be for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, Label, Words
from projections.reports.report import Parameter, ReportRow, Snapshot, source_of
from projections.views.receivables.rows import ItemRow, UnappliedRow

Reason = Annotated[
    Literal["named", "exact", "oldest"], Words(named="付款附言提及", exact="金额一致", oldest="最早到期")
]


@dataclass(frozen=True, slots=True)
class SuggestionRow(ReportRow, key=("account", "payment", "payment_series", "invoice", "series")):
    """One payment and one invoice that it may be for."""

    payment: Annotated[str, Label("收款单号", "payment")]
    """Reference of the payment."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, unique per account and series."""
    amount: Annotated[Amount, Label("建议金额", "amount")]
    """Amount to apply: no more than is left of the payment and of the invoice behind the suggestions before."""
    reason: Annotated[Reason, Label("理由", "reason")]
    """named: the payer names the invoice; exact: the only open invoice of exactly the amount; oldest: the first due."""
    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that both are booked on."""
    payment_series: Annotated[str | None, Label("收款号段", "payment series")]
    """Series of the payment's reference, or null."""
    series: Annotated[str | None, Label("发票号段", "series")]
    """Series of the invoice's number, or null."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    received_at: Annotated[datetime | None, Label("收款时间", "received at")]
    """When the payment came to the account."""
    due_on: Annotated[date, Label("到期日", "due on")]
    """The last day on which payment of the invoice is in time."""


suggestions = Snapshot(
    name="suggestions",
    title=Label("核销建议", "Suggestions"),
    question=Label("未核销的收款可能是付哪些发票？", "Which invoices may unapplied cash be for?"),
    comment="Unapplied cash and open invoices of one account and currency at as_of, as known at the sequence known_at. "
    "Payments go one by one in order of receipt, each by one rule: to the open invoices that its remittance names, by "
    "due day; if it names none, to the only open invoice of exactly its amount; if there is no such one, to the "
    "invoices that are due first. Amounts are never more than is left of payment and invoice behind the suggestions "
    "before. What a payment leaves over that names invoices is suggested for no other. Nothing is booked: "
    "payment_allocated does that.",
    row=SuggestionRow,
    parameters={"account": Parameter(AccountId, "Account. Default: all.", "A-0003", optional=True, names_column=True)},
    reads=(source_of(UnappliedRow), source_of(ItemRow)),
    joins={"receivables_unapplied": {"account": "account"}, "receivables_item": {"account": "account"}},
    order=("account", "payment", "payment_series", "invoice", "series"),
)
