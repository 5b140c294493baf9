"""Report of one deal: its position, whatever its status."""

from projections.columns import DealId, Label
from projections.reports.pipeline import JOINS, READS, StandingDeal
from projections.reports.report import Parameter, Snapshot

deal = Snapshot(
    name="deal",
    title=Label("商机", "Deal"),
    question=Label("这个商机现在处于什么位置？", "Where does a deal stand?"),
    comment="Where a deal stood at as_of, whatever its status, as known at the sequence known_at; no row before its "
    "opening.",
    row=StandingDeal,
    parameters={"deal": Parameter(DealId, "Id of the deal.", "D-0003", names_column=True)},
    reads=READS,
    joins=JOINS,
    needs_one="The deal {deal} was not opened by {as_of}, as known at {known_at}. Its history shows what there is.",
)
