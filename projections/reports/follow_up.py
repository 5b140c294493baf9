"""Follow-up: what is due and not done, of every kind, for everybody (seeds 002, 003, 004: 跟进, 回访, 催收)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import AccountId, Days, DealId, EntrySequence, Label, Person, Subject, Words
from projections.reports.report import Parameter, ReportRow, Snapshot, source_of
from projections.views.customer.rows import AccountPlanRow, AliasRow, ContactRow, GradeRow, TodoRow, TouchRow
from projections.views.dealings.rows import ActivityRow, AppointmentRow, CommitmentRow, PlanRow
from projections.views.receivables.collection_rows import PromiseRow, ReminderRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import InvoiceRow
from projections.views.receivables.rows import ItemRow
from projections.views.stage_position.rows import PositionRow

FollowUpKind = Annotated[
    Literal["plan", "commitment", "promise", "appointment", "reminder", "retention", "birthday", "return_visit"],
    Words(
        plan="计划",
        commitment="客户承诺",
        promise="付款承诺",
        appointment="约见",
        reminder="催款",
        retention="质保金",
        birthday="生日",
        return_visit="回访",
    ),
]


@dataclass(frozen=True, slots=True)
class FollowUpRow(ReportRow, key=("kind", "subject", "what", "entry")):
    """One thing that is due."""

    due_on: Annotated[date, Label("期限", "due on")]
    """The last day on which it is in time; of a birthday and an appointment its day."""
    kind: Annotated[FollowUpKind, Label("类别", "kind")]
    """plan, commitment of the customer, promise to pay, appointment, reminder, retention, birthday or return_visit."""
    subject: Annotated[Subject, Label("对象", "subject")]
    """Deal or account that it is about, as booked."""
    owner: Annotated[Person | None, Label("负责人", "owner")]
    """Person who is to do it; where none is named, who answers for the deal or account."""
    what: Annotated[str | None, Label("事项", "what")]
    """Name of the plan, number of the commitment's stage, of the invoice or of the contract, topic of the appointment,
    id of the contact, or grade of the account; null for an appointment without topic."""
    days_late: Annotated[Days, Label("逾期天数", "days late")]
    """as_of's day minus due_on; below 1: not yet late."""
    why: Annotated[str, Label("原因（英文）", "why")]
    """Reason why it is due, with the numbers."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that planned, promised, agreed, invoiced, recorded or graded it."""
    why_zh: Annotated[str, Label("原因", "why (zh)")]
    """The reason in Chinese."""
    account: Annotated[AccountId | None, Label("客户", "account")]
    """Account that it counts with: of the subject, or that into which that one was merged."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Deal that it is about, or whose invoice or contract it is; null for none."""


follow_up = Snapshot(
    name="follow_up",
    title=Label("跟进事项", "Follow-up"),
    question=Label("近期有哪些事项到期而尚未完成？", "What is due soon, or late, and not done?"),
    comment="What was due until as_of's day + horizon_days and not done, at as_of, as known at the sequence known_at. "
    "plan: open plans of deals and accounts. commitment: open commitments of customers that name a day. promise: "
    "promises to pay that the cash applied since does not come to. appointment: those of deals that no visit has used. "
    "reminder: the next one of each open invoice by the policy reminder_ladder: the highest level whose day has come, "
    "if it is above the highest that was sent, else the next level above that. retention: retained amounts whose day "
    "comes, until the customer releases or we invoice the whole. birthday: the next one of each contact, unless we "
    "congratulated within the half year before. return_visit: by the policy visit_rhythm, so many days after the last "
    "touch of a graded account or activity of its deals, whatever is later; where there was none, after its grading. "
    "Plans, commitments and appointments of a deal that is lost or abandoned are no longer due; its money is. An "
    "account's owner is named by its newest plan; without one it is that of its deal opened last. Merged accounts "
    "count as in the report accounts.",
    filterable=("account", "playbook", "region"),
    row=FollowUpRow,
    parameters={
        "horizon_days": Parameter(
            Days,
            "Days behind as_of's day. Default: of the policy follow_up, 14.",
            "14",
            optional=True,
        ),
        "owner": Parameter(Person, "Person who is to do it. Default: all.", "Li", optional=True, names_column=True),
    },
    reads=tuple(
        source_of(row)
        for row in (
            PositionRow,
            PlanRow,
            CommitmentRow,
            AppointmentRow,
            ActivityRow,
            TodoRow,
            ContactRow,
            GradeRow,
            TouchRow,
            AccountPlanRow,
            AliasRow,
            PromiseRow,
            ReminderRow,
            ItemRow,
            InvoiceRow,
            ContractTermRow,
        )
    ),
    members=("deal", "account"),
    filters_rows=True,
    merges=True,
    order=("due_on", "kind", "subject", "what", "entry"),
)
