"""Rows of invoices and of all that lowered them. At every instant: amount of an invoice − its applications = what is
open."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import AccountId, Amount, Currency, DealId, EntrySequence, Label, Series, Words
from projections.replay.view import Instant, Row

ApplicationKind = Annotated[
    Literal["cash", "credit", "write_off"], Words(cash="收款", credit="贷项", write_off="核销坏账")
]


@dataclass(frozen=True, slots=True)
class InvoiceRow(
    Row,
    table="invoice",
    key=("account", "invoice", "series"),
    valid=Instant("issued_at"),
    counted=("currency",),
    summed=("amount",),
):
    """All invoices, open or settled. A second one of a number and series is not among them."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes or owed."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, unique per account and series."""
    series: Annotated[Series, Label("号段", "series")]
    """Series of the number; empty where it has none."""
    issued_at: Annotated[datetime, Label("开票时间", "issued at")]
    """When it was issued."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    amount: Annotated[Amount, Label("发票金额", "amount")]
    """Amount invoiced."""
    due_on: Annotated[date, Label("到期日", "due on")]
    """The last day on which payment is in time."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that the invoice names, or null."""
    contract: Annotated[str | None, Label("合同号", "contract")]
    """Number of the contract that it invoices, as contract_term has it, or null."""
    term: Annotated[str | None, Label("付款条款", "term")]
    """Term of that contract, as contract_term has it, or null."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that issued it."""


@dataclass(frozen=True, slots=True)
class ApplicationRow(
    Row,
    table="application",
    key=("account", "entry", "place"),
    valid=Instant("at"),
    counted=("currency", "kind"),
    summed=("amount",),
):
    """Amounts that lowered invoices: of payments, of credit notes, and written off. A reversal or transfer of cash
    takes its applications back by rows of less than zero."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes or owed."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, as the table invoice has it."""
    series: Annotated[Series, Label("号段", "series")]
    """Series of the invoice's number; empty where it has none."""
    kind: Annotated[ApplicationKind, Label("类别", "kind")]
    """cash: of a payment; credit: of a credit note; write_off: given up."""
    document: Annotated[str, Label("单据号", "document")]
    """Number of the payment or credit note; empty for a write-off."""
    document_series: Annotated[Series, Label("单据号段", "document series")]
    """Series of that number; empty where it has none."""
    at: Annotated[datetime, Label("时间", "at")]
    """When it took effect."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    amount: Annotated[Amount, Label("核销金额", "applied")]
    """Amount that was applied; less than zero where it was taken back."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that the allocation names, or else the invoice; null where neither does."""
    issued_at: Annotated[datetime, Label("开票时间", "issued at")]
    """When the invoice was issued."""
    due_on: Annotated[date, Label("到期日", "due on")]
    """The last day on which payment of the invoice is in time."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that asked for it, or that took it back."""
    place: Annotated[int, Label("序号", "place")]
    """Number within the entry, from 0: of the allocation as the entry lists them, or of what it took back."""
