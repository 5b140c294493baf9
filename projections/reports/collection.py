"""Collection: how well we collect what we invoice (seeds 000, 005: 回款管理)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, Duration, Label, Rate
from projections.reports.collection_curve import collection_curve
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import ItemRow, MovementRow

Curve = Literal["no", "yes"]


@dataclass(frozen=True, slots=True)
class CollectionRow(ReportRow, key=("currency",)):
    """One currency."""

    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    begin: Annotated[Amount, Label("期初余额", "opening balance")]
    """Ledger balance before the period."""
    sales: Annotated[Amount, Label("净销售额", "net sales")]
    """Invoices − credit notes − write-offs of the period."""
    cash_in: Annotated[Amount, Label("收款", "cash in")]
    """Payments of the period, less those reversed or transferred away."""
    end: Annotated[Amount, Label("期末余额", "closing balance")]
    """begin + sales − cash_in, which is the ledger balance at the end of the period."""
    current: Annotated[Amount, Label("未到期余额", "current")]
    """Open items that are not past due on the last day of the period."""
    dso: Annotated[Duration | None, Label("应收账款周转天数", "DSO")]
    """Days sales outstanding: end ÷ sales × days of the period; null unless sales are above 0."""
    cei: Annotated[Decimal | None, Label("回款效率指数", "CEI")]
    """Collection effectiveness index, two decimals: (begin + sales − end) ÷ (begin + sales − current) × 100.
    An advance may lift it above 100; null where the denominator is 0."""
    due: Annotated[Amount, Label("本期到期金额", "due")]
    """Amounts of the invoices due in the period, less credits and write-offs applied to them by its end."""
    collected_of_due: Annotated[Amount, Label("到期已收金额", "collected of due")]
    """Cash applied to these by the end of the period."""
    collection_rate: Annotated[Rate | None, Label("回款率", "collection rate")]
    """collected_of_due ÷ due; null where nothing is due."""
    days_to_collect: Annotated[Duration | None, Label("平均回款天数", "days to collect")]
    """Mean days from the invoice to the application of the period's cash, weighted by amount; null without any."""
    days_late: Annotated[Duration | None, Label("平均逾期天数", "days late")]
    """Mean days from the due day, 0 before it, weighted likewise."""


collection = Snapshot(
    name="collection",
    title=Label("回款分析", "Collection"),
    question=Label("我们的回款情况如何？", "How well do we collect?"),
    comment="Receivables of the days from to to, both included, as known at the sequence known_at, in every currency "
    "that had moved; a period that is not over ends at as_of. Sales are net: invoices - credit notes - write-offs, so "
    "that a write-off is no collection. DSO = end / sales * days of the period. CEI = (begin + sales - end) "
    "/ (begin + sales - current) * 100. collection_rate = cash applied by the end of the period to invoices that "
    "fall due in it / (their amounts - credits - write-offs). days_to_collect = sum of cash * (day applied - day "
    "invoiced) / sum of cash and days_late = sum of cash * max(0, day applied - due day) / sum of cash, of cash "
    "applied in the period and not taken back by its end; of several applications of a payment the latest is taken "
    "back first.",
    row=CollectionRow,
    parameters={
        "from": Parameter(date, "First day of the period.", "2026-01-01", in_sql="from_day"),
        "to": Parameter(date, "Last day of the period.", "2026-03-31", in_sql="to_day"),
        "account": Parameter(AccountId, "Account. Default: all.", "A-0003", optional=True, names_column=True),
        "curve": Parameter(Curve, "With yes collection_curve answers.", "no", default="no"),
    },
    answers={("curve", "yes"): collection_curve},
    reads=(
        source_of(MovementRow, called="moved", until="to_day"),
        source_of(ItemRow, called="owed", until="to_day"),
        source_of(InvoiceRow, called="issued", until="to_day"),
        source_of(ApplicationRow, called="applied", until="to_day"),
    ),
    joins={
        "receivables_movement": {"currency": "currency"},
        "receivables_item": {"currency": "currency"},
        "invoice": {"currency": "currency"},
        "application": {"currency": "currency"},
    },
    filtered=("moved", "owed"),
    filterable=("region", "currency"),
    chart=Chart("line", "currency", ("dso", "cei")),
)
