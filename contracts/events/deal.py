"""The deal family: where a sale begins, changes hands and ends."""

from typing import Literal

from contracts.events.event import Event
from contracts.types.identifiers import AccountId, LongText, Person, PlaybookKey, PlaybookVersion, ShortText
from contracts.types.money import Amount, Currency, Monetary
from contracts.types.times import CalendarDay

SourceChannel = Literal[
    "website",
    "association",
    "convention",
    "agency",
    "tender_site",
    "press",
    "market_research",
    "exhibition",
    "seminar",
    "network",
    "social_event",
    "social_media",
    "referral",
    "existing_customer",
    "outbound",
    "inbound",
    "partner",
    "other",
]


class DealOpened(Event, Monetary, type="daybook.deal_opened.v1", family="deal", subjects="deal"):
    """A sale begins. Its playbook decides which stages it goes through."""

    playbook: PlaybookKey
    """Key of the sales process."""
    playbook_version: PlaybookVersion | None = None
    """Version of the playbook; without it the highest published before this event counts."""
    name: ShortText | None = None
    """What people call the deal."""
    owner: Person | None = None
    """The salesperson who answers for it."""
    account_id: AccountId | None = None
    """The customer."""
    product: ShortText | None = None
    """What is being sold."""
    amount: Amount | None = None
    """Expected value, in units of `currency`."""
    currency: Currency | None = None
    """ISO 4217 currency of `amount`."""
    expected_close_on: CalendarDay | None = None
    """The day on which the deal is expected to be won."""
    source_channel: SourceChannel | None = None
    """Channel by which the opportunity was found."""
    tender_ref: ShortText | None = None
    """Number of the call for tenders or of the entry in a procurement plan."""
    referral: ShortText | None = None
    """The referral that led to the deal, as `referral_received` names it."""
    partner_account_id: AccountId | None = None
    """The channel partner through whom we sell."""


class DealReassigned(Event, type="daybook.deal_reassigned.v1", family="deal", subjects="deal"):
    """Another salesperson answers for the deal from now on."""

    owner: Person
    """The new owner."""
    reason: LongText | None = None
    """Why it changed hands."""


class DealRevised(Event, Monetary, type="daybook.deal_revised.v1", family="deal", subjects="deal"):
    """The deal's value, dates, name or playbook version changed; what is left out stays as it was."""

    name: ShortText | None = None
    """New name."""
    amount: Amount | None = None
    """New expected value, in units of `currency`."""
    currency: Currency | None = None
    """ISO 4217 currency of `amount`."""
    expected_close_on: CalendarDay | None = None
    """New expected day of winning."""
    playbook: PlaybookKey | None = None
    """Key of the playbook to move to; without it the deal's own."""
    playbook_version: PlaybookVersion | None = None
    """Version to move to: from this event's time all evidence is judged by it."""
    reason: LongText | None = None
    """Why it changed."""


class DealWon(Event, Monetary, type="daybook.deal_won.v1", family="deal", subjects="deal"):
    """The customer bought. The event's time is the close date."""

    amount: Amount | None = None
    """Final value, in units of `currency`; without it the last expected value stands."""
    currency: Currency | None = None
    """ISO 4217 currency of `amount`."""


class DealLost(Event, type="daybook.deal_lost.v1", family="deal", subjects="deal"):
    """The customer decided against us."""

    reason: LongText | None = None
    """Why, as far as we know."""
    competitor: ShortText | None = None
    """Who won instead."""
    reason_code: (
        Literal["price", "product", "relationship", "timing", "budget", "no_decision", "compliance", "other"] | None
    ) = None
    """The main reason, for statistics."""


class DealAbandoned(Event, type="daybook.deal_abandoned.v1", family="deal", subjects="deal"):
    """We stopped pursuing the deal ourselves."""

    reason: LongText | None = None
    """Why."""


class DealReopened(Event, type="daybook.deal_reopened.v1", family="deal", subjects="deal"):
    """A closed deal is open again."""

    reason: LongText | None = None
    """Why."""


class DealPutOnHold(Event, type="daybook.deal_put_on_hold.v1", family="deal", subjects="deal"):
    """The deal rests: it is neither worked on nor given up, until it is resumed or closed. Sent by the CRM."""

    reason: LongText
    """Reason for the rest."""
    reason_code: Literal["budget_frozen", "customer_request", "internal", "other"] | None = None
    """The main reason, for statistics."""
    until: CalendarDay | None = None
    """The day on which work is expected to go on; nothing happens by itself then."""


class DealResumed(Event, type="daybook.deal_resumed.v1", family="deal", subjects="deal"):
    """Work on a deal that was on hold goes on. Sent by the CRM."""

    reason: LongText | None = None
    """Reason for going on."""


class StageClaimed(Event, type="daybook.stage_claimed.v1", family="deal", subjects="deal"):
    """A foreign CRM says that the deal is at a stage: a claim, never evidence by itself."""

    stage: ShortText
    """The stage in the claiming system's words: the playbook's stage key, number, or a word of its `claimed_as`."""
