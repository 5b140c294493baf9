"""Documents that have a number already: what a receipt warns of when an event uses the number again.

The journal is asked beside the append (`look_ups.py`). What this process has acknowledged lately, and may not be
recorded yet, it remembers by itself.
"""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from contracts.cloudevents.envelope import CloudEvent
from contracts.events.correction import EventCorrected
from contracts.types.references import told_apart
from projections.replay.document_number import DocumentNumber, document_of, number_of, numbered
from projections.replay.entry import JournalEntry
from projections.replay.history import effective
from services.intake import admission
from services.intake.bounded_queries import BoundedQueries
from services.intake.journal import Identity
from services.intake.look_ups import LookUp, LookUps
from services.intake.responses import Receipt, Warned
from services.ledger.journal import Connection, recorded_of
from services.postgres.statements import queries

FIRST = 8
"""So many entries of one number are looked at, the first ones."""
MAX_CORRECTED = 100
"""So many documents of one query that were corrected or voided are looked at, each with its latest corrections; the
others count as if they had another number now."""
LATEST = 20
"""Corrections and voids of one document that are looked at."""

REMEMBERED_S = 10.0
"""Time for which a number is remembered after its receipt; recording mostly takes a few hundredths of a second."""
MAX_REMEMBERED = 20_000
"""Documents, the latest ones."""

_SQL = queries("services.intake", "document_numbers.sql")


class Holder(NamedTuple):
    """A document that is recorded under a number."""

    sequence: int
    source: str
    id: str

    @property
    def identity(self) -> Identity:
        """(source, id)."""
        return self.source, self.id


class Asked(NamedTuple):
    """A number that an event gives, and the document that it gives it to: itself, or what it corrects."""

    number: DocumentNumber
    document: Identity


Holders = Mapping[DocumentNumber, Collection[Holder]]
"""Documents by number."""


class Acknowledged:
    """Documents of the last receipts."""

    def __init__(self) -> None:
        self._by_document: OrderedDict[Identity, tuple[float, DocumentNumber, Holder]] = OrderedDict()
        self._by_number: defaultdict[DocumentNumber, set[Holder]] = defaultdict(set)

    def holders(self, number: DocumentNumber) -> Collection[Holder]:
        """Documents that have a number."""
        return self._by_number.get(number, ())

    def remember(self, number: DocumentNumber, holder: Holder) -> None:
        """A document has this number, and no other any more."""
        self.forget(holder.identity)
        self._by_document[holder.identity] = time.monotonic(), number, holder
        self._by_number[number].add(holder)
        oldest_s = time.monotonic() - REMEMBERED_S
        while self._by_document:
            document, (since_s, _, _) = next(iter(self._by_document.items()))
            if since_s >= oldest_s and len(self._by_document) <= MAX_REMEMBERED:
                return
            self.forget(document)

    def forget(self, document: Identity) -> None:
        """A document is voided or corrected, or too old."""
        _, number, holder = self._by_document.pop(document, (0.0, None, None))
        if number is not None and holder is not None:
            self._by_number[number].discard(holder)
            if not self._by_number[number]:
                del self._by_number[number]


class Numbers:
    """Looks up who has a number, and remembers whom this process has acknowledged lately."""

    def __init__(self, ask: BoundedQueries) -> None:
        self._look_ups: LookUps[Sequence[Asked], Holders] = LookUps(ask, _holders_of_all, {}, len)
        self.acknowledged = Acknowledged()

    def look_up(self, asked: Sequence[Asked]) -> LookUp[Sequence[Asked], Holders]:
        """Begin to look for the documents with these numbers, and perhaps others."""
        return self._look_ups.begin(asked)


class Reuse:
    """Looks, while the context is open, for documents that have the numbers of some events already."""

    def __init__(self, numbers: Numbers, events: admission.Indexed, own: str | None) -> None:
        """`own` is the source whose events alone may be named, None where others' may be as well."""
        self._numbers = numbers
        self._own = own
        self._events = events
        self._asked = {event.identity: asked for _, event in events if (asked := _asked(event)) is not None}
        self._looking: LookUp[Sequence[Asked], Holders] | None = None

    def __enter__(self) -> Self:
        if self._asked:
            self._looking = self._numbers.look_up(list(self._asked.values()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def told(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        """The receipts, in the order of the events, with what was found in time."""
        lately, targets = self._numbers.acknowledged, admission.targets(self._events)
        for target in targets:
            lately.forget(target)
        if self._looking is None:
            return receipts
        holders = await self._looking.found()
        known: dict[DocumentNumber, Collection[Holder]] = {}
        for own in self._asked.values():
            found = sorted((*holders.get(own.number, ()), *lately.holders(own.number)), reverse=True)
            known[own.number] = {each.identity: each for each in found}.values()
        told = warned(self._events, self._asked, receipts, known, self._own)
        for (_, event), receipt in zip(self._events, receipts, strict=True):
            asked = self._asked.get(event.identity)
            if asked is not None and not receipt.duplicate and event.identity not in targets:
                lately.remember(asked.number, Holder(receipt.sequence, *asked.document))
        return told


def warned(
    events: admission.Indexed,
    asked: Mapping[Identity, Asked],
    receipts: Sequence[Receipt],
    holders: Holders,
    own_source: str | None,
) -> Sequence[Receipt]:
    """Add a warning to receipts, in the order of the events, where a document taken before has the number.

    `holders` are in the journal, or were acknowledged lately. New documents of these events hold their numbers too,
    unless another of the events corrects or voids them.
    """
    if not any(holders.values()) and len({own.number for own in asked.values()}) == len(asked):
        return receipts
    held = defaultdict(set, {number: set(found) for number, found in holders.items()})
    targets = admission.targets(events)
    told = list(zip((event for _, event in events), receipts, strict=True))
    for event, receipt in told:
        own = asked.get(event.identity)
        if own is None or receipt.duplicate or own.document != event.identity or own.document in targets:
            continue
        held[own.number].add(Holder(receipt.sequence, *event.identity))
    first_two = {number: sorted(found)[:2] for number, found in held.items()}  # one of them is another document
    return [
        receipt if own is None else _warned(event, receipt, own, first_two.get(own.number, ()), own_source)
        for event, receipt in told
        for own in (asked.get(event.identity),)
    ]


def _warned(event: CloudEvent, receipt: Receipt, own: Asked, held: Sequence[Holder], own_source: str | None) -> Receipt:
    for earlier in held:
        if earlier.identity != own.document and earlier.sequence < receipt.sequence:
            named = own_source is None or earlier.source == own_source
            return receipt._replace(warnings=(_warning(event, own.number, earlier, named),))
    return receipt


def _warning(event: CloudEvent, number: DocumentNumber, earlier: Holder, named: bool) -> Warned:
    document = document_of(event.event)
    assert document is not None
    words = number.kind.replace("_", " ")
    sent, _ = told_apart(getattr(document, number.kind), number.reference.partition("\n")[0])
    series = "" if document.series is None else f" of series {document.series}"
    replacement = "replacement.data." if isinstance(event.event, EventCorrected) else ""
    who = f"{earlier.source}/{earlier.id}" if named else "an event of another source"
    return Warned(
        "number-reused",
        f"data.{replacement}{number.kind}",
        f"account {number.account} has {words} {sent}{series} already: {who}, sequence "
        f"{earlier.sequence}. Only one of them counts. If they are two documents, correct this event to say its "
        "`series`, such as the year; if they are one, void it, or correct or void the earlier one.",
        earlier.source if named else None,
        earlier.id if named else None,
        earlier.sequence,
    )


def _asked(event: CloudEvent) -> Asked | None:
    number = numbered(event)
    if number is None:
        return None
    said = event.event
    return Asked(number, (said.target.source, said.target.id) if isinstance(said, EventCorrected) else event.identity)


async def _holders_of_all(connection: Connection, askers: Sequence[Sequence[Asked]]) -> Holders:
    wanted: defaultdict[DocumentNumber, set[Identity]] = defaultdict(set)
    for each in askers:
        for number, document in each:
            wanted[number].add(document)
    return await _holders(connection, wanted)


async def _holders(connection: Connection, wanted: Mapping[DocumentNumber, set[Identity]]) -> Holders:
    rows = await connection.fetch(_SQL["holders"], *map(list, zip(*wanted, strict=True)), FIRST)
    found: defaultdict[DocumentNumber, set[Holder]] = defaultdict(set)
    unsure: defaultdict[Identity, set[DocumentNumber]] = defaultdict(set)
    for row in rows:
        number, identity = DocumentNumber(row["account"], row["kind"], row["reference"]), (row["source"], row["id"])
        if wanted[number] == {identity}:
            continue  # whoever asks is the document itself
        if row["corrected"]:
            unsure[identity].add(number)
        else:
            found[number].add(Holder(row["sequence"], *identity))
    if unsure:
        await _decide(connection, dict(list(unsure.items())[:MAX_CORRECTED]), found)
    return {number: sorted(holders) for number, holders in found.items()}


async def _decide(
    connection: Connection, unsure: Mapping[Identity, set[DocumentNumber]], found: Mapping[DocumentNumber, set[Holder]]
) -> None:
    """Add the documents that have these numbers by what their corrections and voids say."""
    families: defaultdict[Identity, list[JournalEntry]] = defaultdict(list)
    for row in await connection.fetch(_SQL["families"], *map(list, zip(*unsure, strict=True)), LATEST):
        families[row["target_source"], row["target_id"]].append(recorded_of(row))
    for identity, family in families.items():
        for number in unsure[identity]:
            subject = f"account/{number.account}"
            for entry in effective(family, subject).entries:
                if entry.subject == subject and number_of(subject, entry.event) == number:
                    found[number].add(Holder(entry.sequence, *identity))
