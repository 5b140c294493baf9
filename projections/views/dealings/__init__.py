"""View of the dealings about deals: activities, plans, commitments, needs, purchasing stages and people."""

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
from projections.views.dealings.rows_of_people import DealContactRow, DealRelationshipRow
from projections.views.dealings.state import VIEW, Dealings

dealings: View[Dealings] = View(
    name=VIEW,
    version=2,
    kind="deal",
    handles=Handled,
    tables=(
        DealFileRow,
        ActivityRow,
        AppointmentRow,
        PlanRow,
        CommitmentRow,
        PurchaseStageRow,
        NeedRow,
        DealContactRow,
        DealRelationshipRow,
        FlagRow,
    ),
    initial=Dealings,
    evolve=evolve,
    row=row,
    changes={
        2: ("People who were recorded or judged on a deal by an entry that names no account are shown, by the deal.",)
    },
)

__all__ = [
    "ActivityRow",
    "AppointmentRow",
    "CommitmentRow",
    "DealContactRow",
    "DealFileRow",
    "DealRelationshipRow",
    "NeedRow",
    "PlanRow",
    "PurchaseStageRow",
    "dealings",
]
