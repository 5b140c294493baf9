"""The fold: what each event does to a deal. Total: nothing that may be said raises; what surprises is flagged."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import TypeGuard, assert_never, get_args

from contracts.events import Event
from contracts.events.activity import (
    ActivityCancelled,
    ActivityPlanned,
    AppointmentMade,
    CallMade,
    DemoHeld,
    MessageExchanged,
    ProposalSubmitted,
    QuoteSubmitted,
    VisitDone,
)
from contracts.events.care import CareGiven, FeedbackGiven
from contracts.events.commitment import (
    CommitmentBroken,
    CommitmentFulfilled,
    CommitmentWithdrawn,
    CustomerCommitmentReceived,
)
from contracts.events.customer import (
    AccountProfiled,
    ContactRecordedV2,
    NeedRecorded,
    PurchaseStageObserved,
    RelationshipAssessed,
)
from contracts.events.deal import (
    DealAbandoned,
    DealLost,
    DealOpened,
    DealPutOnHold,
    DealReassigned,
    DealReopened,
    DealResumed,
    DealRevised,
    DealWon,
    StageClaimed,
)
from contracts.events.evidence import ConditionAssessed, CriterionMet, EvidenceRevoked, MilestoneAchieved
from contracts.events.receivables import (
    AcceptanceConfirmed,
    ContractAmended,
    ContractSignedV2,
    CreditNoteIssued,
    InvoiceIssued,
    PaymentAllocated,
    PaymentReceived,
    ReminderSent,
    RetentionReleased,
)
from projections.replay.entry import Entry, order_of
from projections.replay.playbooks import Playbooks
from projections.replay.view import Row, RowKey
from projections.views.stage_position.evidence import Finding, takes_back
from projections.views.stage_position.rows import PositionRow, StageDepartmentRow, StageItemRow, StageStayRow, Status
from projections.views.stage_position.state import CLOSED, Deal, brings_department

Course = (
    DealOpened
    | DealRevised
    | DealReassigned
    | DealWon
    | DealLost
    | DealAbandoned
    | DealReopened
    | DealPutOnHold
    | DealResumed
)
"""What the salespeople decide about a deal. The playbook may take it as evidence too."""

Judged = (
    StageClaimed
    | AppointmentMade
    | CallMade
    | VisitDone
    | DemoHeld
    | ProposalSubmitted
    | MessageExchanged
    | ActivityPlanned
    | QuoteSubmitted
    | ActivityCancelled
    | MilestoneAchieved
    | CriterionMet
    | EvidenceRevoked
    | ConditionAssessed
    | CustomerCommitmentReceived
    | CommitmentWithdrawn
    | CommitmentFulfilled
    | CommitmentBroken
    | ContactRecordedV2
    | AccountProfiled
    | RelationshipAssessed
    | NeedRecorded
    | PurchaseStageObserved
    | ContractSignedV2
    | ContractAmended
    | AcceptanceConfirmed
    | InvoiceIssued
    | CreditNoteIssued
    | PaymentReceived
    | PaymentAllocated
    | ReminderSent
    | RetentionReleased
    | CareGiven
    | FeedbackGiven
)
"""What the playbook alone judges: everything else that may concern a deal."""

Handled = Course | Judged

_COURSE = frozenset(get_args(Course))
_OF_CONSEQUENCE = _COURSE | {StageClaimed}
"""On these rows depend, wherever they come."""


def evolve(deal: Deal, entry: Entry[Handled], playbooks: Playbooks) -> Iterable[RowKey]:
    """The next entry in effective order."""
    deal.said.append(entry)
    event = entry.event
    if takes_back(event):
        deal.taken_back = True
    before = deal.standing
    step = before.step if before is not None else 0
    touched: list[RowKey] = []
    if course := _is_course(event):
        touched += _set_course(deal, event, entry, playbooks)
    if deal.standing is before and before is not None and (finding := before.judge(entry)):
        touched.append(deal.flag(entry, finding))
    if deal.opening is None:
        if len(deal.said) == 1:
            touched.append(deal.flag(entry, Finding("not_opened", "no deal_opened is known for this deal")))
    else:
        if course or (before is not None and before.step != step):
            touched += deal.show(entry)
        items = deal.show_items(before, entry.occurred_at)
        touched += items
        touched += deal.show_departments(entry, items)
    return touched


def insert(deal: Deal, entry: Entry[Handled]) -> bool:
    """Let an entry that comes late count among the others, if it only repeats what was evidence before it."""
    if not _only_repeats(deal, entry) or not (deal.standing is None or deal.standing.evidence.insert(entry)):
        return False
    insort(deal.said, entry, key=order_of)
    return True


def remove(deal: Deal, entry: Entry[Handled]) -> bool:
    """Let an entry count no longer, if it only repeats what was evidence before it."""
    if not _only_repeats(deal, entry) or not (deal.standing is None or deal.standing.evidence.remove(entry)):
        return False
    del deal.said[bisect_left(deal.said, entry.order, key=order_of)]
    return True


def _only_repeats(deal: Deal, entry: Entry[Handled]) -> bool:
    """Tell if the entry can change the deal's rows only as evidence.

    As evidence it changes them only if it is among the first entries that meet an item, as part of a department's work
    only if it is the first.
    """
    told_once = deal.opening is not None and not deal.moved and not deal.taken_back
    if not told_once or type(entry.event) in _OF_CONSEQUENCE or takes_back(entry.event):
        return False
    if brings_department(entry) and not deal.knows_department(entry):
        return False
    return deal.said[0].order < entry.order  # the first is flagged not_opened until the opening


def row(deal: Deal, key: RowKey) -> Row | None:
    """Row with this key, None where there is none."""
    if key.row is PositionRow:
        return deal.intervals.row(key.key[1])
    if key.row is StageStayRow:
        return deal.stays.row(*key.key[1:])
    if key.row is StageDepartmentRow:
        return deal.departments.row(*key.key[1:])
    return deal.items.row(*key.key[1:]) if key.row is StageItemRow else deal.flags.get(key)


def _is_course(event: Handled) -> TypeGuard[Course]:
    """Tell if the event sets the deal's course; faster than `isinstance`, which would try the classes one after
    another.
    """
    return type(event) in _COURSE


def _set_course(deal: Deal, event: Course, entry: Entry[Event], playbooks: Playbooks) -> Iterable[RowKey]:
    match event:
        case DealOpened():
            return _open(deal, event, entry, playbooks)
        case DealRevised():
            deal.revalue(event)
            return _move(deal, event, entry, playbooks)
        case DealReassigned():
            deal.owner = event.owner
            return []
        case DealWon():
            deal.revalue(event)
            return _close(deal, "won", entry)
        case DealLost():
            return _close(deal, "lost", entry)
        case DealAbandoned():
            return _close(deal, "abandoned", entry)
        case DealReopened():
            if deal.status not in CLOSED:
                return [deal.flag(entry, Finding("reopened_while_open", "the deal was not closed"))]
            deal.set_status("open", entry)
            return []
        case DealPutOnHold():
            if deal.status in CLOSED:
                return [deal.flag(entry, Finding("held_while_closed", f"the deal was {deal.status}"))]
            if deal.status != "on_hold":
                deal.set_status("on_hold", entry)
            return []
        case DealResumed():
            if deal.status != "on_hold":
                return [deal.flag(entry, Finding("resumed_while_not_held", f"the deal was {deal.status}"))]
            deal.set_status("open", entry)
            return []
        case _:
            assert_never(event)


def _has_final_value(deal: Deal) -> bool:
    won = (each.event for each in deal.said if isinstance(each.event, DealWon))
    return deal.status == "won" and any(each.amount is not None for each in won)


def _open(deal: Deal, event: DealOpened, entry: Entry[Event], playbooks: Playbooks) -> Iterable[RowKey]:
    """The earliest opening counts. What was said before it counts from now on; what the opening says itself wins,
    but for its expected value where the deal was won by then at a final one.

    Whoever moved the deal to another playbook before may not have meant that: such a move is flagged.
    """
    if deal.opening is not None:
        detail = f"the deal was opened by {deal.opening.source}/{deal.opening.id} already"
        return [deal.flag(entry, Finding("opened_twice", detail))]
    deal.opening = entry
    deal.owner = event.owner or deal.owner
    deal.account = event.account_id
    deal.revalue(event, final=_has_final_value(deal))
    published = playbooks.find(event.playbook, event.playbook_version, entry.sequence)
    touched = [deal.unflag(deal.said[0], "not_opened", entry.occurred_at)] if len(deal.said) > 1 else []
    touched += deal.follow(event.playbook, event.playbook_version, published, entry)
    for said in deal.said:
        if isinstance(said.event, DealRevised) and _moves(said.event, event.playbook):
            detail = f"the deal is on {event.playbook}, as its opening by {entry.source}/{entry.id} says"
            touched.append(deal.flag(said, Finding("moved_before_opening", detail), entry.occurred_at))
        if deal.standing is not None and (finding := deal.standing.judge(said)):
            touched.append(deal.flag(said, finding, entry.occurred_at))
    return touched


def _move(deal: Deal, event: DealRevised, entry: Entry[Event], playbooks: Playbooks) -> Iterable[RowKey]:
    """A move to another playbook or version: from now on it judges all evidence. Flags stay as they were raised."""
    if deal.opening is None or not _moves(event, deal.playbook):
        return []
    deal.moved = True
    key = event.playbook or deal.playbook
    published = playbooks.find(key, event.playbook_version, entry.sequence)
    touched = deal.follow(key, event.playbook_version, published, entry)
    if deal.standing is not None:
        for said in deal.said:
            deal.standing.judge(said)
    return touched


def _moves(event: DealRevised, playbook: str) -> bool:
    """Tell if the revision moves a deal that is on this playbook."""
    return event.playbook not in (None, playbook) or event.playbook_version is not None


def _close(deal: Deal, status: Status, entry: Entry[Event]) -> Iterable[RowKey]:
    """The latest closing counts. One without a reopening before it is flagged."""
    before = deal.status
    deal.set_status(status, entry)
    if before in CLOSED:
        return [deal.flag(entry, Finding("closed_again", f"the deal was {before} and not reopened"))]
    return []
