"""Ageing report: the amounts owed, by how long each is past due (seed 005)."""

from dataclasses import dataclass
from typing import Annotated, get_args

from projections.columns import Amount, Count, Currency, Label
from projections.reports.ageing_by import Grouping, Line, ageing_by, ageing_by_account
from projections.reports.report import Aggregate, Cells, Chart, Parameter, ReportRow, source_of
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow


@dataclass(frozen=True, slots=True)
class AgeingRow(ReportRow, key=("currency", "line")):
    """One line of one currency."""

    currency: Annotated[Currency, Label("币种", "currency")]
    """ISO 4217 currency of the amount."""
    line: Annotated[Line, Label("项目", "line")]
    """Days past due; disputed (in the buckets too); unapplied_cash, unapplied_credit and their sum; balance."""
    items: Annotated[Count | None, Label("笔数", "items")]
    """Invoices, or unapplied parts; null for the balance."""
    amount: Annotated[Amount, Label("金额", "amount")]
    """Amount owed, amount unapplied, or the balance."""


ageing = Aggregate(
    name="ageing",
    title=Label("账龄分析", "Ageing"),
    question=Label("客户欠多少，逾期多久？", "What is owed, by how long it is past due?"),
    comment="Ageing at as_of, as known at the sequence known_at. Ten lines for every currency that had moved: the "
    "buckets not_due, 1-30, 31-60, 61-90 and over_90 days past due; disputed (items that are in the buckets too, "
    "with what is contested of each: the whole open amount where the dispute names none); unapplied_cash, "
    "unapplied_credit and their sum unapplied; and balance, summed from the movements. Buckets less "
    "unapplied are the balance.",
    row=AgeingRow,
    parameters={"by": Parameter(Grouping, "With one ageing_by answers, by groups.", "account", optional=True)},
    answers={("by", each): ageing_by for each in get_args(Grouping)} | {("by", "account"): ageing_by_account},
    cells={
        "item": Cells(
            source_of(ItemRow),
            ("currency", "due_on", "disputed", "in_part"),
            ("open_amount", "disputed_amount"),
            derived={"in_part": "receivables_item.disputed_amount is not null"},
        ),
        "unapplied": Cells(source_of(UnappliedRow), ("currency", "kind"), ("amount",)),
        "movement": Cells(source_of(MovementRow), ("currency",), ("amount",)),
    },
    dimensions=("currency", "line"),
    measures=("items", "amount", "listed"),
    presence=("listed",),
    chart=Chart("stacked", "line", ("amount",)),
)
