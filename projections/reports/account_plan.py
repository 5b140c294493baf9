"""Plan of a key account: how much of its target is still missing (seed 002: 客户规划)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, Label, Person, Rate, Words
from projections.reports.report import TARGET, Parameter, ReportRow, Snapshot, source_of
from projections.views.customer.rows import AccountPlanRow, AliasRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import ApplicationRow
from projections.views.receivables.rows import MovementRow
from projections.views.stage_position.rows import PositionRow

PlanMetricOrNone = Annotated[
    Literal["net_invoiced", "signed_amount", "collected_amount"] | None,
    Words(net_invoiced="开票净额", signed_amount="签约金额", collected_amount="回款金额"),
]


@dataclass(frozen=True, slots=True)
class AccountPlanReportRow(ReportRow):
    """The account in one period and currency."""

    target: Annotated[Amount | None, Label("目标", "target")]
    """Target of the period; null where none was set."""
    actual: Annotated[Amount, Label("实际", "actual")]
    """Of the period, up to as_of, by the metric of the target: invoices − credit notes, also without a target; amounts
    of the contracts signed; cash applied."""
    weighted: Annotated[Amount, Label("加权商机", "weighted")]
    """Sum of amount × probability of all open deals in the currency, rounded half up; those on hold are not among
    them."""
    gap: Annotated[Amount | None, Label("缺口", "gap")]
    """target − actual − weighted; below 0 where more is in sight than was aimed at; null without a target."""
    attained: Annotated[Rate | None, Label("达成率", "attained")]
    """actual ÷ target; null without a target, and for one of 0."""
    status: Annotated[str | None, Label("现状", "status")]
    """Present state of the business with the account, as the newest plan of the period says."""
    potential: Annotated[str | None, Label("潜力", "potential")]
    """Sales that could be made."""
    strategy: Annotated[str | None, Label("策略", "strategy")]
    """Way to win them."""
    resources: Annotated[str | None, Label("资源", "resources")]
    """People and means that it takes."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    metric: Annotated[PlanMetricOrNone, Label("目标指标", "metric of the target")]
    """net_invoiced, signed_amount or collected_amount, whichever the target is about; null without a target."""
    plan: Annotated[str | None, Label("计划名称", "plan")]
    """Name of the newest plan of the period; null where there is none."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """The key-account manager."""


account_plan = Snapshot(
    name="account_plan",
    title=Label("客户计划", "Account plan"),
    question=Label("这个客户离目标还差多少？", "How far is an account from its target?"),
    comment="One account in one period and one currency at as_of, as known at the sequence known_at. gap = target - "
    "actual - weighted; weighted = sum of amount x probability of the account's open deals; attained = actual / "
    "target. The target is the account's own of the metric net_invoiced, else of signed_amount, else of "
    "collected_amount; of several of a metric the later counts. actual is by the same metric: invoices - credit notes "
    "of the period, the amounts of the contracts signed in it, or the cash applied in it; without a target "
    "net_invoiced. Targets for a stage, a person or a region are others. Words are those of the newest plan of the "
    "period. Accounts merged into one count with it: the money, deals, targets and plans of all.",
    filterable=(),
    row=AccountPlanReportRow,
    parameters={
        "account": Parameter(AccountId, "Id of the account.", "A-0003", names_column=True),
        "period": Parameter(str, "Year, quarter or month: 2026, 2026-Q1, 2026-03.", "2026", names_column=True),
        "currency": Parameter(Currency, "ISO 4217 currency of the amounts.", "CNY", names_column=True),
    },
    reads=(
        source_of(MovementRow),
        source_of(ContractTermRow),
        source_of(ApplicationRow),
        source_of(AccountPlanRow, called="planned"),
        source_of(PositionRow),
        source_of(AliasRow),
        TARGET,
    ),
    needs_one="The account {account} was not known by {as_of}, as known at {known_at}. Its history shows what there "
    "is.",
)
