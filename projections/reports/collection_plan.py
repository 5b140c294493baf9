"""Collection plan: planned against actual per payment term of each contract (seeds 000, 005: 回款计划)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, DealId, Label, Rate, Words
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import ItemRow

TermStatus = Annotated[
    Literal["paid", "overdue", "part_paid", "invoiced", "held", "to_release", "to_invoice", "waiting"],
    Words(
        paid="已收清",
        overdue="逾期",
        part_paid="部分回款",
        invoiced="已开票",
        held="质保期内",
        to_release="待释放",
        to_invoice="待开票",
        waiting="未触发",
    ),
]


@dataclass(frozen=True, slots=True)
class PlannedTermRow(ReportRow, key=("account", "contract", "place")):
    """One payment term of a contract."""

    contract: Annotated[str, Label("合同号", "contract")]
    """Contract number, unique per account."""
    term: Annotated[str, Label("付款条款", "term")]
    """Name of the term; `retention` for the retention, empty where no terms are agreed."""
    planned: Annotated[Amount, Label("计划金额", "planned")]
    """Contract's amount × share, rounded half up; the last term takes the rest if the shares add up to 100."""
    due_on: Annotated[date | None, Label("计划到期日", "due on")]
    """Day of the trigger + days agreed; null while either is unknown."""
    invoiced: Annotated[Amount, Label("已开票金额", "invoiced")]
    """Sum of the term's invoices in the contract's currency, less credits applied to them. Where a contract has one
    term beside the retention, invoices that name none are that term's."""
    collected: Annotated[Amount, Label("已收金额", "collected")]
    """Cash applied to them."""
    open: Annotated[Amount, Label("未收金额", "open")]
    """Amount still owed on them: invoiced − collected − write-offs."""
    status: Annotated[TermStatus, Label("状态", "status")]
    """paid: as much was invoiced as planned, cash has come, and nothing is open; overdue: something is open past
    due_on, or where that is not known past the due day of an invoice; part_paid: cash has come; invoiced; held:
    retention before its day; to_release: retention from its day on; to_invoice: the trigger has happened, or retention
    was released; else waiting."""
    collected_share: Annotated[Rate | None, Label("合同回款比例", "collected share")]
    """Cash collected of the whole contract, by invoices of any term or of none, ÷ its amount."""
    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes under the contract."""
    place: Annotated[int, Label("序号", "place")]
    """Number of the term in the contract, from 1."""
    deal: Annotated[DealId, Label("商机", "deal")]
    """Id of the deal whose contract it is."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    released: Annotated[Amount, Label("已释放质保金", "released")]
    """Part of the retention that the customer agrees to be payable; 0 for other terms."""


@dataclass(frozen=True, slots=True)
class CollectionPlanTotals(ReportRow):
    """All contracts that are listed."""

    collected_share: Annotated[Rate | None, Label("回款比例", "collected share")]
    """Cash collected ÷ the contracts' amounts; null without any, and for contracts in several currencies."""


collection_plan = Snapshot(
    name="collection_plan",
    title=Label("回款计划", "Collection plan"),
    question=Label("每份合同的每期款项收到多少？", "How much of each instalment of the contracts is collected?"),
    comment="Payment terms of contracts at as_of, as known at the sequence known_at, with the invoices that name the "
    "contract and the term and the cash applied to them. planned = the contract's amount * share, rounded half up; the "
    "last term takes the rest. due_on = day of the trigger + days: signing is on the day of signing in the ledger's "
    "zone, the trigger invoice on that of the term's first invoice. The first that holds is the status: paid, "
    "overdue (by due_on, or where that is null by the due day of an invoice), part_paid, invoiced, held, to_release, "
    "to_invoice, waiting. A credit for a lower price "
    "leaves a term paid; an invoice that a credit cancelled is to be written again. Invoices in another currency than "
    "the contract's are left out; of terms of one name the first has the invoices. An invoice without a term "
    "is that of the only term beside the retention; where a contract has several, it counts in collected_share alone.",
    row=PlannedTermRow,
    totals=CollectionPlanTotals,
    parameters={
        "contract": Parameter(str, "Contract number. Default: all.", "C-0003", optional=True, names_column=True)
    },
    reads=(source_of(ContractTermRow), source_of(InvoiceRow), source_of(ApplicationRow), source_of(ItemRow)),
    joins={
        "contract_term": {"account": "account", "contract": "contract"},
        "invoice": {"account": "account", "contract": "contract"},
        "application": {"account": "account"},
        "receivables_item": {"account": "account"},
    },
    order=("account", "contract", "place"),
    chart=Chart("stacked", "term", ("planned", "invoiced", "collected")),
)
