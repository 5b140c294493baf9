"""Surprising entries, and what is odd in the books by sixteen rules: each rule is one relation of the SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from projections.columns import EntrySequence, Label, Subject, Words
from projections.replay.view import FlagRow
from projections.reports.report import (
    ENTRY,
    UNPLACED_CONTACT,
    Parameter,
    ReportRow,
    Rows,
    Snapshot,
    past_of,
    source_of,
)
from projections.views.dealings.rows import ActivityRow, NeedRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.views.stage_position.rows import PositionRow, StageItemRow

CheckOrNone = Annotated[
    Literal[
        "late_entry",
        "visit_without_appointment",
        "quote_over_budget",
        "won_without_contract",
        "collected_but_open",
        "invoiced_over_contract",
        "no_account",
        "no_owner",
        "no_amount",
        "unknown_playbook",
        "close_date_past",
        "stage_skipped",
        "unapplied_over_30_days",
        "dispute_over_30_days",
        "contact_without_account",
        "rate_below_lpr",
    ]
    | None,
    Words(
        late_entry="迟录",
        visit_without_appointment="未预约拜访",
        quote_over_budget="报价超预算",
        won_without_contract="赢单无合同",
        collected_but_open="称已收齐仍有未收",
        invoiced_over_contract="开票超合同",
        no_account="无客户",
        no_owner="无负责人",
        no_amount="无金额",
        unknown_playbook="未知销售流程",
        close_date_past="预计成交日已过",
        stage_skipped="跳过阶段",
        unapplied_over_30_days="收款超30天未核销",
        dispute_over_30_days="争议超30天",
        contact_without_account="联系人无客户",
        rate_below_lpr="逾期利率低于LPR",
    ),
]


@dataclass(frozen=True, slots=True)
class FlaggedEntry(ReportRow, key=("subject", "view", "flag", "entry")):
    """An entry of which something is surprising."""

    subject: Annotated[Subject, Label("对象", "subject")]
    """deal/<id> or account/<id>."""
    view: Annotated[str, Label("视图", "view")]
    """The view that found it; history for corrections and voids, check for what a rule of this report found."""
    flag: Annotated[str, Label("异常", "flag")]
    """Finding in one word, such as invoice_twice or late_entry."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the surprising entry."""
    detail: Annotated[str | None, Label("说明", "detail")]
    """What is surprising about it, and what became of it."""
    id: Annotated[str, Label("事件编号", "id")]
    """CloudEvents id of the entry, unique for its source."""
    source: Annotated[str, Label("来源", "source")]
    """The system that sent the entry, and can correct or void it."""
    type: Annotated[str, Label("事件类型", "type")]
    """CloudEvents type of the entry."""
    occurred_at: Annotated[datetime, Label("发生时间", "occurred at")]
    """When it happened, as it was sent."""
    recorded_at: Annotated[datetime, Label("记录时间", "recorded at")]
    """When the ledger took it."""
    check: Annotated[str, Label("检查项", "check")]
    """Name of the flag, or of the check that found it, as in flag."""
    what: Annotated[str | None, Label("内容", "what")]
    """Description of what is odd, as in detail."""
    rule: Annotated[CheckOrNone, Label("检查规则", "rule")]
    """Name of the check that found it; null for a flag that is none of the checks."""


_ABOUT: Mapping[str, Any] = {
    "name": "data_quality",
    "title": Label("数据质量", "Data quality"),
    "question": Label("哪些条目有异常？", "Which entries are surprising, and who sent them?"),
    "comment": "Entries of which something was surprising at as_of, as known at the sequence known_at. A flag holds "
    "from the time at which the entry became surprising until what it waited for came. Checks beside the flags: "
    "late_entry, recorded more than 2 days after it happened, both as it was sent; visit_without_appointment, of a "
    "deal none of whose appointments was left to be used up; quote_over_budget, the amount of a quote or proposal "
    "above the budget last recorded before it in its currency; won_without_contract, a won deal whose contract no "
    "account has; collected_but_open, invoices that name the deal are open though its cash_in_full or paid is met; "
    "invoiced_over_contract, invoices less their credits above the contract's amount; no_account, no_owner, "
    "no_amount, of deals open, on hold or won; unknown_playbook, the flag of that name; close_date_past, an open deal "
    "expected to be won before the day; stage_skipped, a claim more than one stage beyond the furthest before; "
    "unapplied_over_30_days, a payment of which a part pays no invoice more than 30 days after it came; "
    "dispute_over_30_days, an invoice contested without a break since more than 30 days; contact_without_account, "
    "recorded on a deal without naming an account; rate_below_lpr, the interest agreed for late payment, as a rate "
    "per day times 365, below the one-year loan prime rate of the day of signing. Days are policy data. With to, "
    "everything is as at the end of that day; with from, only entries that happened on it or later.",
    "row": FlaggedEntry,
    "parameters": {
        "checks": Parameter(
            str, "What is looked for: flags, names of checks, comma separated. Default: all.", "flags", optional=True
        ),
        "from": Parameter(date, "First day of the entries.", "2026-01-01", optional=True, in_sql="from_day"),
        "to": Parameter(date, "Last day of the entries.", "2026-03-31", optional=True, in_sql="to_day"),
    },
    "order": ("subject", "view", "flag", "entry"),
    "defaults": False,
}
flags = Rows(**_ABOUT, source=source_of(FlagRow, until="to_day"), file="data_quality_flags")

data_quality = Snapshot(
    **_ABOUT,
    answers={("checks", "flags"): flags},
    reads=(
        source_of(FlagRow, until="to_day"),
        source_of(PositionRow, until="to_day"),
        past_of(PositionRow, until="to_day"),
        source_of(StageItemRow, until="to_day"),
        source_of(ActivityRow, until="to_day"),
        past_of(NeedRow, until="to_day"),
        source_of(ContractTermRow, until="to_day"),
        source_of(InvoiceRow, until="to_day"),
        source_of(ApplicationRow, until="to_day"),
        source_of(ItemRow, until="to_day"),
        past_of(ItemRow, until="to_day"),
        source_of(UnappliedRow, until="to_day"),
        source_of(MovementRow, until="to_day"),
        replace(ENTRY, until="to_day"),
        replace(UNPLACED_CONTACT, until="to_day"),
    ),
    joins={
        "flag": {"subject": "subject", "view": "view", "flag": "flag", "entry": "entry"},
        "entry": {"subject": "subject", "entry": "entry"},
        "unplaced_contact": {"subject": "subject", "entry": "entry"},
    },
    members=("deal", "account"),
)
