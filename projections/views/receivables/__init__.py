"""Receivables of accounts: contracts and their terms, invoices, what paid them, unapplied cash and credit, promises and
reminders, and the movements of the ledger balance."""

from projections.replay.document_number import documents_named
from projections.replay.view import FlagRow, View
from projections.views.receivables.collection_rows import PromiseRow, ReminderRow
from projections.views.receivables.contract_rows import ContractTermRow
from projections.views.receivables.fold import Handled, evolve, row
from projections.views.receivables.invoice_rows import ApplicationRow, InvoiceRow
from projections.views.receivables.rows import ItemRow, MovementRow, UnappliedRow
from projections.views.receivables.state import Account

receivables: View[Account] = View(
    name="receivables",
    version=5,
    kind="account",
    handles=Handled,
    tables=(
        ItemRow,
        UnappliedRow,
        MovementRow,
        InvoiceRow,
        ApplicationRow,
        ContractTermRow,
        PromiseRow,
        ReminderRow,
        FlagRow,
    ),
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
        4: (
            "Write-offs lower the invoice and the balance, by movements of the kind write_off.",
            "A dispute may name the part that is contested: disputed_amount.",
            "The tables invoice and application have all invoices, settled ones too, and what lowered each.",
            "The table contract_term has the terms of contracts with planned amounts and due days.",
            "The tables promise and reminder have what customers promised to pay, and reminders.",
        ),
        5: (
            "Unapplied parts show received_at, the order in which payments came, and remittance, the payer's words of "
            "what is paid. The report suggestions goes by both.",
        ),
    },
)

__all__ = [
    "ApplicationRow",
    "ContractTermRow",
    "InvoiceRow",
    "ItemRow",
    "MovementRow",
    "PromiseRow",
    "ReminderRow",
    "UnappliedRow",
    "receivables",
]
