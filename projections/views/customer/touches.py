"""Touches of an account, and the cases that feedback opens and closes."""

from typing import Any

from contracts.events.activity import (
    AppointmentMade,
    CallMade,
    DemoHeld,
    MessageExchanged,
    ProposalSubmitted,
    VisitDone,
)
from contracts.events.care import CareGiven, FeedbackGiven
from contracts.types.references import reference_key
from projections.views.customer.rows import CaseRow, TouchRow
from projections.views.customer.step import Step

Touch = (
    AppointmentMade | CallMade | VisitDone | DemoHeld | ProposalSubmitted | MessageExchanged | CareGiven | FeedbackGiven
)


def touch(step: Step, event: Touch) -> None:
    """Keep what happened between us and the account."""
    entry, said = step.entry, event.__dict__
    kind: Any = event.event_name()
    match event:
        case CareGiven():
            kind = "other_care" if event.kind == "other" else event.kind
        case FeedbackGiven():
            kind = event.kind
    message = isinstance(event, MessageExchanged)
    contact = said.get("contact_id")
    contacts = event.contact_ids if isinstance(event, VisitDone) else () if contact is None else (contact,)
    step.happened(
        TouchRow(
            step.account.id,
            step.at,
            entry.sequence,
            kind,
            contacts,
            said.get("channel"),
            step.deal,
            entry.actor,
            entry.department,
            said.get("score"),
            said.get("case"),
            said.get("resolved"),
            said.get("message"),
            said["kind"] if message else None,
            said.get("direction"),
            said.get("campaign"),
            said.get("purpose"),
            said.get("outcome"),
            said.get("plan"),
        )
    )


def case(step: Step, event: FeedbackGiven) -> None:
    """An objection or complaint opens its case, also again; feedback that says that the case is settled closes it.

    Feedback that says that it is not settled opens it again. Satisfaction or praise that says neither leaves the case
    as it is, and so does all of it before the first objection or complaint.
    """
    if event.case is None:
        return
    account, key = step.account, reference_key(event.case)
    name = account.case_names.get(key)
    shown = None if name is None else account.standing.get((CaseRow, (name,)))
    contested = event.kind in ("objection", "complaint")
    if shown is None:
        if not contested:
            return
        name = account.case_names[key] = event.case
    elif not contested and event.resolved is None:
        return
    kind = event.kind if shown is None or (contested and not event.resolved) else shown.said[0]
    step.show(CaseRow, (name,), kind, "closed" if event.resolved else "open")
