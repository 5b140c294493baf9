"""View of the dealings about deals: activities, plans, commitments, needs and the customer's purchasing stage."""

from projections.replay.view import FlagRow, View
from projections.views.dealings.fold import Handled, evolve, row
from projections.views.dealings.rows import (
    ActivityRow,
    AppointmentRow,
    CommitmentRow,
    DealFileRow,
    NeedRow,
    PlanRow,
    PurchaseStageRow,
)
from projections.views.dealings.state import VIEW, Dealings

dealings: View[Dealings] = View(
    name=VIEW,
    version=1,
    kind="deal",
    handles=Handled,
    tables=(DealFileRow, ActivityRow, AppointmentRow, PlanRow, CommitmentRow, PurchaseStageRow, NeedRow, FlagRow),
    initial=Dealings,
    evolve=evolve,
    row=row,
)

__all__ = [
    "ActivityRow",
    "AppointmentRow",
    "CommitmentRow",
    "DealFileRow",
    "NeedRow",
    "PlanRow",
    "PurchaseStageRow",
    "dealings",
]
