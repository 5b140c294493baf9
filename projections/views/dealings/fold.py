"""The fold: what each event adds to a deal's dealings. Total; its cost does not grow with the length of the history.

Facts count from their own time, before the deal's opening too. What is revoked as evidence stays a fact here: only a
void takes it away.
"""

from collections.abc import Iterable
from typing import TypeGuard, assert_never, cast, get_args

from contracts.events import Event
from contracts.events.activity import ActivityCancelled, ActivityPlanned
from contracts.events.care import CareGiven
from contracts.events.commitment import (
    CommitmentBroken,
    CommitmentFulfilled,
    CommitmentWithdrawn,
    CustomerCommitmentReceived,
)
from contracts.events.customer import ContactRecordedV2, NeedRecorded, PurchaseStageObserved, RelationshipAssessed
from contracts.events.deal import DealOpened, DealReassigned, DealRevised
from contracts.events.receivables import ReminderSent
from contracts.types.references import reference_key
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import Row, RowKey
from projections.views.dealings import commitments, people
from projections.views.dealings.activities import Activity, cancel, carry_out, take_activity, take_plan
from projections.views.dealings.rows import DealFileRow, NeedRow, PurchaseStageRow
from projections.views.dealings.state import Dealings

Around = (
    CustomerCommitmentReceived
    | DealOpened
    | DealRevised
    | DealReassigned
    | ActivityPlanned
    | ActivityCancelled
    | CareGiven
    | ReminderSent
    | CommitmentWithdrawn
    | CommitmentFulfilled
    | CommitmentBroken
    | NeedRecorded
    | PurchaseStageObserved
    | ContactRecordedV2
    | RelationshipAssessed
)
"""What is said of the deal beside its activities."""

Handled = Activity | Around

_ACTIVITIES = frozenset(get_args(Activity))


def evolve(deal: Dealings, entry: Entry[Handled], _playbooks: Playbooks) -> Iterable[RowKey]:
    """The next entry in effective order."""
    event = entry.event
    if _is_activity(event):
        return take_activity(deal, event, entry)
    return _take(deal, cast("Around", event), entry)


def row(deal: Dealings, key: RowKey) -> Row | None:
    """Row with this key, None where there is none."""
    return deal.rows.get(key)


def _is_activity(event: Handled) -> TypeGuard[Activity]:
    """Tell if the event is an activity; faster than `isinstance`, which would try the classes one after another."""
    return type(event) in _ACTIVITIES


def _take(deal: Dealings, event: Around, entry: Entry[Event]) -> Iterable[RowKey]:
    match event:
        case CustomerCommitmentReceived():
            return commitments.receive(deal, event, entry)
        case DealOpened():
            return _open(deal, event, entry)
        case DealRevised():
            return _rename(deal, event, entry)
        case DealReassigned():
            deal.owner = event.owner
            return ()
        case ActivityPlanned():
            return take_plan(deal, event, entry)
        case ActivityCancelled():
            return cancel(deal, event, entry)
        case CareGiven() | ReminderSent():
            return () if event.plan is None else carry_out(deal, event.plan, entry)
        case CommitmentWithdrawn():
            return commitments.withdraw(deal, event, entry)
        case CommitmentFulfilled():
            return commitments.settle(deal, event.target, "kept", entry)
        case CommitmentBroken():
            return commitments.settle(deal, event.target, "broken", entry)
        case NeedRecorded():
            return _need(deal, event, entry)
        case PurchaseStageObserved():
            shown = event.number, event.confidence, event.contact_id, entry.sequence
            return deal.show(PurchaseStageRow, (), entry.occurred_at, shown)
        case ContactRecordedV2() | RelationshipAssessed():
            return people.take(deal, event, entry)
        case _:
            assert_never(event)


def _open(deal: Dealings, event: DealOpened, entry: Entry[Event]) -> Iterable[RowKey]:
    """Begin the deal's file. The earliest opening counts; its name wins over one that a revision gave before."""
    if deal.opened:
        return ()
    deal.opened = True
    deal.owner = event.owner or deal.owner
    deal.name = event.name or deal.name
    deal.file = (
        entry.occurred_at,
        event.source_channel,
        event.referral,
        event.tender_ref,
        event.partner_account_id,
        event.product,
    )
    return _show_file(deal, entry)


def _rename(deal: Dealings, event: DealRevised, entry: Entry[Event]) -> Iterable[RowKey]:
    if event.name is None or event.name == deal.name:
        return ()
    deal.name = event.name
    return _show_file(deal, entry) if deal.opened else ()


def _show_file(deal: Dealings, entry: Entry[Event]) -> Iterable[RowKey]:
    return deal.show(DealFileRow, (), entry.occurred_at, (deal.name, *deal.file, entry.sequence))


def _need(deal: Dealings, event: NeedRecorded, entry: Entry[Event]) -> Iterable[RowKey]:
    """Show a need. A later record of one name replaces the earlier one, whole."""
    name = deal.needs.setdefault(reference_key(event.need), event.need)
    shown = (
        event.kind,
        event.budget,
        event.currency,
        event.needed_by,
        event.motive,
        event.priority,
        event.follow_on,
        event.contact_id,
        event.project_size,
        entry.sequence,
    )
    return deal.show(NeedRow, (name,), entry.occurred_at, shown)
