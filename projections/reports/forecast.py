"""Forecast by month: what comes in, and when (seed 002: 销售目标预测)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from projections.columns import Amount, Count, Currency, Label, PlaybookKey, Words
from projections.reports.report import Aggregate, Cells, Chart, Parameter, ReportRow, source_of
from projections.views.stage_position.rows import PositionRow

Calibrate = Annotated[Literal["no", "yes"], Words(no="否", yes="是")]


@dataclass(frozen=True, slots=True)
class ForecastRow(ReportRow, key=("month", "currency")):
    """One month of one currency."""

    month: Annotated[str, Label("月份", "month")]
    """Month of the expected close, or of the closing, such as 2026-04; overdue for a day before as_of's, undated for
    none."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of the amounts; null for deals without amount."""
    deals: Annotated[Count, Label("商机数", "deals")]
    """Open deals that are expected to close then; those on hold are not among them."""
    unpriced: Annotated[Count, Label("无金额商机", "unpriced")]
    """Of these, deals without an amount: they are in no sum."""
    amount: Annotated[Amount | None, Label("金额", "amount")]
    """Their expected value."""
    weighted: Annotated[Amount | None, Label("加权金额", "weighted")]
    """Sum of amount × probability, rounded half up."""
    commit: Annotated[Amount | None, Label("承诺", "commit")]
    """Amount of those whose probability is at least the policy's threshold for commit, 0.75."""
    best: Annotated[Amount | None, Label("乐观", "best case")]
    """Amount of those below commit and at least at the policy's threshold for best case, 0.50."""
    pipeline: Annotated[Amount | None, Label("在谈", "pipeline")]
    """Amount of those below."""
    closed: Annotated[Amount | None, Label("已赢单", "closed")]
    """Final value of the deals won in the month."""


@dataclass(frozen=True, slots=True)
class ForecastTotals(ReportRow):
    """Deals beside the forecast."""

    on_hold: Annotated[Count, Label("搁置", "on hold")]
    """Deals on hold: they are in no month."""


forecast = Aggregate(
    name="forecast",
    title=Label("销售预测", "Forecast"),
    question=Label("哪个月能进多少？", "What comes in, and when?"),
    comment="Open deals at as_of, as known at the sequence known_at, by the month of expected_close_on: overdue before "
    "as_of's day, undated without one. weighted is the sum of amount x probability of the last completed stage (of a "
    "claimed stage, its own); commit, best and pipeline are amounts by probability, by the policy forecast_categories. "
    "closed is the final value of deals won in the month. Deals on hold are counted in the totals alone; lost and "
    "abandoned ones never. Deals without amount are counted and in no sum. With calibrate = yes the probability of a "
    "stage is won / (won + lost) of all deals that ever completed it, as the report calibration has it, where there is "
    "one. Currencies are never added.",
    row=ForecastRow,
    totals=ForecastTotals,
    parameters={
        "playbook": Parameter(
            PlaybookKey, "Key of the playbook. Default: all.", "project", optional=True, names_column=True
        ),
        "calibrate": Parameter(
            Calibrate,
            "yes: weigh deals by the observed rates of the report calibration.",
            "yes",
            default="no",
            not_compared="yes",
        ),
    },
    cells={
        "position": Cells(
            source_of(PositionRow),
            ("status", "currency", "probability", "expected_close_on", "closed_in", "place"),
            ("amount",),
            "stage_position.status in ('open', 'on_hold', 'won') "
            "and ($playbook is null or stage_position.playbook = $playbook)",
            {
                "closed_in": "case when stage_position.status = 'won' then date_trunc('month', "
                "served.local_day(stage_position.status_since, moment.zone)) end",
                "place": "case when $calibrate = 'yes' then array[stage_position.playbook, "
                "stage_position.version::text, stage_position.stage::text, stage_position.phase] end",
            },
        ),
    },
    dimensions=("month", "currency"),
    measures=("deals", "unpriced", "amount", "weighted", "commit", "best", "pipeline", "closed", "listed"),
    totals_measures=("on_hold",),
    presence=("listed",),
    chart=Chart("stacked", "month", ("commit", "best", "pipeline", "closed")),
)
