"""The activity family: what the salesperson and the customer did together."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events.event import Event
from contracts.types.identifiers import AccountId, ContactId, DocumentNumber, LongText, ShortText
from contracts.types.money import Amount, Currency, Monetary
from contracts.types.times import CalendarDay, Instant

Seconds = Annotated[int, Field(ge=0, le=604_800)]


class AppointmentMade(Event, type="daybook.appointment_made.v1", family="activity", subjects="deal"):
    """The customer agreed to a meeting at a time and place."""

    contact_id: ContactId | None = None
    """Who agreed."""
    scheduled_at: Instant
    """When the meeting is to begin, with offset."""
    place: ShortText | None = None
    """Where."""
    topic: ShortText | None = None
    """About what."""


class CallMade(Event, type="daybook.call_made.v1", family="activity", subjects="deal"):
    """A salesperson and a contact spoke, or tried to speak, by telephone."""

    contact_id: ContactId | None = None
    """The person called or calling."""
    direction: Literal["outbound", "inbound"] = "outbound"
    """Who called whom, seen from us."""
    duration_s: Seconds | None = None
    """Length of the call in seconds."""
    outcome: Literal["interested", "callback", "not_interested", "no_answer", "other"] = "other"
    """How it ended."""
    note: LongText | None = None
    """What was said."""


class VisitDone(Event, type="daybook.visit_done.v1", family="activity", subjects="deal"):
    """A visit to the customer took place."""

    purpose: Literal["introduction", "survey", "presentation", "negotiation", "care", "collection", "other"]
    """What the visit was for."""
    contact_ids: tuple[ContactId, ...] = Field(default=(), max_length=50)
    """The customer's people who took part."""
    account_id: AccountId | None = None
    """The customer visited."""
    place: ShortText | None = None
    """Where."""
    duration_s: Seconds | None = None
    """Length of the visit in seconds."""
    note: LongText | None = None
    """What came of it."""


class DemoHeld(Event, type="daybook.demo_held.v1", family="activity", subjects="deal"):
    """The solution was shown to the customer."""

    audience: tuple[Literal["users", "technical", "management", "procurement"], ...] = Field(default=(), max_length=4)
    """Which of the customer's departments saw it."""
    place: ShortText | None = None
    """Where."""
    note: LongText | None = None
    """How it was received."""


class ProposalSubmitted(Event, Monetary, type="daybook.proposal_submitted.v1", family="activity", subjects="deal"):
    """A proposal was handed to the customer."""

    kind: Literal["preliminary", "formal", "bid"]
    """How binding it is."""
    document: DocumentNumber | None = None
    """Number of the document."""
    receipt: ShortText | None = None
    """What proves that the customer has it: a signature, a mail, a courier's number."""
    amount: Amount | None = None
    """Price offered, in units of `currency`."""
    currency: Currency | None = None
    """ISO 4217 currency of `amount`."""
    valid_until: CalendarDay | None = None
    """Last day on which the offer stands."""
