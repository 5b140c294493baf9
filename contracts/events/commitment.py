"""The commitment family: the customer's word to move on."""

from typing import Annotated

from pydantic import Field

from contracts.events.event import Event
from contracts.types.identifiers import ContactId, LongText, ShortText

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


class CommitmentWithdrawn(Event, type="daybook.commitment_withdrawn.v1", family="commitment", subjects="deal"):
    """The customer took a commitment back, from this event's time on."""

    stage: StageNumber
    """The stage whose commitment no longer holds."""
    reason: LongText | None = None
    """Why."""
