"""Promises of customers to pay, and reminders."""

from contracts.events.receivables import PaymentPromised, ReminderSent
from contracts.types.money import in_units
from projections.replay.view import RowKey
from projections.views.receivables.collection_rows import ReminderRow
from projections.views.receivables.item import Item, Promise
from projections.views.receivables.state import About
from projections.views.receivables.step import Step


def promise(step: Step, wanted: About, item: Item) -> None:
    """Remember the promise, and the cash that was applied before it. The invoice is there."""
    event: PaymentPromised = wanted.event
    if event.currency != item.currency:
        step.flag("wrong_currency", f"{event.currency} of {item.invoice} in {item.currency}", wanted)
        return
    amount = in_units(event.amount, event.currency)
    made = Promise(item, wanted.order[2], amount, step.at, event.promised_on, event.contact_id, item.paid)
    item.promises.append(made)
    step.changed(made)


def remind(step: Step, wanted: About, item: Item) -> None:
    """Show the reminder of an invoice that is there."""
    event: ReminderSent = wanted.event
    account, entry = step.account.id, wanted.order[2]
    row = ReminderRow(
        account=account,
        invoice=item.invoice,
        series=item.series,
        at=step.at,
        level=event.level,
        channel=event.channel,
        contact=event.contact_id,
        deal=event.deal_id or item.deal,
        finance_notified=event.finance_notified,
        plan=event.plan,
        entry=entry,
    )
    step.add(RowKey(ReminderRow, (account, entry, item.invoice, item.series)), row)
