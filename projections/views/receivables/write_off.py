"""Money that we gave up."""

from contracts.events.receivables import ReceivableWrittenOff
from contracts.types.money import in_units
from projections.views.receivables import balance
from projections.views.receivables.application import apply
from projections.views.receivables.item import Item
from projections.views.receivables.state import About
from projections.views.receivables.step import Step


def write_off(step: Step, wanted: About, item: Item) -> None:
    """Lower what is owed on an invoice that is there, to no less than nothing."""
    event: ReceivableWrittenOff = wanted.event
    if event.currency != item.currency:
        step.flag("wrong_currency", f"{event.currency} of {item.invoice} in {item.currency}", wanted)
        return
    asked = in_units(event.amount, event.currency)
    amount = min(asked, item.open_amount)
    if amount < asked:
        step.flag("over_written_off", f"{asked} {event.currency} of {item.invoice}: {amount} was owed", wanted)
    if amount:
        balance.write_off(step, item, amount, wanted.order[2])
        apply(step, item, amount, wanted.order, None, item.deal)
