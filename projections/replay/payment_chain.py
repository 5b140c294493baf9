"""Accounts that the cash of one payment went to, and the payment's own documents, which concern all of them.

A transfer ties the account that it leaves to the account that it reaches, for one reference. Receipts, transfers and
reversals of that reference on either concern both, and all that further transfers tie to them: what a transfer moves
depends on them (`projections/views/receivables/cash.py`). A correction or void of such a document does as its target
does, and as its replacement would.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.cloudevents.envelope import CloudEvent
from contracts.events import EVENTS
from contracts.events.correction import EventCorrected, EventVoided
from contracts.events.receivables import PaymentReceived, PaymentReversed, PaymentTransferred
from contracts.types.identifiers import split_subject
from contracts.types.references import number_key
from projections.replay.entry import JournalEntry

CASH = (PaymentReceived, PaymentReversed, PaymentTransferred)
"""A payment's own documents."""
_CASH_TYPES = frozenset(each.type for each in EVENTS if each.event_name() in {cls.event_name() for cls in CASH})


class Link(NamedTuple):
    """A document of a payment on an account. A row of ledger.payment_link: these are its columns, in order."""

    reference: str
    """Key of the payment's reference, and of its series behind a line end."""
    account: str
    """Id of the account."""
    sequence: int
    """The document's entry, or a correction or void of it."""
    since: int
    """Sequence of the entry by which it is known that this entry has to do with the payment; never lower."""
    into: str | None
    """For a transfer: id of the account that it reaches."""


class Tie(NamedTuple):
    """An entry that concerns an account through a payment."""

    account: str
    sequence: int
    since: int
    """Sequence of the entry that tied them; never lower than `sequence`."""


def links(said: CloudEvent, sequence: int) -> list[Link]:
    """Links that an entry makes by what it says itself, as its newest version tells it: none for most."""
    event = said.event
    if event.family not in ("receivables", "correction"):
        return []
    if isinstance(event, EventCorrected):
        if event.target_type not in _CASH_TYPES:
            return []
        event = EVENTS.read_entry(event.target_type, event.replacement.data)
    event = EVENTS.newest(event)
    if not isinstance(event, CASH):
        return []
    account = split_subject(said.subject)[1]
    into = event.to_account_id if isinstance(event, PaymentTransferred) else None
    return [
        Link(number_key(event.payment, event.series), account, sequence, sequence, into if into != account else None)
    ]


def of_family(target: int, family: Sequence[JournalEntry]) -> list[Link]:
    """Links of an event (its sequence is `target`) and of all its corrections and voids.

    They are read together, so whom one of them concerns all do. A
    link that one has from another ties nothing by itself.
    Before the event is recorded a correction of it changes nothing.
    """
    own = [link for each in family for link in links(each.cloud_event, each.sequence)]
    if not any(isinstance(each.cloud_event.event, CASH) for each in family):
        return own
    shared = [
        link._replace(sequence=each.sequence, since=max(link.since, target, each.sequence), into=None)
        for each in family
        for link in own
        if link.sequence != each.sequence
    ]
    return first_known([*own, *shared])


def of_entries(recorded: Sequence[JournalEntry]) -> list[Link]:
    """Links among entries, in whatever order they came: those that the recorder must have noted of them."""
    originals = {each.cloud_event.identity: each for each in recorded}
    families: defaultdict[int, list[JournalEntry]] = defaultdict(list)
    for each in recorded:
        event = each.cloud_event.event
        target: JournalEntry | None = each
        if isinstance(event, EventCorrected | EventVoided):
            target = originals.get((event.target.source, event.target.id))
        families[each.sequence if target is None else target.sequence].append(each)
    return [link for target, family in families.items() for link in of_family(target, family)]


def first_known(found: Iterable[Link]) -> list[Link]:
    """One link for each payment, account and entry: the one that was known first."""
    first: dict[tuple[str, str, int], Link] = {}
    for each in sorted(found, key=lambda link: (link.since, link.into is None)):
        first.setdefault(each[:3], each)
    return list(first.values())


def ties(found: Iterable[Link]) -> list[Tie]:
    """Ties among all links of one reference: each entry with each account that its payment reaches.

    An entry's own account, and that which its own content names, are among them; `since` is then its sequence.
    """
    group: dict[str, str] = {}  # account to the representative of all that it is tied to
    members: defaultdict[str, list[str]] = defaultdict(list)
    entries: defaultdict[str, list[int]] = defaultdict(list)
    told: dict[tuple[str, int], int] = {}

    def representative(account: str) -> str:
        if account not in group:
            group[account] = account
            members[account] = [account]
        return group[account]

    def tell(account: str, sequence: int, since: int) -> None:
        told.setdefault((account, sequence), since)

    for link in sorted(found, key=lambda each: (each.since, each.sequence)):
        one = representative(link.account)
        if link.into is not None and (other := representative(link.into)) != one:
            for account in members[one]:
                for sequence in entries[other]:
                    tell(account, sequence, link.since)
            for account in members[other]:
                for sequence in entries[one]:
                    tell(account, sequence, link.since)
            for account in members[other]:
                group[account] = one
            members[one] += members.pop(other)
            entries[one] += entries.pop(other, [])
        for account in members[one]:
            tell(account, link.sequence, link.since)
        entries[one].append(link.sequence)
    return [Tie(account, sequence, since) for (account, sequence), since in told.items()]
