"""Accounts by importance: grade, revenue, growth and life cycle (seed 002: 客户分级)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Count, Currency, Label, Rate, Words
from projections.reports.report import Chart, ReportRow, Snapshot, Source, source_of
from projections.views.customer.rows import (
    AccountPlanRow,
    AliasRow,
    ContactRow,
    FactRow,
    GradeRow,
    ReferralRow,
    RelationshipRow,
    TodoRow,
    TouchRow,
)
from projections.views.customer.rows_of_account import Grade
from projections.views.receivables.rows import MovementRow
from projections.views.stage_position.rows import PositionRow

LifeCycle = Annotated[
    Literal["prospect", "new", "active", "dormant"],
    Words(prospect="潜在客户", new="新客户", active="活跃客户", dormant="沉睡客户"),
]


@dataclass(frozen=True, slots=True)
class AccountRow(ReportRow, key=("account", "currency")):
    """One account in one currency of its revenue."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account; accounts merged into it count with it."""
    name: Annotated[str | None, Label("客户名称", "name")]
    """Its name; null when unknown."""
    grade: Annotated[Grade | None, Label("等级", "grade")]
    """A to D as it was graded, A being the most important; null before."""
    score: Annotated[int | None, Label("评分", "score")]
    """potential × standing × strategic of that grading, 1 to 125."""
    suggested: Annotated[Grade | None, Label("建议等级", "suggested grade")]
    """Grade by the policy's thresholds of the score; null without a score."""
    revenue: Annotated[Amount | None, Label("收入", "revenue")]
    """Invoices − credit notes of the 365 days up to as_of's day; null without a currency."""
    share: Annotated[Rate | None, Label("占比", "share")]
    """revenue ÷ that of all accounts in the currency; null where that is 0."""
    rank: Annotated[int | None, Label("名次", "rank")]
    """Place by revenue within the currency, from 1; of equal ones by id."""
    cumulative: Annotated[Rate | None, Label("累计占比", "cumulative share")]
    """Share of all accounts up to this place."""
    growth: Annotated[Rate | None, Label("增长率", "growth")]
    """(revenue − that of the 365 days before) ÷ that of the 365 days before; null where that is 0."""
    won: Annotated[Count, Label("赢单", "won")]
    """Deals won, ever and in all currencies."""
    first_won: Annotated[date | None, Label("首次成交", "first won")]
    """Day of the first of these, in the ledger's zone."""
    last_won: Annotated[date | None, Label("最近成交", "last won")]
    """Day of the last of these."""
    life_cycle: Annotated[LifeCycle, Label("生命周期", "life cycle")]
    """prospect: nothing won; new: first won in the policy's last 365 days; active: last won in them; else dormant."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of the revenue; null for an account without invoices and credit notes of these two years."""


KNOWN: tuple[Source, ...] = tuple(
    source_of(row)
    for row in (
        FactRow,
        GradeRow,
        ContactRow,
        RelationshipRow,
        TouchRow,
        ReferralRow,
        AccountPlanRow,
        TodoRow,
        AliasRow,
        PositionRow,
        MovementRow,
    )
)
"""Tables whose rows make accounts known, and tell under which account each counts."""

accounts = Snapshot(
    name="accounts",
    title=Label("客户", "Accounts"),
    question=Label("哪些客户最重要？", "Which accounts matter most?"),
    comment="Accounts that had a deal, receivables or anything else recorded at as_of, as known at the sequence "
    "known_at; one row for each currency in which the account had invoices or credit notes within 730 days, one "
    "without currency for other accounts. Amounts of two currencies are never added: share, rank and cumulative are "
    "within the currency, won and life_cycle of the whole account stand in each of its rows. revenue = invoices - "
    "credit notes of the 365 days up to as_of's day; growth = (revenue - that of the 365 days before) / that of the "
    "365 days before. score = potential * standing * strategic. An account merged into another one counts with the "
    "one at the end of the chain, whose name is shown; of their grades the newest counts. Of mergings that make a "
    "circle the last has no effect. A filter by an account that was merged gives the one it counts with.",
    row=AccountRow,
    reads=KNOWN,
    members=("account", "deal"),
    filters_rows=True,
    merges=True,
    chart=Chart("bars", "account", ("revenue", "cumulative")),
)
