"""Segments: accounts and their business by one fact (seed 002: 行业, 规模, 意向, 地区)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import Amount, Count, Currency, Label, Rate
from projections.reports.accounts import KNOWN
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import MovementRow
from projections.views.stage_position.rows import PositionRow

SegmentFact = Literal[
    "name",
    "industry",
    "region",
    "founded_year",
    "employees",
    "parent",
    "industry_phase",
    "scope",
    "branches",
    "size_class",
    "standing",
    "life_phase",
    "profitability",
    "investment",
    "credit",
    "intent",
    "buyer_kind",
    "gov_level",
    "info_source",
]
"""Facts by which accounts can be grouped: neither lists nor long texts."""


@dataclass(frozen=True, slots=True)
class SegmentRow(ReportRow, key=("segment", "currency")):
    """One segment in one currency of its money."""

    segment: Annotated[str | None, Label("分组", "segment")]
    """Value of the fact; null where it is unknown, and for deals without account."""
    accounts: Annotated[Count, Label("客户数", "accounts")]
    """Accounts of the segment, whatever the currency; merged ones count once."""
    open: Annotated[Count, Label("进行中", "open")]
    """Open deals, whatever the currency; those on hold are not among them."""
    pipeline: Annotated[Amount | None, Label("在谈金额", "pipeline")]
    """Expected value of the open deals in the currency; null without a currency."""
    won: Annotated[Count, Label("赢单", "won")]
    """Deals won in the period, whatever the currency."""
    lost: Annotated[Count, Label("输单", "lost")]
    """Deals lost in the period, whatever the currency."""
    win_rate: Annotated[Rate | None, Label("赢单率", "win rate")]
    """won ÷ (won + lost); null before any."""
    revenue: Annotated[Amount | None, Label("收入", "revenue")]
    """Invoices − credit notes of the period in the currency; null without a currency."""
    growth: Annotated[Rate | None, Label("增长率", "growth")]
    """(revenue − that of as many days before the period) ÷ that of those days; null where that is 0."""
    collection_rate: Annotated[Rate | None, Label("回款率", "collection rate")]
    """Cash applied by the end of the period to invoices due in it ÷ (their amounts − credits − write-offs); null where
    none are due."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of the amounts; null for a segment without any."""


segments = Snapshot(
    name="segments",
    title=Label("客户分组", "Segments"),
    question=Label("业务分布在哪些行业、地区、规模的客户？", "In which segments of accounts is the business?"),
    comment="Accounts by one fact as it is at as_of, as known at the sequence known_at, also for old deals, with their "
    "deals and revenue of the days from to to, both included. Deals stand as at the end of to, or at as_of where that "
    "is earlier. win_rate = won / (won + lost); revenue = invoices - credit notes; growth = (revenue - that of as many "
    "days before) / that of those days; collection_rate = cash applied by the end of the period to invoices due in it "
    "/ (their amounts - credits - write-offs). The row without a segment has the accounts whose fact is unknown and "
    "the deals without account. Amounts of two currencies are never added: a segment has a row for each, and its "
    "counts and win_rate, which are those of all currencies, stand in each. Merged accounts count as in the report "
    "accounts. Default of to: as_of's day; of from: 364 days before.",
    row=SegmentRow,
    parameters={
        "by": Parameter(SegmentFact, "Fact by which accounts are grouped.", "industry"),
        "from": Parameter(date, "First day of the period.", "2026-01-01", optional=True, in_sql="from_day"),
        "to": Parameter(date, "Last day of the period.", "2026-03-31", optional=True, in_sql="to_day"),
    },
    reads=(
        *KNOWN,
        source_of(PositionRow, called="standing", until="to_day"),
        source_of(MovementRow, called="moved", until="to_day"),
        source_of(InvoiceRow, called="issued", until="to_day"),
        source_of(ApplicationRow, called="applied", until="to_day"),
    ),
    members=("account", "deal"),
    filters_rows=True,
    chart=Chart("bars", "segment", ("pipeline", "revenue")),
)
