"""Flywheel: business that brings business, by referrals and repeated purchases (seeds 003, 004: 推介, 重复购买)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.columns import Count, Duration, Label, Rate
from projections.reports.report import Parameter, ReportRow, Snapshot, source_of
from projections.views.customer.rows import AliasRow, ReferralRow
from projections.views.dealings.rows import DealFileRow
from projections.views.stage_position.rows import PositionRow


@dataclass(frozen=True, slots=True)
class FlywheelRow(ReportRow):
    """One period."""

    referrals: Annotated[Count, Label("推介", "referrals")]
    """Referrals by accounts in the period."""
    opened: Annotated[Count, Label("已立项推介", "referrals opened")]
    """Of these, referrals that a deal names."""
    won: Annotated[Count, Label("已成交推介", "referrals won")]
    """Of these, referrals that a won deal names."""
    conversion: Annotated[Rate | None, Label("推介转化率", "conversion")]
    """won ÷ referrals; null without referrals."""
    per_customer: Annotated[Rate | None, Label("每客户推介数", "referrals per customer")]
    """referrals ÷ accounts with a won deal by the end of the period; null without such. It may be above 1."""
    buyers: Annotated[Count, Label("购买客户", "buyers")]
    """Accounts with a deal that was won in the period."""
    repeat_buyers: Annotated[Count, Label("复购客户", "repeat buyers")]
    """Of these, accounts that had won deals before one of those."""
    repeat_rate: Annotated[Rate | None, Label("复购率", "repeat rate")]
    """repeat_buyers ÷ buyers; null without buyers."""
    repeat_days: Annotated[Duration | None, Label("复购间隔中位天数", "days between purchases")]
    """Median of the days from the purchase before to each repeated one of the period; null without such."""
    deals_opened: Annotated[Count, Label("新立项商机", "deals opened")]
    """Deals opened in the period."""
    from_loop: Annotated[Count, Label("循环带来的商机", "from the loop")]
    """Of these, deals opened by a referral or by an earlier buyer."""
    loop_share: Annotated[Rate | None, Label("循环占比", "loop share")]
    """from_loop ÷ deals_opened; null without deals."""


flywheel = Snapshot(
    name="flywheel",
    title=Label("飞轮", "Flywheel"),
    question=Label("业务能带来新的业务吗？", "Does business bring business?"),
    comment="Referrals, purchases and openings of deals in the days from to to, both included, as known at the "
    "sequence known_at; deals stand as at the end of to, or at as_of where that is earlier. conversion = referrals "
    "with a won deal / all; per_customer = referrals / accounts with a won deal by then; repeat_rate = buyers that had "
    "bought before / buyers, where a second purchase within the period counts, too; loop_share = deals from the loop / "
    "deals opened. A deal comes from the loop where it names a referral, or its source is referral or "
    "existing_customer, or its account had won deals before it was opened. A purchase is a won deal of an account, on "
    "the day of its closing. Merged accounts count as in the report accounts. Filters go by the account that refers, "
    "buys or is sold to.",
    row=FlywheelRow,
    parameters={
        "from": Parameter(date, "First day of the period.", "2026-01-01", in_sql="from_day"),
        "to": Parameter(date, "Last day of the period.", "2026-03-31", in_sql="to_day"),
    },
    reads=(
        source_of(PositionRow, until="to_day"),
        source_of(PositionRow, called="standing", until="to_day"),
        source_of(DealFileRow, until="to_day"),
        source_of(ReferralRow, until="to_day"),
        source_of(AliasRow),
    ),
    filtered=("stage_position", "referral"),
)
