"""The commitment family: the customer's word to move on."""

from typing import Annotated

from pydantic import Field

from contracts.events.event import Event
from contracts.events.evidence import EventReference
from contracts.types.identifiers import ContactId, LongText, ShortText
from contracts.types.times import CalendarDay

StageNumber = Annotated[int, Field(ge=1, le=50)]
"""A stage's place in its playbook, from 1."""


class CustomerCommitmentReceived(
    Event, type="daybook.customer_commitment_received.v1", family="commitment", subjects="deal"
):
    """The customer committed to move on from a stage to the next (客户承诺, seed 004)."""

    stage: StageNumber
    """The stage that the commitment completes."""
    contact_id: ContactId | None = None
    """Who gave it."""
    commitment: LongText | None = None
    """What was promised."""
    proof: ShortText | None = None
    """What shows it."""
    due_on: CalendarDay | None = None
    """The last day on which the customer keeps it in time."""


class CommitmentWithdrawn(Event, type="daybook.commitment_withdrawn.v1", family="commitment", subjects="deal"):
    """The customer took a commitment back, from this event's time on."""

    stage: StageNumber
    """The stage whose commitment no longer holds."""
    reason: LongText | None = None
    """Why."""


class CommitmentFulfilled(Event, type="daybook.commitment_fulfilled.v1", family="commitment", subjects="deal"):
    """The customer kept a commitment. Sent by the CRM."""

    target: EventReference
    """The `customer_commitment_received` that was kept."""
    reason: LongText | None = None
    """Proof."""


class CommitmentBroken(Event, type="daybook.commitment_broken.v1", family="commitment", subjects="deal"):
    """The customer did not keep a commitment. Sent by the CRM. A risk: only `commitment_withdrawn` moves the deal."""

    target: EventReference
    """The `customer_commitment_received` that was not kept."""
    reason: LongText | None = None
    """Reason, as far as we know."""
