"""View of the position of every deal over time: written by nobody, derived from the evidence (seed 004)."""

from projections.replay.view import FlagRow, View
from projections.views.stage_position.fold import Handled, evolve, insert, remove, row
from projections.views.stage_position.rows import PositionRow, StageDepartmentRow, StageItemRow, StageStayRow
from projections.views.stage_position.state import VIEW, Deal

stage_position: View[Deal] = View(
    name=VIEW,
    version=6,
    kind="deal",
    handles=Handled,
    tables=(PositionRow, StageItemRow, StageStayRow, StageDepartmentRow, FlagRow),
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
        4: (
            "A deal whose stage is claimed has the probability of the stage claimed; before, that of the stage before.",
            "Rows say the last stage completed, since when the deal works on the next one, when it is expected to "
            "close, when it was opened and since when it has its status: a second closing begins a row.",
            "The table stage_item has what meets each item, conditions and appraisal items among them.",
            "A deal that is put on hold has the status on_hold until it is resumed or closed.",
            "Events that were added may be evidence: quotes, needs, messages, care, feedback and more.",
        ),
        5: (
            "The table stage_stay has the stages that a deal has completed, and how long each took.",
            "Rows of stage_item say for which department the person acted who met the item.",
        ),
        6: (
            "Nothing comes after a plan that was cancelled by its name.",
            "A deal that was won at an amount before it was opened has the expected closing day that its opening says.",
            "The table stage_department has the departments that a stage names, and those that took part in it.",
        ),
    },
)

__all__ = ["PositionRow", "StageDepartmentRow", "StageItemRow", "StageStayRow", "stage_position"]
