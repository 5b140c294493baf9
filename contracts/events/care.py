"""The care family: what we do for a customer beyond a sale, and what the customer thinks of us."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.events.activity import Channel, Plan
from contracts.events.event import Event
from contracts.rules.refusals import fault
from contracts.types.identifiers import ContactId, DealId, LongText, ShortText


class CareGiven(Event, type="daybook.care_given.v1", family="care", subjects="account"):
    """We did something for the customer beyond a sale. Sent by service and the CRM."""

    kind: Literal["return_visit", "holiday", "birthday", "gift", "training", "service", "reward", "other"]
    """Kind of care."""
    contact_id: ContactId | None = None
    """The person for whom."""
    channel: Channel | None = None
    """Way by which, where it went by message or telephone."""
    deal_id: DealId | None = None
    """The deal that it follows."""
    plan: Plan | None = None
    """The planned activity that this carries out."""
    note: LongText | None = None
    """More about it."""


class FeedbackGiven(Event, type="daybook.feedback_given.v1", family="care", subjects="account"):
    """The customer said how content it is, objected, complained or praised. Sent by service."""

    kind: Literal["satisfaction", "objection", "complaint", "praise"]
    """Kind of feedback."""
    score: Annotated[int, Field(ge=0, le=10)] | None = None
    """Satisfaction from 0 to 10, 10 being best; given with kind satisfaction, and with no other."""
    case: ShortText | None = None
    """Number of the objection or complaint; later events about it name it."""
    resolved: bool | None = None
    """Flag: the case is settled; true closes it."""
    contact_id: ContactId | None = None
    """Person who said it."""
    deal_id: DealId | None = None
    """The deal that it is about."""
    text: LongText | None = None
    """Words that were exchanged."""

    @model_validator(mode="after")
    def _score_of_satisfaction(self) -> Self:
        if self.kind == "satisfaction" and self.score is None:
            raise fault((("score",), "is missing: kind satisfaction has a score from 0 to 10"))
        if self.kind != "satisfaction" and self.score is not None:
            raise fault((("score",), f"is for kind satisfaction only, not for {self.kind}"))
        return self
