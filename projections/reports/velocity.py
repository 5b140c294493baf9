"""Velocity of a playbook: the money that it brings a day."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.columns import Amount, Count, Duration, Label, PlaybookKey, Rate
from projections.reports.report import PLAYBOOK_STAGE, Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.stage_position.rows import PositionRow


@dataclass(frozen=True, slots=True)
class VelocityRow(ReportRow, key=("currency",)):
    """One currency."""

    currency: Annotated[str, Label("币种", "currency")]
    """ISO 4217 currency of the deals; none for deals without, of which nothing but counts is told."""
    open: Annotated[Count, Label("进行中", "open")]
    """Deals open, without those on hold."""
    won: Annotated[Count, Label("赢单", "won")]
    """Deals won in the period."""
    lost: Annotated[Count, Label("输单", "lost")]
    """Deals lost in the period."""
    abandoned: Annotated[Count, Label("放弃", "abandoned")]
    """Deals given up in the period."""
    win_rate: Annotated[Rate | None, Label("赢单率", "win rate")]
    """won ÷ (won + lost); null before any."""
    win_rate_broad: Annotated[Rate | None, Label("广义赢单率", "win rate (broad)")]
    """won ÷ (won + lost + abandoned); null before any."""
    mean_won: Annotated[Amount | None, Label("平均赢单金额", "mean won")]
    """Mean value of the won deals; null where there is none of a known value."""
    cycle_median: Annotated[Duration | None, Label("周期中位天数", "median cycle")]
    """Median of the days from the opening of a won deal to its closing."""
    cycle_mean: Annotated[Duration | None, Label("周期平均天数", "mean cycle")]
    """Mean of those days."""
    per_day: Annotated[Amount | None, Label("每日金额", "per day")]
    """open × win_rate × mean_won ÷ cycle_median; null where nothing was won, or the cycle is not above 0."""


velocity = Snapshot(
    name="velocity",
    title=Label("销售速度", "Velocity"),
    question=Label("一个销售流程每天带来多少金额？", "How much money does a playbook bring a day?"),
    comment="Open deals of a playbook, and those closed from the day from up to the day to, by currency, as known at "
    "the sequence known_at. A deal counts as it stands at the end of the day to, or at as_of where that is "
    "earlier: one that was reopened by then is open, and one that follows another playbook then is not among "
    "them. per_day = open * win_rate * mean_won / cycle_median; win_rate = won / (won + lost), the broad one "
    "adds abandoned below; the cycle of a won deal is the day of its closing minus that of its opening. open "
    "does not include deals on hold. Deals without a currency make the row none, which has counts alone. "
    "Default of to: as_of's day; of from: a year before.",
    row=VelocityRow,
    parameters={
        "playbook": Parameter(PlaybookKey, "Key of the playbook.", "project", names_column=True),
        "from": Parameter(date, "First day of closing.", "2026-01-01", optional=True, in_sql="from_day"),
        "to": Parameter(date, "Last day of closing.", "2026-03-31", optional=True, in_sql="to_day"),
    },
    reads=(source_of(PositionRow), source_of(PositionRow, called="standing", until="to_day"), PLAYBOOK_STAGE),
    wanted=("currency",),
    members=("deal",),
    figures=("open", "won", "lost", "abandoned"),
    chart=Chart("bars", "currency", ("per_day",)),
)
