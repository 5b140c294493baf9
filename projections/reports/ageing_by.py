"""Ageing by account, owner, deal or region."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from projections.columns import Amount, Count, Currency, Label, Words
from projections.reports.receivables_open import DAYS_PAST_DUE
from projections.reports.report import Chart, Parameter, ReportRow, Snapshot, source_of
from projections.views.customer.rows import AliasRow, FactRow
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.views.stage_position.rows import PositionRow

Grouping = Literal["account", "owner", "deal", "region"]
Line = Annotated[
    Literal[
        "not_due",
        "1-30",
        "31-60",
        "61-90",
        "over_90",
        "disputed",
        "unapplied_cash",
        "unapplied_credit",
        "unapplied",
        "balance",
    ],
    Words(
        **DAYS_PAST_DUE,
        disputed="有争议",
        unapplied_cash="未核销收款",
        unapplied_credit="未核销贷项",
        unapplied="未核销合计",
        balance="余额",
    ),
]


@dataclass(frozen=True, slots=True)
class AgeingByRow(ReportRow, key=("group", "currency", "line")):
    """One line of one group and currency."""

    group: Annotated[str | None, Label("分组", "group")]
    """Account, owner, deal or region; null where there is none, and for unapplied parts by owner and deal."""
    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    line: Annotated[Line, Label("项目", "line")]
    """Days past due; disputed (in the buckets too); unapplied_cash, unapplied_credit and their sum; balance."""
    items: Annotated[Count | None, Label("笔数", "items")]
    """Invoices, or unapplied parts; null for the balance."""
    amount: Annotated[Amount, Label("金额", "amount")]
    """Amount owed, amount unapplied, or the balance."""
    place: Annotated[int, Label("序号", "place")]
    """Place of the line among those of its group and currency, from 1 for not_due to 10 for balance."""


_OPEN = (source_of(ItemRow), source_of(UnappliedRow), source_of(MovementRow))

ageing_by_account = Snapshot(
    name="ageing_by",
    title=Label("分组账龄", "Ageing by group"),
    question=Label(
        "各客户、负责人、商机、地区欠多少，逾期多久？", "What does each group owe, by how long it is past due?"
    ),
    comment="The lines of the report ageing in groups at as_of, as known at the sequence known_at: by account, by the "
    "deal that the invoice names, by the owner of that deal, or by the region of the account, the latter two as they "
    "are at as_of. Lines without anything are left out; a group has its balance wherever it has a line. Buckets less "
    "unapplied are the balance in every group. Unapplied parts belong to an account and no deal: by deal and owner "
    "they stand in the group null. There the balance of a group is what was invoiced less what lowered these invoices, "
    "and the rest is that of the group null; by account and region it is summed from the movements. Accounts stand by "
    "themselves, merged or not, but in the region of the one that they were merged into.",
    row=AgeingByRow,
    parameters={"by": Parameter(Grouping, "What the lines are grouped by.", "account")},
    file="ageing_by_account",
    reads=_OPEN,
    joins={each.name: {"account": "group", "currency": "currency"} for each in _OPEN},
    filtered=tuple(each.name for each in _OPEN),
    order=("group", "currency", "place"),
    chart=Chart("stacked", "group", ("amount",)),
)

ageing_by = replace(
    ageing_by_account,
    file="",
    answers={("by", "account"): ageing_by_account},
    reads=(
        *_OPEN,
        source_of(InvoiceRow),
        source_of(ApplicationRow),
        source_of(PositionRow),
        source_of(FactRow),
        source_of(AliasRow),
    ),
    joins={},
    members=("account", "deal"),
    filtered=(*ageing_by_account.filtered, "invoice", "application"),
)
