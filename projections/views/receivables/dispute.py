"""Disputed items: marked, still owed and still ageing."""

from contracts.types.references import spelled_out
from projections.views.receivables.state import Contest
from projections.views.receivables.step import Step


def dispute(step: Step, wanted: Contest) -> None:
    """Mark the invoice, or wait for it."""
    if wanted.invoice in step.account.items:
        contest(step, wanted)
    else:
        step.account.awaiting_invoice.setdefault(wanted.invoice, []).append(wanted)
        detail = f"{spelled_out(wanted.number_of_invoice)} is no invoice of this account yet"
        step.waits("dispute_unknown_invoice", detail, wanted)


def contest(step: Step, wanted: Contest) -> None:
    """Set or take away the mark. The invoice is there, settled or not."""
    item = step.account.items[wanted.invoice]
    if not wanted.disputed and not item.disputed:
        step.flag("not_disputed", f"{item.invoice} was not disputed", wanted)
    item.disputed = wanted.disputed
    step.item_changed(item)
