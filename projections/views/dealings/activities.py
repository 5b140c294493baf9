"""Activities: the row of each, the appointments that visits use up, and the plans that they carry out."""

from typing import assert_never

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
from contracts.types.references import reference_key
from projections.replay.entry import FOREVER, Entry
from projections.replay.view import RowKey
from projections.views.dealings.rows import ActivityRow, AppointmentRow, PlanRow
from projections.views.dealings.state import Dealings, Plan

Activity = CallMade | VisitDone | ProposalSubmitted | DemoHeld | AppointmentMade | MessageExchanged | QuoteSubmitted
"""Activities that we and the customer took part in."""


def take_activity(deal: Dealings, event: Activity, entry: Entry[Event]) -> list[RowKey]:
    """Show an activity; it carries out the plan that it names."""
    at, sequence = entry.occurred_at, entry.sequence
    said = entry.actor, entry.department, deal.owner
    touched: list[RowKey] = []
    match event:
        case CallMade():
            row = ActivityRow(
                deal.id,
                at,
                sequence,
                "call_made",
                *said,
                event.contact_id,
                direction=event.direction,
                outcome=event.outcome,
                plan=event.plan,
            )
        case VisitDone():
            booked = bool(deal.appointments)
            if booked:
                touched.append(deal.end_appointment(deal.appointments.popitem(last=False)[1], at))
            contact = event.contact_ids[0] if event.contact_ids else None
            row = ActivityRow(
                deal.id,
                at,
                sequence,
                "visit_done",
                *said,
                contact,
                purpose=event.purpose,
                plan=event.plan,
                booked=booked,
            )
        case ProposalSubmitted():
            row = ActivityRow(
                deal.id,
                at,
                sequence,
                "proposal_submitted",
                *said,
                None,
                plan=event.plan,
                proposal_kind=event.kind,
                amount=event.amount,
                currency=event.currency,
            )
        case DemoHeld():
            row = ActivityRow(deal.id, at, sequence, "demo_held", *said, None, plan=event.plan)
        case AppointmentMade():
            made = AppointmentRow(deal.id, at, FOREVER, event.scheduled_at, event.contact_id, event.topic, sequence)
            touched.append(deal.make_appointment(entry, made))
            row = ActivityRow(deal.id, at, sequence, "appointment_made", *said, event.contact_id, plan=event.plan)
        case MessageExchanged():
            row = ActivityRow(
                deal.id,
                at,
                sequence,
                "message_exchanged",
                *said,
                event.contact_id,
                event.channel,
                event.direction,
                plan=event.plan,
                message=event.message,
                message_kind=event.kind,
                campaign=event.campaign,
            )
        case QuoteSubmitted():
            row = ActivityRow(
                deal.id,
                at,
                sequence,
                "quote_submitted",
                *said,
                None,
                plan=event.plan,
                amount=event.amount,
                currency=event.currency,
            )
        case _:
            assert_never(event)
    touched += deal.show_activity(row)
    return touched if event.plan is None else touched + carry_out(deal, event.plan, entry)


def take_plan(deal: Dealings, event: ActivityPlanned, entry: Entry[Event]) -> list[RowKey]:
    """Show a plan. Planned anew it has new values and is open again, but one that is done stays as it is.

    An activity may name a plan before it was planned, by its time: then it is done from the beginning.
    """
    key = reference_key(event.plan)
    done_by = deal.carried_out.get(key)
    plan = deal.plans.get(key)
    if plan is not None and done_by is not None:
        return []
    shown = event.kind, event.due_on, event.owner, event.contact_id, event.agenda
    plan = deal.plans[key] = Plan(event.plan if plan is None else plan.name, shown)
    if done_by is None:
        return _show(deal, plan, entry, entry.sequence)
    plan.state = "done"
    return _show(deal, plan, entry, done_by)


def carry_out(deal: Dealings, name: str, entry: Entry[Event]) -> list[RowKey]:
    """Let the entry do a plan, if it is the first that names it, also of one that was cancelled."""
    key = reference_key(name)
    if key in deal.carried_out:
        return []
    deal.carried_out[key] = entry.sequence
    plan = deal.plans.get(key)
    if plan is None:
        return []
    plan.state = "done"
    return _show(deal, plan, entry, entry.sequence)


def cancel(deal: Dealings, event: ActivityCancelled, entry: Entry[Event]) -> list[RowKey]:
    """Cancel an open plan or appointment; of any other nothing is to be cancelled."""
    if event.target is not None:
        appointment = deal.appointments.pop((event.target.source, event.target.id), None)
        return [] if appointment is None else [deal.end_appointment(appointment, entry.occurred_at)]
    plan = None if event.plan is None else deal.plans.get(reference_key(event.plan))
    if plan is None or plan.state != "open":
        return []
    plan.state = "cancelled"
    return _show(deal, plan, entry, entry.sequence)


def _show(deal: Dealings, plan: Plan, entry: Entry[Event], by: int) -> list[RowKey]:
    """Show a plan from the entry's time on, in the state that entry `by` gave it."""
    return deal.show(PlanRow, (plan.name,), entry.occurred_at, (*plan.shown, plan.state, by))
