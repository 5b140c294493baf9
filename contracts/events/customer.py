"""The customer family: who the customer is and who its people are."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events.event import Data, Event
from contracts.types.identifiers import AccountId, ContactId, DealId, LongText, ShortText
from contracts.types.times import CalendarDay


class AccountRegistered(Event, type="daybook.account_registered.v1", family="customer", subjects="account"):
    """A customer, or possible customer, is known."""

    name: ShortText
    """Its name."""
    industry: ShortText | None = None
    """The industry it works in."""
    region: ShortText | None = None
    """Where it is."""
    founded_year: Annotated[int, Field(ge=1000, le=9999)] | None = None
    """Calendar year of its founding."""
    employees: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """How many people it employs."""
    parent: ShortText | None = None
    """The company it belongs to."""
    note: LongText | None = None
    """More about it."""


class Personal(Data):
    """Personal facts about a contact, kept in one block so that they can be found and limited."""

    name: ShortText | None = None
    """The person's name."""
    telephone: ShortText | None = None
    """A telephone number, as people write it."""
    email: ShortText | None = None
    """A mail address."""
    birthday: CalendarDay | None = None
    """Day of birth."""
    interests: LongText | None = None
    """What the person cares for."""
    character: LongText | None = None
    """What the person is like to deal with."""


class ContactRecorded(
    Event, type="daybook.contact_recorded.v1", family="customer", subjects=frozenset({"deal", "account"})
):
    """A person at the customer is known, with the role that the person plays for us."""

    contact_id: ContactId
    """The person."""
    role: Literal["handler", "decision_maker", "influencer", "user"]
    """经手人, 决策者, 影响者, 使用者 (seed 002)."""
    account_id: AccountId | None = None
    """The customer that the person works for."""
    deal_id: DealId | None = None
    """The deal for which the role holds."""
    position: ShortText | None = None
    """Job title."""
    duties: LongText | None = None
    """What the person is responsible for."""
    personal: Personal | None = None
    """Personal facts."""
