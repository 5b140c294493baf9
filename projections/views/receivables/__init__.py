"""Receivables of accounts: open invoices, unapplied cash and credit, and the movements of the ledger balance."""

from projections.replay.document_number import documents_named
from projections.replay.view import FlagRow, View
from projections.views.receivables.fold import Handled, evolve, row
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.views.receivables.state import Account

receivables: View[Account] = View(
    name="receivables",
    version=3,
    kind="account",
    handles=Handled,
    tables=(ItemRow, UnappliedRow, MovementRow, FlagRow),
    initial=Account,
    evolve=evolve,
    row=row,
    partition_keys=lambda entry: documents_named(entry.event),
    merge=Account.join,
    changes={
        2: (
            "Cash that moves between accounts is conserved: a transfer moves what the account holds and no more, and "
            "nothing of an unknown reference, in another currency or of a credit note. Corrections, voids and "
            "reversals of the payment reach the accounts that it went to. Both accounts are flagged where it had less "
            "effect.",
            "Numbers are unique by account, kind and series: a credit note beside a payment of one number counts.",
            "Numbers are compared as people see them: look-alike characters, invisible ones and outer blanks make no "
            "other number.",
            "The balance is booked by rules of its own.",
        ),
        3: (
            "Flags hold from the time at which the entry became surprising until the document that it waited for came.",
        ),
    },
)

__all__ = ["ItemRow", "MovementRow", "UnappliedRow", "receivables"]
