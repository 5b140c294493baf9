"""Targets of sales processes and accounts, each against what was reached."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from contracts.types.metrics import Metric
from projections.columns import Currency, Label, Person, Rate, Words
from projections.reports.report import (
    PLAYBOOK_STAGE,
    PLAYBOOK_TARGET,
    TARGET,
    Parameter,
    ReportRow,
    Snapshot,
    past_of,
    source_of,
)
from projections.views.customer.rows import AliasRow, FactRow, ReferralRow, TouchRow
from projections.views.dealings.rows import ActivityRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import MovementRow
from projections.views.stage_position.rows import PositionRow, StageStayRow

Measure = Annotated[
    Metric,
    Words(
        deals_opened="新开商机数",
        deals_completed="完成阶段的商机数",
        completion_rate="阶段完成率",
        median_stay_days="停留天数中位数",
        median_wait_days="等待天数中位数",
        median_work_days="推进天数中位数",
        call_to_meeting_rate="电话约见率",
        visits_with_appointment="预约拜访率",
        discount_rate="让价率",
        signed_amount="签约金额",
        collected_amount="回款金额",
        net_invoiced="开票净额",
        collection_rate="回款率",
        days_to_collect="平均回款天数",
        satisfaction_mean="平均满意度",
        referrals="推介数",
    ),
]
Bound = Annotated[Literal["at_least", "at_most"], Words(at_least="不低于", at_most="不高于")]


@dataclass(frozen=True, slots=True)
class TargetRow(ReportRow, key=("scope", "metric", "bound")):
    """One target."""

    target: Annotated[str, Label("目标", "target")]
    """Its name, or in a playbook its key."""
    scope: Annotated[str, Label("范围", "scope")]
    """Process or account, then stage, owner, region, currency and period, as far as it is for one of them."""
    metric: Annotated[Measure, Label("指标", "metric")]
    """The figure that is measured."""
    value: Annotated[Decimal, Label("目标值", "aim")]
    """The aim: a count, days, a rate from 0 to 1, a score, or an amount."""
    actual: Annotated[Decimal | None, Label("实际值", "actual")]
    """The figure as it is; null where there is nothing to measure."""
    attained: Annotated[Rate | None, Label("达成率", "attained")]
    """actual ÷ value; null for an aim that is not to be exceeded, and for one of 0."""
    met: Annotated[bool | None, Label("达成", "met")]
    """True: actual is at least, or at most, the value; null without an actual."""
    bound: Annotated[Bound, Label("界限", "bound")]
    """at_least, or at_most: days and discounts are not to be exceeded; a playbook says it."""
    subject: Annotated[str, Label("对象", "subject")]
    """playbook/<key> or account/<id>."""
    stage: Annotated[str | None, Label("阶段", "stage")]
    """Key of the stage; null for the whole process or account."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The salesperson whom it is for; null for everybody."""
    region: Annotated[str | None, Label("地区", "region")]
    """The region that it is for; null for all of them."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of an amount; null for other figures."""
    period: Annotated[str | None, Label("期间", "period")]
    """Year, quarter or month; null: everything up to as_of."""


targets = Snapshot(
    name="targets",
    title=Label("目标", "Targets"),
    question=Label("各项目标达成了吗？", "Is each target reached?"),
    comment="Targets that were set in the ledger, and those of the highest version of each playbook that was not "
    "withdrawn, at as_of, as known at the sequence known_at. With period those of that period, without it those of "
    "the year, quarter and month of as_of's day. A target in a playbook is for the period given, or for the one "
    "around the day; per nothing: everything up to then. Of targets that are equal but for "
    "their name and value the later counts, and one of the ledger instead of the playbook's. Figures are as at the "
    "end of the period, or at as_of where that is earlier. Deals are those of the process or account, owner and "
    "region (of the account) at as_of; merged accounts count with the one that goes on. deals_opened; "
    "deals_completed, the three medians: deals that came to have completed the stage in the period, and their days "
    "there as in durations; completion_rate: of deals that first entered the stage in the period, those that "
    "completed it by as_of; call_to_meeting_rate: of deals first called in the period, those with a later "
    "appointment; visits_with_appointment: of visits, those that used one up; discount_rate: mean over deals won of 1 "
    "- won amount / last formal or bid amount; signed_amount: contracts signed; collected_amount: cash applied; "
    "net_invoiced: invoices - credit notes, of deals invoices - credits applied to them; collection_rate: cash "
    "applied to invoices that fall due in the period / (their amounts - credits - write-offs); days_to_collect: mean "
    "days from invoice to cash applied, weighted by the cash; satisfaction_mean; referrals. Money, satisfaction and "
    "referrals of an account are all of the account's; of a process, or of an owner, those that name a deal of it, "
    "and referrals of its deals' accounts. The stage restricts the figures that are about one: without it they are "
    "null. Rates of money in several currencies are null.",
    row=TargetRow,
    parameters={
        "period": Parameter(
            str, "Year, quarter or month: 2026, 2026-Q1, 2026-03.", "2026-Q1", optional=True, names_column=True
        )
    },
    reads=(
        TARGET,
        source_of(PositionRow),
        source_of(PositionRow, called="standing", until="period"),
        past_of(PositionRow),
        source_of(StageStayRow, until="period"),
        past_of(StageStayRow),
        source_of(FactRow),
        source_of(AliasRow),
        source_of(ActivityRow),
        source_of(ContractTermRow, until="period"),
        source_of(InvoiceRow, until="period"),
        source_of(ApplicationRow, until="period"),
        source_of(MovementRow, until="period"),
        source_of(TouchRow),
        source_of(ReferralRow),
        PLAYBOOK_STAGE,
        PLAYBOOK_TARGET,
    ),
    joins={"target": {"scope": "scope", "metric": "metric"}},
    members=("deal", "account"),
    filters_rows=True,
)
