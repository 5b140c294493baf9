"""What accounts owe: open invoices, unapplied cash and credit, and the movements of the ledger balance."""

from projections.receivables.account import Account
from projections.receivables.fold import Handled, evolve, row
from projections.receivables.names import names
from projections.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.view import FlagRow, View

receivables: View[Account] = View(
    name="receivables",
    version=2,
    kind="account",
    handles=Handled,
    tables=(ItemRow, UnappliedRow, MovementRow, FlagRow),
    initial=Account,
    evolve=evolve,
    row=row,
    copy=Account.copy,
    names=names,
    join=Account.join,
)

__all__ = ["ItemRow", "MovementRow", "UnappliedRow", "receivables"]
