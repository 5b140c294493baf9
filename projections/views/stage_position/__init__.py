"""View of the position of every deal over time: written by nobody, derived from the evidence (seed 004)."""

from projections.replay.view import FlagRow, View
from projections.views.stage_position.fold import Handled, evolve, insert, remove, row
from projections.views.stage_position.rows import PositionRow
from projections.views.stage_position.state import VIEW, Deal

stage_position: View[Deal] = View(
    name=VIEW,
    version=3,
    kind="deal",
    handles=Handled,
    tables=(PositionRow, FlagRow),
    initial=Deal,
    evolve=evolve,
    row=row,
    insert=insert,
    remove=remove,
    changes={
        2: (
            "The latest closing of a deal counts, flagged closed_again; before, the first one until it was reopened.",
            "A deal that was won before it was opened keeps the value at which it was won.",
            "Words of a claim are compared as people see them: look-alike characters, invisible ones and outer blanks "
            "make no other stage.",
            "A version of a sales process that was withdrawn is given to no new deal that does not name it.",
        ),
        3: ("Flags hold from the time at which the entry became surprising; not_opened until the deal was opened.",),
    },
)

__all__ = ["PositionRow", "stage_position"]
