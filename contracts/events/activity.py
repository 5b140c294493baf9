"""The activity family: what the salesperson and the customer did together."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.events.event import Event
from contracts.events.evidence import EventReference
from contracts.rules.refusals import fault
from contracts.types.identifiers import (
    AccountId,
    ContactId,
    DocumentNumber,
    LongText,
    Person,
    ShortText,
    SubjectKind,
)
from contracts.types.money import Amount, Currency, Monetary, PositiveAmount
from contracts.types.times import CalendarDay, Instant

Seconds = Annotated[int, Field(ge=0, le=604_800)]
ABOUT: frozenset[SubjectKind] = frozenset({"deal", "account"})
"""Subjects of an activity: a deal, or a customer with whom there is no deal."""
Plan = ShortText
"""The planned activity that an event carries out, as `activity_planned` names it; unique within its subject."""
Channel = Literal["email", "sms", "wechat", "social", "letter", "web", "phone", "other"]
"""Way by which people exchange messages."""


class AppointmentMade(Event, type="daybook.appointment_made.v1", family="activity", subjects=ABOUT):
    """The customer agreed to a meeting at a time and place."""

    contact_id: ContactId | None = None
    """Who agreed."""
    scheduled_at: Instant
    """When the meeting is to begin, with offset."""
    place: ShortText | None = None
    """Where."""
    topic: ShortText | None = None
    """About what."""
    plan: Plan | None = None
    """The planned activity that this carries out."""
    attendees: tuple[ShortText, ...] = Field(default=(), max_length=50)
    """People who are to take part, ours and the customer's, by name or position."""


class CallMade(Event, type="daybook.call_made.v1", family="activity", subjects=ABOUT):
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
    plan: Plan | None = None
    """The planned activity that this carries out."""
    steps: tuple[Literal["rapport", "pain", "appointment"], ...] = Field(default=(), max_length=3)
    """Steps of the call that succeeded: common ground found, the pain touched, a meeting agreed (seed 004)."""


class VisitDone(Event, type="daybook.visit_done.v1", family="activity", subjects=ABOUT):
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
    plan: Plan | None = None
    """The planned activity that this carries out."""


class DemoHeld(Event, type="daybook.demo_held.v1", family="activity", subjects=ABOUT):
    """The solution was shown to the customer."""

    audience: tuple[Literal["users", "technical", "management", "procurement"], ...] = Field(default=(), max_length=4)
    """Which of the customer's departments saw it."""
    place: ShortText | None = None
    """Where."""
    note: LongText | None = None
    """How it was received."""
    plan: Plan | None = None
    """The planned activity that this carries out."""


class ProposalSubmitted(Event, Monetary, type="daybook.proposal_submitted.v1", family="activity", subjects=ABOUT):
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
    plan: Plan | None = None
    """The planned activity that this carries out."""


class MessageExchanged(Event, type="daybook.message_exchanged.v1", family="activity", subjects=ABOUT):
    """A message to or from the customer was sent, or something became of it. Sent by marketing and the CRM.

    One event for each thing that happens to a message; all of them name it.
    """

    message: ShortText
    """Id of the message in the sending system."""
    channel: Channel
    """Way by which it went."""
    direction: Literal["outbound", "inbound"] | None = None
    """Direction, seen from us."""
    kind: Literal["sent", "received", "opened", "clicked", "replied", "bounced", "unsubscribed", "viewed"]
    """Fate of the message."""
    contact_id: ContactId | None = None
    """The customer's person."""
    campaign: ShortText | None = None
    """The campaign that it belongs to."""
    page: ShortText | None = None
    """The page that was viewed, or that the link led to."""
    plan: Plan | None = None
    """The planned activity that this carries out."""


class ActivityPlanned(Event, type="daybook.activity_planned.v1", family="activity", subjects=ABOUT):
    """An activity is to be done by a day. Sent by the CRM. The activity itself names the plan when it is done."""

    plan: Plan
    """Name of the plan, unique within the deal or account."""
    kind: Literal["call", "visit", "demo", "message", "proposal", "return_visit", "collection", "care", "other"]
    """Kind of activity."""
    due_on: CalendarDay
    """The last day on which it is in time."""
    owner: Person | None = None
    """Our person who is to do it."""
    contact_id: ContactId | None = None
    """The customer's person with whom it is to be done."""
    agenda: LongText | None = None
    """Subjects to speak about."""


class QuoteSubmitted(Event, Monetary, type="daybook.quote_submitted.v1", family="activity", subjects="deal"):
    """A price was offered to the customer, apart from a proposal. Sent by the CRM."""

    quote: ShortText
    """Number of the quote."""
    amount: PositiveAmount
    """Price offered, in units of `currency`."""
    currency: Currency
    """ISO 4217 currency of `amount`."""
    valid_until: CalendarDay | None = None
    """Last day on which the offer stands."""
    incentives: tuple[Literal["discount", "gift", "limited_offer", "bundle", "other"], ...] = Field(
        default=(), max_length=5
    )
    """Incentives that are to ease the decision."""
    payment_options: tuple[Literal["single", "instalments", "online", "bill", "other"], ...] = Field(
        default=(), max_length=5
    )
    """Ways of payment among which the customer may choose."""
    plan: Plan | None = None
    """The planned activity that this carries out."""


class ActivityCancelled(Event, type="daybook.activity_cancelled.v1", family="activity", subjects=ABOUT):
    """A planned activity or an appointment will not take place. Sent by the CRM."""

    plan: Plan | None = None
    """The plan that is cancelled."""
    target: EventReference | None = None
    """The `appointment_made` that is cancelled."""
    reason: LongText | None = None
    """Reason."""

    @model_validator(mode="after")
    def _plan_or_target(self) -> Self:
        if (self.plan is None) == (self.target is None):
            raise fault((("plan",), "give either plan or target, one of the two"))
        return self
