"""Statutory terms: what public buyers and large enterprises owe by law, with interest (Order 802)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, Days, Label, Words
from projections.reports.report import ReportRow, Snapshot, past_of, source_of
from projections.views.customer.rows import FactRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import ItemRow

BoundBuyer = Annotated[Literal["public", "large_enterprise"], Words(public="机关事业单位", large_enterprise="大型企业")]


@dataclass(frozen=True, slots=True)
class StatutoryRow(ReportRow, key=("account", "invoice", "series")):
    """One invoice."""

    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, unique per account and series."""
    contract: Annotated[str, Label("合同号", "contract")]
    """Number of the contract that it invoices."""
    statutory_due: Annotated[date, Label("法定付款日", "statutory due")]
    """The last day on which payment is in time by law."""
    days_late: Annotated[Days, Label("逾期天数", "days late")]
    """Days from statutory_due to as_of's day, or to the last payment where nothing is owed any more; 0 before."""
    bearing: Annotated[Amount, Label("计息本金", "bearing")]
    """Part of the open amount that is not disputed, once it is late."""
    rate: Annotated[Decimal, Label("日利率", "rate per day")]
    """Interest for each day, as a share of the sum, with six decimals: as agreed, or the legal rate."""
    interest: Annotated[Amount, Label("逾期利息", "interest")]
    """Σ principal × rate × days late, each part until it was paid, or as_of's day; rounded half up."""
    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes."""
    series: Annotated[str | None, Label("号段", "series")]
    """Series of the invoice's number, or null."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    term: Annotated[str, Label("付款条款", "term")]
    """Name of the contract's payment term."""
    buyer_kind: Annotated[BoundBuyer, Label("采购方类型", "buyer kind")]
    """public or large_enterprise, as the contract says, or else the account's profile on the day of signing."""
    begins_on: Annotated[date, Label("起算日", "begins on")]
    """Day of acceptance, or of delivery, with which the term begins."""
    open: Annotated[Amount, Label("未收金额", "open")]
    """Amount still owed, disputed parts included."""
    policy: Annotated[str, Label("期限依据", "policy of the term")]
    """Name of the policy that gives the term."""
    policy_from: Annotated[date, Label("期限依据生效日", "policy of the term from")]
    """First day of its version in force on the day of signing."""
    rate_policy: Annotated[str | None, Label("利率依据", "policy of the rate")]
    """Name of the policy that gives the rate; null for a rate that was agreed."""
    rate_policy_from: Annotated[date | None, Label("利率依据生效日", "policy of the rate from")]
    """First day of its version in force on the day of signing."""


statutory = Snapshot(
    name="statutory",
    title=Label("法定账款", "Statutory terms"),
    question=Label("客户依法欠付多少款项和利息？", "What do public buyers and large enterprises owe by law?"),
    comment="Invoices at as_of, as known at the sequence known_at, under contracts with sme_declared that were signed "
    "since the policy statutory_terms is in force (Order 802: 2025-06-01) with a public buyer or a large "
    "enterprise, for terms that begin with acceptance or delivery, once that day is known (an invoice without a"
    " term is that of the only term beside the retention); of these the invoices on which anything is owed, and"
    " those that were paid late. statutory_due = that day + the days agreed, for a public buyer at most 60, or "
    "where none are agreed 30 for a public buyer and 60 for a large enterprise. interest = sum of principal * "
    "rate * days late of each part until it was paid, or as_of's day; a part that is disputed at as_of bears "
    "none, nor do credits and write-offs; what is paid is not disputed any more. Terms and rates are those of "
    "the policies statutory_terms and late_interest in force on the day of signing; each row names them.",
    row=StatutoryRow,
    reads=(
        source_of(InvoiceRow),
        source_of(ContractTermRow),
        source_of(ApplicationRow),
        source_of(ItemRow),
        past_of(FactRow),
    ),
    joins={
        "invoice": {"account": "account", "invoice": "invoice", "series": "series"},
        "contract_term": {"account": "account"},
        "application": {"account": "account", "invoice": "invoice", "series": "series"},
        "receivables_item": {"account": "account", "invoice": "invoice", "series": "series"},
        "account_fact_past": {"account": "account"},
    },
    order=("account", "invoice", "series"),
)
