"""The fold: which rule each event follows. Total; its cost does not grow with what is known of the account."""

from collections.abc import Hashable, Iterable, Sequence
from typing import assert_never

from contracts.events.activity import (
    ActivityCancelled,
    ActivityPlanned,
    AppointmentMade,
    CallMade,
    DemoHeld,
    MessageExchanged,
    ProposalSubmitted,
    VisitDone,
)
from contracts.events.care import CareGiven, FeedbackGiven
from contracts.events.customer import (
    AccountGraded,
    AccountMerged,
    AccountPlanSet,
    AccountProfiled,
    AccountRegistered,
    ContactRecordedV2,
    ReferralReceived,
    RelationshipAssessed,
)
from contracts.events.receivables import ReminderSent
from contracts.types.references import reference_key, spelled_out
from projections.replay.entry import Entry
from projections.replay.playbooks import Playbooks
from projections.replay.view import Row, RowKey
from projections.views.customer import facts, people, todos, touches
from projections.views.customer.rows import (
    AccountPlanRow,
    AliasRow,
    ContactRow,
    FactRow,
    GradeRow,
    ReferralRow,
    RelationshipRow,
)
from projections.views.customer.state import Account
from projections.views.customer.step import Step

Handled = (
    AccountRegistered
    | AccountProfiled
    | AccountGraded
    | AccountMerged
    | AccountPlanSet
    | ContactRecordedV2
    | RelationshipAssessed
    | ReferralReceived
    | AppointmentMade
    | CallMade
    | VisitDone
    | DemoHeld
    | ProposalSubmitted
    | MessageExchanged
    | CareGiven
    | FeedbackGiven
    | ActivityPlanned
    | ActivityCancelled
    | ReminderSent
)


def evolve(account: Account, entry: Entry[Handled], _playbooks: Playbooks) -> Iterable[RowKey]:
    """The next entry in effective order. It is about this account, or about a deal or account that names this one."""
    step = Step(account, entry)
    event = entry.event
    match event:
        case (
            AppointmentMade()
            | CallMade()
            | VisitDone()
            | DemoHeld()
            | ProposalSubmitted()
            | MessageExchanged()
            | CareGiven()
        ):
            touches.touch(step, event)
            _carry_out(step, event.plan)
        case FeedbackGiven():
            touches.touch(step, event)
            touches.case(step, event)
        case ReminderSent():
            _carry_out(step, event.plan)
        case ActivityPlanned():
            todos.plan(step, event)
        case ActivityCancelled():
            todos.cancel(step, event)
        case AccountRegistered() | AccountProfiled():
            for name in facts.given(event):
                step.show(FactRow, (name,), *facts.told(event, name))
        case AccountGraded():
            step.show(GradeRow, (), event.grade, event.potential, event.standing, event.strategic, event.method)
        case AccountMerged():
            _merge(step, event)
        case AccountPlanSet():
            words = event.status, event.potential, event.strategy, event.resources
            step.show(AccountPlanRow, (event.period,), event.plan, *words, event.owner)
        case ContactRecordedV2():
            step.show(ContactRow, (event.contact_id,), *people.recorded(event), step.deal)
        case RelationshipAssessed():
            step.show(RelationshipRow, people.cell(event), *people.judged(event), step.deal)
        case ReferralReceived():
            _refer(step, event)
        case _:
            assert_never(event)
    return step.touched


def _carry_out(step: Step, plan: str | None) -> None:
    """A plan has its name within its subject: a deal's visit carries out a plan of the deal."""
    if plan is not None and step.about_the_account:
        todos.carry_out(step, plan)


def _merge(step: Step, event: AccountMerged) -> None:
    """The account goes on under another one. The other one is told as well, and has nothing to show for it."""
    if not step.about_the_account:
        return
    if event.into_account_id == step.account.id:
        step.flag("merged_into_itself", f"{event.into_account_id} is this account: no effect")
    else:
        step.show(AliasRow, (), event.into_account_id)


def _refer(step: Step, event: ReferralReceived) -> None:
    """Of several referrals of one name, the first counts."""
    account, key = step.account, reference_key(event.referral)
    if key in account.referrals:
        step.flag("referral_twice", f"the account has a referral {spelled_out(event.referral)} already: no effect")
        return
    account.referrals.add(key)
    step.happened(
        ReferralRow(account.id, step.at, event.referral, event.referred_name, event.contact_id, step.entry.sequence)
    )


def row(account: Account, key: RowKey) -> Row | None:
    """Row with this key, None where there is none."""
    return account.rows.get(key)


def partition_keys(entry: Entry[Handled]) -> Sequence[Hashable]:
    """The things that an entry is about. Nothing else ties two entries to each other."""
    event = entry.event
    match event:
        case AccountRegistered() | AccountProfiled():
            found = [("fact", name) for name in facts.given(event)]
            return found or _apart(entry)
        case AccountGraded():
            return ("grade",)
        case AccountMerged():
            return ("alias",)
        case AccountPlanSet():
            return (("account_plan", event.period),)
        case ContactRecordedV2():
            return (("contact", event.contact_id),)
        case RelationshipAssessed():
            return (("relationship", *people.cell(event)),)
        case ReferralReceived():
            return (("referral", reference_key(event.referral)),)
        case FeedbackGiven():
            return _apart(entry) if event.case is None else (("case", reference_key(event.case)),)
    return _apart(entry) if event.plan is None else (("plan", reference_key(event.plan)),)


def _apart(entry: Entry[Handled]) -> Sequence[Hashable]:
    """Key of an entry that has nothing to do with others."""
    return (entry.sequence,)
