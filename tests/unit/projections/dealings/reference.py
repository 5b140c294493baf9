"""The rules of dealings once more, as slowly and plainly as they read: everything is worked out anew each time.

Nothing here is shared with the fold but the events and the shape of the rows.
"""

from collections.abc import Sequence
from typing import Any

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
from projections.replay.entry import FOREVER
from projections.replay.view import FlagRow, Row
from projections.views.dealings import (
    ActivityRow,
    AppointmentRow,
    CommitmentRow,
    DealContactRow,
    DealFileRow,
    DealRelationshipRow,
    NeedRow,
    PlanRow,
    PurchaseStageRow,
)

Entries = Sequence[Any]

ACTIVITIES = (
    AppointmentMade,
    CallMade,
    VisitDone,
    DemoHeld,
    MessageExchanged,
    ProposalSubmitted,
    QuoteSubmitted,
)


def standing(said: Entries) -> list[Row]:
    """The rows of deal D that stand once all this was said, with no end."""
    return [
        *file(said),
        *activities(said),
        *appointments(said),
        *plans(said),
        *commitments(said),
        *purchase_stage(said),
        *needs(said),
        *contacts(said),
        *relationships(said),
        *flags(said),
    ]


def of_type(said: Entries, *types: type[Any]) -> list[Any]:
    return [each for each in said if isinstance(each.event, types)]


def opening(said: Entries) -> Any:
    return next(iter(of_type(said, DealOpened)), None)


def owner(said: Entries) -> str | None:
    """The last owner named, by the first opening or a change of hands."""
    first = opening(said)
    named = [
        each.event.owner for each in of_type(said, DealOpened, DealReassigned) if each is first or not is_opening(each)
    ]
    return next((each for each in reversed(named) if each), None)


def is_opening(entry: Any) -> bool:
    return isinstance(entry.event, DealOpened)


def name(said: Entries) -> str | None:
    first = opening(said)
    named = [
        each.event.name for each in of_type(said, DealOpened, DealRevised) if each is first or not is_opening(each)
    ]
    return next((each for each in reversed(named) if each), None)


def file(said: Entries) -> list[DealFileRow]:
    first = opening(said)
    if first is None:
        return []
    begun = first
    for place, each in enumerate(said):
        renamed = isinstance(each.event, DealRevised) and name(said[:place]) != name(said[: place + 1])
        begun = each if renamed and each.order > first.order else begun
    event = first.event
    return [
        DealFileRow(
            "D",
            begun.occurred_at,
            FOREVER,
            name(said),
            first.occurred_at,
            event.source_channel,
            event.referral,
            event.tender_ref,
            event.partner_account_id,
            event.product,
            begun.sequence,
        )
    ]


def activities(said: Entries) -> list[ActivityRow]:
    return [activity(each, said[:place]) for place, each in enumerate(said) if isinstance(each.event, ACTIVITIES)]


def activity(entry: Any, before: Entries) -> ActivityRow:
    event = entry.event
    contact = getattr(event, "contact_id", None)
    if isinstance(event, VisitDone) and event.contact_ids:
        contact = event.contact_ids[0]
    return ActivityRow(
        "D",
        entry.occurred_at,
        entry.sequence,
        event.event_name(),
        entry.actor,
        entry.department,
        owner(before),
        contact,
        getattr(event, "channel", None),
        getattr(event, "direction", None),
        getattr(event, "purpose", None),
        getattr(event, "outcome", None),
        event.plan,
        bool(unused(before)) if isinstance(event, VisitDone) else None,
        getattr(event, "message", None),
        event.kind if isinstance(event, MessageExchanged) else None,
        getattr(event, "campaign", None),
        event.kind if isinstance(event, ProposalSubmitted) else None,
        getattr(event, "amount", None),
        getattr(event, "currency", None),
    )


def unused(said: Entries) -> list[Any]:
    """Appointments that were neither cancelled nor used up by a visit, which takes the earliest."""
    found: list[Any] = []
    for each in said:
        event = each.event
        if isinstance(event, VisitDone):
            found = found[1:]
        if isinstance(event, ActivityCancelled) and event.target is not None:
            found = [one for one in found if one.identity != (event.target.source, event.target.id)]
        if isinstance(event, AppointmentMade):
            found.append(each)
    return found


def appointments(said: Entries) -> list[AppointmentRow]:
    return [
        AppointmentRow(
            "D",
            each.occurred_at,
            FOREVER,
            each.event.scheduled_at,
            each.event.contact_id,
            each.event.topic,
            each.sequence,
        )
        for each in unused(said)
    ]


def plans(said: Entries) -> list[PlanRow]:
    keys = dict.fromkeys(reference_key(each.event.plan) for each in of_type(said, ActivityPlanned))
    return [plan(key, said) for key in keys]


def naming(key: str, said: Entries, *types: type[Any]) -> list[Any]:
    named = [each for each in of_type(said, *types) if each.event.plan is not None]
    return [each for each in named if reference_key(each.event.plan) == key]


def plan(key: str, said: Entries) -> PlanRow:
    """The state of a plan: done by the first that names it; else cancelled after it was planned last; else open."""
    planned = naming(key, said, ActivityPlanned)
    done = next(iter(naming(key, said, *ACTIVITIES, CareGiven, ReminderSent)), None)
    if done is not None:
        last = [each for each in planned if each.order < done.order][-1:] or planned[:1]
        return plan_row(planned, last[0], max(done, last[0], key=lambda each: each.order), "done", done)
    last = planned[-1:]
    cancelled = [each for each in naming(key, said, ActivityCancelled) if each.order > last[0].order]
    if cancelled:
        return plan_row(planned, last[0], cancelled[0], "cancelled", cancelled[0])
    return plan_row(planned, last[0], last[0], "open", last[0])


def plan_row(planned: Entries, last: Any, begun: Any, state: Any, by: Any) -> PlanRow:
    event = last.event
    shown = event.kind, event.due_on, event.owner, event.contact_id, event.agenda
    return PlanRow("D", planned[0].event.plan, begun.occurred_at, FOREVER, *shown, state, by.sequence)


def commitments(said: Entries) -> list[CommitmentRow]:
    return [
        commitment(each, said[:place], said[place + 1 :])
        for place, each in enumerate(said)
        if isinstance(each.event, CustomerCommitmentReceived)
    ]


def commitment(received: Any, before: Entries, after: Entries) -> CommitmentRow:
    """The state of a commitment: by what was said last of it; a withdrawal takes it only while it is open."""
    state: Any = "open"
    by = received
    for each in after:
        match each.event:
            case CommitmentFulfilled(target=target) | CommitmentBroken(target=target):
                said = "kept" if isinstance(each.event, CommitmentFulfilled) else "broken"
                if (target.source, target.id) == received.identity and state != said:
                    state, by = said, each
            case CommitmentWithdrawn(stage=stage) if stage == received.event.stage and state == "open":
                state, by = "withdrawn", each
    event = received.event
    shown = received.occurred_at, event.stage, event.contact_id, event.due_on, owner(before)
    return CommitmentRow("D", received.sequence, by.occurred_at, FOREVER, *shown, state, by.sequence)


def purchase_stage(said: Entries) -> list[PurchaseStageRow]:
    return [
        PurchaseStageRow(
            "D",
            each.occurred_at,
            FOREVER,
            each.event.number,
            each.event.confidence,
            each.event.contact_id,
            each.sequence,
        )
        for each in of_type(said, PurchaseStageObserved)[-1:]
    ]


def needs(said: Entries) -> list[NeedRow]:
    recorded = of_type(said, NeedRecorded)
    found: list[NeedRow] = []
    for key in dict.fromkeys(reference_key(each.event.need) for each in recorded):
        same = [each for each in recorded if reference_key(each.event.need) == key]
        last = same[-1]
        event = last.event
        found.append(
            NeedRow(
                "D",
                same[0].event.need,
                last.occurred_at,
                FOREVER,
                event.kind,
                event.budget,
                event.currency,
                event.needed_by,
                event.motive,
                event.priority,
                event.follow_on,
                event.contact_id,
                event.project_size,
                last.sequence,
            )
        )
    return found


def unplaced(said: Entries, event: type[Any]) -> list[Any]:
    """Entries on the deal itself that name no account."""
    return [each for each in of_type(said, event) if each.subject == "deal/D" and each.event.account_id is None]


def contacts(said: Entries) -> list[DealContactRow]:
    last = {each.event.contact_id: each for each in unplaced(said, ContactRecordedV2)}
    return [
        DealContactRow(
            "D",
            name,
            each.occurred_at,
            FOREVER,
            each.event.roles,
            each.event.position,
            each.event.department,
            each.event.reports_to,
            each.event.preferred_channel,
            each.event.style,
            None if each.event.personal is None else each.event.personal.birthday,
            each.sequence,
        )
        for name, each in last.items()
    ]


def relationships(said: Entries) -> list[DealRelationshipRow]:
    judged = unplaced(said, RelationshipAssessed)
    last = {(each.event.contact_id, each.event.level, each.event.content): each for each in judged}
    return [
        DealRelationshipRow(
            "D",
            *cell,
            each.occurred_at,
            FOREVER,
            each.event.reached,
            each.event.decision,
            each.event.influence,
            each.event.motivation,
            each.event.stance,
            each.sequence,
        )
        for cell, each in last.items()
    ]


def flags(said: Entries) -> list[FlagRow]:
    found: list[FlagRow] = []
    for place, each in enumerate(said):
        if isinstance(each.event, CommitmentFulfilled | CommitmentBroken):
            named = each.event.target.source, each.event.target.id
            if named not in [one.identity for one in of_type(said[:place], CustomerCommitmentReceived)]:
                detail = f"the deal has received no commitment {'/'.join(named)} at that time"
                at = each.occurred_at
                found.append(FlagRow("deal/D", "dealings", "unknown_commitment", each.sequence, detail, at, FOREVER))
    return found
