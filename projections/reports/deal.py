"""Report of one deal: its position, whatever its status."""

from projections.columns import DealId, Label
from projections.reports.pipeline import StandingDeal
from projections.reports.report import Parameter, Rows, source_of
from projections.views.stage_position.rows import PositionRow

deal = Rows(
    name="deal",
    title=Label("商机", "Deal"),
    question=Label("这个商机现在处于什么位置？", "Where does a deal stand?"),
    comment="Where a deal stood at as_of, whatever its status, as known at the sequence known_at; no row before its "
    "opening.",
    row=StandingDeal,
    parameters={"deal": Parameter(DealId, "Id of the deal.", "D-0003", names_column=True)},
    source=source_of(PositionRow),
    needs_one="The deal {deal} was not opened by {as_of}, as known at {known_at}. Its history shows what there is.",
)
