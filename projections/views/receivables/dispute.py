"""Disputed items: marked, still owed and still ageing."""

from contracts.events.receivables import ReceivableDisputed
from contracts.types.money import in_units
from projections.views.receivables.item import Item
from projections.views.receivables.state import About
from projections.views.receivables.step import Step


def contest(step: Step, wanted: About, item: Item) -> None:
    """Set the mark, for a part or for all, or take it away. The invoice is there, settled or not."""
    event = wanted.event
    if isinstance(event, ReceivableDisputed):
        if event.amount is not None and event.currency != item.currency:
            step.flag("wrong_currency", f"{event.currency} of {item.invoice} in {item.currency}", wanted)
            return
        item.disputed = True
        item.contested = None if event.amount is None else in_units(event.amount, item.currency)
    else:
        if not item.disputed:
            step.flag("not_disputed", f"{item.invoice} was not disputed", wanted)
        item.disputed, item.contested = False, None
    step.changed(item)
