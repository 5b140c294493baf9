"""Payments and credit notes as far as they pay no invoice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from projections.columns import AccountId, Amount, Currency, EntrySequence, Label
from projections.reports.report import ReportRow, Rows, source_of
from projections.views.receivables.rows import UnappliedKind, UnappliedRow


@dataclass(frozen=True, slots=True)
class UnappliedPart(ReportRow, key=("account", "document", "series", "kind", "currency")):
    """The part of a payment or credit note that pays no invoice."""

    account: Annotated[AccountId, Label("客户", "account")]
    """Id of the account it is booked on."""
    document: Annotated[str, Label("单据号", "document")]
    """Number of the payment or credit note."""
    kind: Annotated[UnappliedKind, Label("类别", "kind")]
    """cash: a payment; credit: a credit note."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    amount: Annotated[Amount, Label("未核销金额", "unapplied")]
    """What is not applied."""
    since: Annotated[datetime, Label("自", "since")]
    """Since when it stands so."""
    entry: Annotated[EntrySequence, Label("条目", "entry")]
    """Sequence of the entry since which it stands so."""
    series: Annotated[str | None, Label("号段", "series")]
    """Series of the number, or null."""


receivables_unapplied = Rows(
    name="receivables_unapplied",
    title=Label("未核销收款", "Unapplied cash and credit"),
    question=Label("哪些收款和贷项还没有核销？", "Which payments and credit notes pay no invoice yet?"),
    comment="Payments and credit notes as far as they paid no invoice at as_of, as known at the sequence known_at.",
    row=UnappliedPart,
    source=source_of(UnappliedRow),
    order=("account", "document", "kind", "currency", "series"),
)
