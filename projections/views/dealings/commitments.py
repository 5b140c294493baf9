"""Commitments of the customer: received, kept, broken and withdrawn."""

from contracts.events import Event
from contracts.events.commitment import CommitmentWithdrawn, CustomerCommitmentReceived
from contracts.events.evidence import EventReference
from projections.replay.entry import Entry
from projections.replay.view import RowKey
from projections.views.dealings.rows import CommitmentRow
from projections.views.dealings.state import Commitment, Dealings
from projections.views.dealings.words import CommitmentState


def receive(deal: Dealings, event: CustomerCommitmentReceived, entry: Entry[Event]) -> list[RowKey]:
    """Show a commitment as open."""
    shown = entry.occurred_at, event.stage, event.contact_id, event.due_on, deal.owner
    commitment = deal.commitments[entry.identity] = Commitment(entry.sequence, event.stage, shown)
    return _put(deal, commitment, "open", entry)


def settle(deal: Dealings, target: EventReference, state: CommitmentState, entry: Entry[Event]) -> list[RowKey]:
    """Show a commitment as kept or broken, whatever it was. One that the deal has not received by then is flagged."""
    commitment = deal.commitments.get((target.source, target.id))
    if commitment is None:
        detail = f"the deal has received no commitment {target.source}/{target.id} at that time"
        return [deal.flag(entry, "unknown_commitment", detail)]
    return [] if commitment.state == state else _put(deal, commitment, state, entry)


def withdraw(deal: Dealings, event: CommitmentWithdrawn, entry: Entry[Event]) -> list[RowKey]:
    """Show all open commitments of a stage as withdrawn."""
    commitments = list(deal.open_commitments.get(event.stage, {}).values())
    return [key for each in commitments for key in _put(deal, each, "withdrawn", entry)]


def _put(deal: Dealings, commitment: Commitment, state: CommitmentState, entry: Entry[Event]) -> list[RowKey]:
    commitment.state = state
    if state == "open":
        deal.open_commitments.setdefault(commitment.stage, {})[commitment.sequence] = commitment
    else:
        deal.open_commitments.get(commitment.stage, {}).pop(commitment.sequence, None)
    shown = (*commitment.shown, state, entry.sequence)
    return deal.show(CommitmentRow, (commitment.sequence,), entry.occurred_at, shown)
