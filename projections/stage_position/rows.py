"""What the table stage_position shows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from projections.rulebook import Phase
from projections.view import Row

Status = Literal["open", "on_hold", "won", "lost", "abandoned"]


@dataclass(frozen=True, slots=True)
class PositionRow(Row, table="stage_position", key=("deal", "from_at")):
    """Where a deal stood from `from_at` until before `to_at`; what is said at one instant makes one row."""

    deal: str
    from_at: datetime
    to_at: datetime
    """FOREVER while it is the last that is known."""
    playbook: str
    version: int | None
    """None while the playbook is not published and the deal names no version."""
    stage: int | None
    """The last stage reached, from 1; None before the first and while the playbook is unknown."""
    phase: Phase | None
    status: Status
    """Independent of the stage: a won deal keeps its stage."""
    probability: Decimal
    """Of the last completed stage, 0 before the first; 1 when won, 0 when lost or abandoned."""
    amount: Decimal | None
    currency: str | None
    owner: str | None
    account: str | None
    since: datetime
    """When the deal came to this stage and phase; a new version of the playbook does not start it anew."""
    entry: int
    """Sequence of the entry that made it so."""
