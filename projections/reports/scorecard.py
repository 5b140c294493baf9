"""Scorecard of a person: the process beside the outcome, in four perspectives (seed 004: 绩效考核)."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Literal

from projections.columns import Count, Currency, Label, Person, Sequences, Words
from projections.reports.report import (
    ENTRY,
    PLAYBOOK_ITEM,
    PLAYBOOK_STAGE,
    Chart,
    Parameter,
    ReportRow,
    Snapshot,
    past_of,
    source_of,
)
from projections.views.customer.rows import TouchRow
from projections.views.dealings.rows import CommitmentRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import ApplicationRow
from projections.views.stage_position.rows import PositionRow, StageItemRow

Perspective = Annotated[
    Literal["financial", "customer", "process", "learning"],
    Words(financial="财务", customer="客户", process="过程", learning="学习成长"),
]
ScoreFigure = Annotated[
    Literal[
        "signed",
        "collected",
        "commitments",
        "kept_rate",
        "satisfaction",
        "appraisal",
        "on_time",
        "information",
        "timeliness",
    ],
    Words(
        signed="签约金额",
        collected="回款金额",
        commitments="客户承诺",
        kept_rate="承诺兑现率",
        satisfaction="满意度",
        appraisal="过程考核",
        on_time="阶段按期率",
        information="信息完备率",
        timeliness="录入及时率",
    ),
]


@dataclass(frozen=True, slots=True)
class ScoreRow(ReportRow, key=("perspective", "figure", "currency")):
    """One figure."""

    perspective: Annotated[Perspective, Label("维度", "perspective")]
    """financial, customer, process or learning."""
    figure: Annotated[ScoreFigure, Label("指标", "figure")]
    """The figure."""
    value: Annotated[Decimal | None, Label("数值", "value")]
    """Its value: an amount, a count, a score or a rate; null where there is nothing to measure."""
    of: Annotated[Count, Label("依据数", "of")]
    """Number of contracts, payments applied, commitments, scores, stages, conditions or entries that it is made of."""
    entries: Annotated[Sequences | None, Label("条目", "entries")]
    """Sequences of the entries behind it, with explain; null without."""
    currency: Annotated[Currency | None, Label("币种", "currency")]
    """ISO 4217 currency of an amount; null for other figures, and where nothing was signed or collected."""


scorecard = Snapshot(
    name="scorecard",
    title=Label("个人记分卡", "Scorecard"),
    question=Label("一个人这个月的过程和结果怎样？", "How were the process and the outcome of a person's month?"),
    comment="One person's month as at its end, or at as_of where that is earlier, as known at the sequence known_at. "
    "A deal is the person's while the person is its owner: what happens on it then counts. financial: amounts of "
    "contracts signed, and cash applied to the deals' invoices, by currency. customer: commitments received; "
    "kept_rate = kept / (kept + broken) of those settled in the month; "
    "satisfaction, the mean score. process: appraisal, the mean over the stages of deals that the person worked on in "
    "the month (while the deal was open) of the weights of appraisal items met at the end / all weights, stages "
    "without items left out; on_time, stages completed in the month, and still so at the end, within the expected "
    "days of the calendar less those on hold / stages completed that have expected days. learning: information "
    "conditions met / asked of the stages that the person's open deals work on at the end; timeliness, entries of "
    "the month that the person made (actor; where none is named, those about the person's deals) recorded at most 2 "
    "days after they happened / entries. There is no total.",
    row=ScoreRow,
    parameters={
        "person": Parameter(Person, "The person, as deals and entries name it.", "Han"),
        "month": Parameter(str, "The month; a year or quarter too.", "2026-01"),
        "explain": Parameter(
            Literal["no", "yes"], "Whether the entries behind each figure are listed.", "yes", default="no"
        ),
    },
    reads=(
        source_of(PositionRow, until="month"),
        past_of(PositionRow, until="month"),
        source_of(StageItemRow, until="month"),
        source_of(CommitmentRow, until="month"),
        source_of(ContractTermRow, until="month"),
        source_of(ApplicationRow, until="month"),
        source_of(TouchRow, until="month"),
        replace(ENTRY, until="month"),
        PLAYBOOK_STAGE,
        PLAYBOOK_ITEM,
    ),
    members=("deal", "account"),
    filters_rows=True,
    chart=Chart("bars", "figure", ("value",)),
)
