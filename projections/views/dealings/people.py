"""People of the customer who were recorded or judged on a deal by an entry that names no account."""

from collections.abc import Iterable

from contracts.events import Event
from contracts.events.customer import ContactRecordedV2, RelationshipAssessed
from projections.replay.entry import Entry
from projections.replay.view import RowKey
from projections.views.customer import people
from projections.views.dealings.rows_of_people import DealContactRow, DealRelationshipRow
from projections.views.dealings.state import Dealings


def take(deal: Dealings, event: ContactRecordedV2 | RelationshipAssessed, entry: Entry[Event]) -> Iterable[RowKey]:
    """Show what was said of a person, unless an account shows it: the one that the entry names or is about."""
    if event.account_id is not None or entry.subject != f"deal/{deal.id}":
        return ()
    if isinstance(event, ContactRecordedV2):
        shown = *people.recorded(event), entry.sequence
        return deal.show(DealContactRow, (event.contact_id,), entry.occurred_at, shown)
    shown = *people.judged(event), entry.sequence
    return deal.show(DealRelationshipRow, people.cell(event), entry.occurred_at, shown)
