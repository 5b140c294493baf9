"""Rows of open items, unapplied parts and movements. At every instant and in every currency: open items − unapplied =
movements. Rows of other tables are in the files beside."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.columns import AccountId, Added, Amount, Currency, DealId, EntrySequence, Label, Series, Words
from projections.replay.view import Instant, Interval, Row

MovementKind = Annotated[
    Literal["invoice", "credit_note", "payment", "reversal", "transfer_out", "transfer_in", "write_off"],
    Words(
        invoice="开票",
        credit_note="贷项",
        payment="收款",
        reversal="冲回",
        transfer_out="转出",
        transfer_in="转入",
        write_off="核销坏账",
    ),
]
UnappliedKind = Annotated[Literal["cash", "credit"], Words(cash="收款", credit="贷项")]


@dataclass(frozen=True, slots=True)
class ItemRow(
    Row,
    table="receivables_item",
    key=("account", "invoice", "series", "from_at"),
    valid=Interval(),
    counted=("currency", "due_on", "disputed"),
    summed=("open_amount", "disputed_amount"),
):
    """Open invoices over time. One row per interval in which open amount and dispute stayed the same; a settled invoice
    has no row from then on."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account that owes."""
    invoice: Annotated[str, Label("发票号", "invoice")]
    """Invoice number, unique per account and series."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that the invoice names, or null."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amounts."""
    amount: Annotated[Amount, Label("发票金额", "amount")]
    """What was invoiced."""
    open_amount: Annotated[Amount, Label("未收金额", "open amount")]
    """What was still owed."""
    due_on: Annotated[date, Label("到期日", "due on")]
    """The last day on which payment is in time."""
    disputed: Annotated[bool, Label("有争议", "disputed")]
    """Whether the customer contested it."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that began the interval."""
    series: Annotated[Series, Label("号段", "series"), Added()]
    """Series of the number; empty where it has none."""
    disputed_amount: Annotated[Amount | None, Label("争议金额", "disputed amount"), Added()]
    """Part of the open amount that is contested; null when it is all of it or none."""

    def until(self, to_at: datetime) -> "ItemRow":
        """Return this row with its interval ended at `to_at`."""
        return ItemRow(
            self.account,
            self.invoice,
            self.from_at,
            to_at,
            self.deal,
            self.currency,
            self.amount,
            self.open_amount,
            self.due_on,
            self.disputed,
            self.entry,
            self.series,
            self.disputed_amount,
        )


@dataclass(frozen=True, slots=True)
class UnappliedRow(
    Row,
    table="receivables_unapplied",
    key=("account", "document", "series", "kind", "currency", "from_at"),
    valid=Interval(),
    counted=("currency", "kind"),
    summed=("amount",),
    face=False,
):
    """Payments and credit notes as far as they pay no invoice, over time. One row per interval in which the amount
    stayed the same."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account it is booked on."""
    document: Annotated[str, Label("单据号", "document")]
    """Number of the payment or credit note."""
    kind: Annotated[UnappliedKind, Label("类别", "kind")]
    """cash: a payment; credit: a credit note."""
    from_at: Annotated[datetime, Label("自", "from")]
    """Since when it stood so, inclusive."""
    to_at: Annotated[datetime, Label("至", "to")]
    """Until when, exclusive; null while nothing later is known."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    amount: Annotated[Amount, Label("未核销金额", "unapplied")]
    """What was not applied."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that began the interval."""
    series: Annotated[Series, Label("号段", "series"), Added()]
    """Series of the number; empty where it has none."""
    received_at: Annotated[datetime | None, Label("收到时间", "received at"), Added()]
    """When the payment or credit note first came to the account."""
    remittance: Annotated[str | None, Label("付款附言", "remittance"), Added()]
    """Text of the payer that says what is paid, or null."""

    def until(self, to_at: datetime) -> "UnappliedRow":
        """Return this row with its interval ended at `to_at`."""
        return UnappliedRow(
            self.account,
            self.document,
            self.kind,
            self.from_at,
            to_at,
            self.currency,
            self.amount,
            self.entry,
            self.series,
            self.received_at,
            self.remittance,
        )


@dataclass(frozen=True, slots=True)
class MovementRow(
    Row,
    table="receivables_movement",
    key=("account", "entry"),
    valid=Instant("at"),
    counted=("currency",),
    summed=("amount",),
):
    """Changes of the ledger balance of each account. The sum of amount is the balance; the open items have no part in
    it."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account."""
    at: Annotated[datetime, Label("时间", "at")]
    """When it took effect."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    amount: Annotated[Amount, Label("变动金额", "amount")]
    """Signed change of what the account owes."""
    kind: Annotated[MovementKind, Label("类别", "kind")]
    """invoice, credit_note, payment, reversal, transfer_out, transfer_in or write_off."""
    document: Annotated[str, Label("单据号", "document")]
    """Number of the invoice, payment or credit note; of a write-off that of the invoice."""
    deal: Annotated[DealId | None, Label("商机", "deal")]
    """Id of the deal that the invoice names, or null."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry that moved it."""
    series: Annotated[Series, Label("号段", "series"), Added()]
    """Series of the number; empty where it has none."""
