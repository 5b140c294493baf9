"""The customer family: who the customer is and who its people are."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.events.activity import Channel
from contracts.events.event import Data, Event
from contracts.types.identifiers import AccountId, ContactId, DealId, LongText, Person, ShortText, SubjectKind
from contracts.types.money import Currency, Monetary, PositiveAmount
from contracts.types.times import CalendarDay, Period

BuyerKind = Literal["public", "large_enterprise", "sme", "individual"]
"""Kind of buyer, which decides by when the law has it pay (Order 802)."""
_Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Lines = Annotated[tuple[ShortText, ...], Field(max_length=50)]
_Grade = Annotated[int, Field(ge=1, le=5)]
_Weight = Annotated[int, Field(ge=0, le=3)]
_DEAL_OR_ACCOUNT: frozenset[SubjectKind] = frozenset({"deal", "account"})


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
    employees: _Count | None = None
    """How many people it employs."""
    parent: ShortText | None = None
    """The company it belongs to."""
    note: LongText | None = None
    """More about it."""


Role = Literal["handler", "decision_maker", "influencer", "user"]
"""Part that a person plays in a purchase: 经手人, 决策者, 影响者, 用户 (seed 002)."""


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


class ContactRecorded(Event, type="daybook.contact_recorded.v1", family="customer", subjects=_DEAL_OR_ACCOUNT):
    """A person at the customer is known, with the one role that the person plays for us. Version 2 has several."""

    contact_id: ContactId
    """The person."""
    role: Role
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

    def upcast(self) -> "ContactRecordedV2":
        """The role becomes the only one of the list."""
        return self.as_newer(ContactRecordedV2, roles=(self.role,))


class ContactRecordedV2(Event, type="daybook.contact_recorded.v2", family="customer", subjects=_DEAL_OR_ACCOUNT):
    """A person at the customer is known, with the roles that the person plays for us. Sent by the CRM.

    The latest record of a person counts, whole.
    """

    renamed: ClassVar[Mapping[str, str]] = {"role": "roles"}

    contact_id: ContactId
    """The person."""
    roles: tuple[Role, ...] = Field(min_length=1, max_length=4)
    """All parts that the person plays: 经手人, 决策者, 影响者, 用户 (seed 002)."""
    account_id: AccountId | None = None
    """The customer that the person works for."""
    deal_id: DealId | None = None
    """The deal for which the roles hold."""
    position: ShortText | None = None
    """Job title."""
    duties: LongText | None = None
    """Duties of the person there."""
    personal: Personal | None = None
    """Personal facts."""
    department: ShortText | None = None
    """The customer's department in which the person works."""
    reports_to: ContactId | None = None
    """The person's superior, also a contact."""
    preferred_channel: Channel | None = None
    """Way by which the person likes to be reached."""
    style: ShortText | None = None
    """Manner in which the person likes to be dealt with."""


class AccountPlanSet(Event, type="daybook.account_plan_set.v1", family="customer", subjects="account"):
    """The plan for a key account was made or made anew. Sent by the CRM. The newest of a period counts."""

    plan: ShortText
    """Name of the plan, as the CRM knows it."""
    period: Period
    """Year, quarter or month that it is for: `2026`, `2026-Q1`, `2026-03`."""
    status: LongText | None = None
    """现状: how we stand with the customer."""
    potential: LongText | None = None
    """潜力: what could be sold."""
    strategy: LongText | None = None
    """策略: how it is to be won."""
    resources: LongText | None = None
    """资源: what that takes of people and means."""
    owner: Person | None = None
    """The key-account manager."""


class AccountProfiled(Event, type="daybook.account_profiled.v1", family="customer", subjects="account"):
    """Facts about the customer are known. Sent by the CRM and marketing.

    What is given replaces what was known of it, from this event's time on; what is left out stays.
    """

    industry: ShortText | None = None
    """The industry it works in."""
    industry_phase: Literal["new", "growing", "mature", "declining"] | None = None
    """Stage of development of that industry."""
    competitors: _Lines | None = None
    """All its competitors that we know; an empty list means none."""
    suppliers: _Lines | None = None
    """All its suppliers of what we offer that we know; an empty list means none."""
    scope: Literal["local", "regional", "national", "multinational"] | None = None
    """Reach of its business."""
    branches: _Count | None = None
    """Number of its branches."""
    employees: _Count | None = None
    """Number of people whom it employs."""
    size_class: Literal["micro", "small", "medium", "large"] | None = None
    """Its size by the official classification of enterprises."""
    standing: Literal["leader", "major", "follower", "niche"] | None = None
    """Its place in its industry."""
    life_phase: Literal["startup", "growth", "maturity", "decline"] | None = None
    """Stage of development of the company itself."""
    profitability: Literal["loss", "break_even", "profitable", "strong"] | None = None
    """Profitability, as far as we know."""
    investment: Literal["expanding", "stable", "shrinking"] | None = None
    """Tendency of its investment."""
    credit: Literal["a", "b", "c", "d"] | None = None
    """Standing as a payer, a being best."""
    goals: LongText | None = None
    """Aims of the company."""
    urgent_problem: LongText | None = None
    """Problem that presses it most."""
    organisation: LongText | None = None
    """Organisation, and the people who decide."""
    region: ShortText | None = None
    """Region in which it is."""
    intent: Literal["high", "medium", "low"] | None = None
    """Strength of its wish to buy."""
    buyer_kind: BuyerKind | None = None
    """Kind of buyer by law."""
    gov_level: Literal["central", "provincial", "municipal", "county", "township"] | None = None
    """Level of government, for a public buyer."""
    policy_focus: LongText | None = None
    """Policies that it follows."""
    purchase_plan: LongText | None = None
    """Purchases that it plans, with their time."""
    preferences: LongText | None = None
    """Preferences in being served."""
    info_source: (
        Literal[
            "website",
            "association",
            "convention",
            "agency",
            "research_center",
            "press",
            "annual_report",
            "customer",
            "other",
        ]
        | None
    ) = None
    """Source of the facts."""
    deal_id: DealId | None = None
    """The deal for which they were gathered."""


class AccountGraded(Event, type="daybook.account_graded.v1", family="customer", subjects="account"):
    """The customer was graded by its importance to us (ABCD). Sent by the CRM."""

    grade: Literal["A", "B", "C", "D"]
    """The grade, A being the most important."""
    potential: _Grade
    """Potential of its purchases, 1 to 5."""
    standing: _Grade
    """Its standing in its industry (行业地位), 1 to 5."""
    strategic: _Grade
    """Strategic value beyond its purchases, 1 to 5."""
    method: ShortText
    """The rule by which it was graded, and its version."""
    reason: LongText | None = None
    """Reason, where the grade is not the one that the rule suggests."""


class AccountMerged(Event, type="daybook.account_merged.v1", family="customer", subjects="account"):
    """The account was one customer with another one, and goes on under that. Sent by sales operations.

    Receivables stay on the account on which they were booked; `payment_transferred` moves cash.
    """

    into_account_id: AccountId
    """The account that goes on."""
    reason: LongText
    """Reason."""
    approver: Person
    """Person of ours who agreed."""


class RelationshipAssessed(
    Event, type="daybook.relationship_assessed.v1", family="customer", subjects=_DEAL_OR_ACCOUNT
):
    """One cell of the relationship with a contact was judged: a level, by a content. Sent by the CRM.

    The latest judgement of a contact's cell counts.
    """

    contact_id: ContactId
    """The person."""
    level: Literal["enterprise_need", "personal_need", "personal_bond"]
    """Depth of the relationship: the company's needs, the person's needs, a personal bond (seed 004)."""
    content: Literal["product", "company"]
    """Content of the relationship: our product, or our company."""
    reached: bool
    """Flag: this cell is reached."""
    decision: _Weight | None = None
    """决策: the person's weight in the decision, 0 to 3."""
    influence: _Weight | None = None
    """影响: the person's weight with others, 0 to 3."""
    motivation: Literal["organisational", "personal", "both"] | None = None
    """激励: what moves the person."""
    stance: Literal["supporter", "neutral", "opponent"] | None = None
    """Attitude of the person to us."""
    account_id: AccountId | None = None
    """The customer that the person works for."""
    deal_id: DealId | None = None
    """The deal for which it was judged."""


class NeedRecorded(Event, Monetary, type="daybook.need_recorded.v1", family="customer", subjects="deal"):
    """A need of the customer is known. Sent by the CRM. A later record of the same need replaces the earlier one."""

    need: ShortText
    """Name of the need, unique within the deal."""
    kind: Literal["explicit", "hidden"]
    """Kind of need: said by the customer, or found out by us."""
    pain: LongText | None = None
    """Trouble that the customer has."""
    since: LongText | None = None
    """Time since when, in the customer's words."""
    tried: LongText | None = None
    """Attempts of the customer so far."""
    expectation: LongText | None = None
    """Expectations of a solution."""
    budget: PositiveAmount | None = None
    """Amount that the customer may spend, in units of `currency`."""
    currency: Currency | None = None
    """ISO 4217 currency of `budget`."""
    needed_by: CalendarDay | None = None
    """The day by which the customer needs the solution."""
    motive: Literal["organisational", "personal"] | None = None
    """Owner of the need: the organisation or a person."""
    contact_id: ContactId | None = None
    """Person who told us."""
    project_size: ShortText | None = None
    """Size of the customer's project, in its own measure."""
    project_value: LongText | None = None
    """Value that the project brings the customer."""
    priority: Literal["high", "medium", "low"] | None = None
    """Importance of the project to the customer."""
    follow_on: bool = False
    """Flag: the need goes beyond this deal and is a reason for the next one."""


class PurchaseStageObserved(Event, type="daybook.purchase_stage_observed.v1", family="customer", subjects="deal"):
    """The customer was seen to stand at a stage of its own purchasing. Sent by the CRM."""

    number: Annotated[int, Field(ge=1, le=8)]
    """The purchasing stage, 1 to 8 as in the playbook `project` (seed 004)."""
    confidence: Literal["stated", "inferred"]
    """Certainty: the customer said so, or we conclude it."""
    contact_id: ContactId | None = None
    """Person who told us."""
    proof: ShortText | None = None
    """Proof."""


class ReferralReceived(Event, type="daybook.referral_received.v1", family="customer", subjects="account"):
    """The customer recommended us to somebody. Sent by the CRM."""

    referral: ShortText
    """Name of the referral, unique within the ledger; `deal_opened` names it."""
    referred_name: ShortText
    """Name of the person or company to whom we were recommended."""
    contact_id: ContactId | None = None
    """The person who recommended us."""
