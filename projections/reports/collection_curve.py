"""Collection curve: the share of a month's invoices that is collected with time."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.columns import AccountId, Amount, Currency, Days, Label, Rate
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow


@dataclass(frozen=True, slots=True)
class CollectionCurveRow(ReportRow, key=("currency", "month", "age")):
    """Invoices of one month and currency at one age."""

    month: Annotated[str, Label("开票月份", "month")]
    """Month in which the invoices were issued, as YYYY-MM in the ledger's zone."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    age: Annotated[Days, Label("开票后天数", "age")]
    """Days after each invoice: 0, 30, 60, 90, 120 or 180."""
    invoiced: Annotated[Amount, Label("开票净额", "invoiced")]
    """Invoices of the month, less credits and write-offs applied to them."""
    collected: Annotated[Amount, Label("已收金额", "collected")]
    """Cash applied to each of them up to this age."""
    share: Annotated[Rate | None, Label("回款比例", "share collected")]
    """collected ÷ invoiced; null where nothing is left of the invoices."""


collection_curve = Snapshot(
    name="collection_curve",
    title=Label("回款曲线", "Collection curve"),
    question=Label("每月的开票多久能收回多少？", "How much of a month's invoices is collected after how long?"),
    comment="Invoices issued from the day from up to the day to at as_of, as known at the sequence known_at, by the "
    "month in which they were issued: the share collected 0, 30, 60, 90, 120 and 180 days after each invoice. A month "
    "has a row for the ages that all its invoices have reached at as_of, so that months compare at equal age. invoiced "
    "is less credits and write-offs, as in collection_rate.",
    row=CollectionCurveRow,
    parameters={
        "from": Parameter(date, "First day of invoicing.", "2026-01-01", in_sql="from_day"),
        "to": Parameter(date, "Last day of invoicing.", "2026-03-31", in_sql="to_day"),
        "account": Parameter(AccountId, "Account. Default: all.", "A-0003", optional=True, names_column=True),
    },
    reads=(source_of(InvoiceRow), source_of(ApplicationRow)),
    joins={"invoice": {"currency": "currency"}, "application": {"currency": "currency"}},
    filtered=("invoice", "application"),
    filterable=("region", "currency"),
    chart=Chart("line", "age", ("share",)),
)
