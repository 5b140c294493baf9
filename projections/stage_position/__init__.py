"""Where every deal stands, and stood: never written by anyone, always derived from the evidence (seed 004)."""

from projections.stage_position.deal import VIEW, Deal
from projections.stage_position.fold import Handled, evolve, insert, remove, row
from projections.stage_position.rows import PositionRow
from projections.view import FlagRow, View

stage_position: View[Deal] = View(
    name=VIEW,
    version=2,
    kind="deal",
    handles=Handled,
    tables=(PositionRow, FlagRow),
    initial=Deal,
    evolve=evolve,
    row=row,
    copy=Deal.copy,
    insert=insert,
    remove=remove,
)

__all__ = ["PositionRow", "stage_position"]
