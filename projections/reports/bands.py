"""Open deals by band of the funnel (seed 003: 潜在, 意向, 洽谈, 成交)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from projections.columns import Amounts, Count, Label, Words
from projections.reports.report import Aggregate, Cells, Chart, ReportRow, source_of
from projections.views.stage_position.rows import PositionRow

Band = Annotated[
    Literal["not_started", "potential", "intent", "negotiation", "closing"],
    Words(not_started="未开始", potential="潜在", intent="意向", negotiation="洽谈", closing="成交"),
]


@dataclass(frozen=True, slots=True)
class BandRow(ReportRow, key=("band",)):
    """One band."""

    band: Annotated[Band, Label("漏斗区间", "band")]
    """Band of the last stage reached; not_started before the first, and while the playbook is not published."""
    deals: Annotated[Count, Label("商机数", "deals")]
    """Deals open or on hold."""
    amounts: Annotated[Amounts, Label("金额", "amounts")]
    """Their expected value, by currency."""


bands = Aggregate(
    name="bands",
    title=Label("漏斗区间", "Bands"),
    question=Label("潜在、意向、洽谈、成交各有多少商机？", "How many open deals are in each band of the funnel?"),
    comment="Deals open or on hold at as_of, as known at the sequence known_at, by the band of the last stage reached: "
    "not_started, potential, intent, negotiation, closing. Positions may go back. The sum of deals is open + on hold.",
    row=BandRow,
    cells={
        "position": Cells(
            source_of(PositionRow),
            ("playbook", "version", "stage", "currency"),
            ("amount",),
            "status in ('open', 'on_hold')",
        ),
    },
    dimensions=("band", "currency"),
    measures=("deals", "valued", "amount"),
    presence=("valued",),
    chart=Chart("bars", "band", ("deals",)),
)
