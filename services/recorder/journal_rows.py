"""Rows of the journal: what a classified message becomes, and which subjects it concerns."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.events.correction import EventCorrected, EventVoided
from contracts.rules.canonical import leaf_hash
from contracts.types.identifiers import split_subject
from contracts.types.microseconds import instant, microseconds
from projections.replay.document_number import DocumentNumber, numbered
from projections.replay.entry import PLAYBOOK_LANE, lane_of
from projections.replay.payment_chain import Link, links
from services.recorder.classify import Unreadable, classify
from services.stream.read import Stored, recorded_at_us


class JournalRow(NamedTuple):
    """A row of ledger.journal: these are its columns, in order."""

    sequence: int
    recorded_at: datetime
    disposition: str
    source: str | None
    id: str | None
    type: str | None
    subject: str | None
    occurred_at: datetime | None
    actor: str | None
    original: int | None
    reason: str | None
    target_source: str | None
    target_id: str | None
    stream_subject: str
    message: bytes
    leaf_hash: bytes

    @property
    def identity(self) -> tuple[str, str]:
        """(source, id) of an event."""
        assert self.source is not None
        assert self.id is not None
        return self.source, self.id

    @property
    def target(self) -> tuple[str, str] | None:
        """The identity that a correction or void names."""
        return (self.target_source, self.target_id) if self.target_source and self.target_id else None

    @property
    def counts(self) -> bool:
        """Tell if the row is an entry."""
        return self.disposition == "entry"


class Concern(NamedTuple):
    """A row of ledger.concerns: these are its columns, in order."""

    subject: str
    sequence: int
    lane: int
    since: int | None = None
    """Sequence of the later entry by which it became known that the entry concerns the subject."""


class ClassifiedMessage(NamedTuple):
    """A message's row, and the subjects that its own content names."""

    row: JournalRow
    subjects: frozenset[str]
    links: Sequence[Link] = ()
    """What it has to do with payments that may move between accounts."""
    number: DocumentNumber | None = None
    """The number that it gives to a document."""


def classified(messages: Iterable[Stored], not_before: datetime) -> list[ClassifiedMessage]:
    """The rows of messages, as if no identity came twice. `recorded_at` never goes back behind `not_before`."""
    found: list[ClassifiedMessage] = []
    at_us = microseconds(not_before)
    for message in messages:
        at_us = recorded_at_us(message, at_us)
        found.append(_judged(message, at_us))
    return found


def concern(subject: str, sequence: int, since: int | None = None) -> Concern:
    """Make the row that says that an entry concerns a subject, with the subject's lane."""
    lane = PLAYBOOK_LANE if split_subject(subject)[0] == "playbook" else lane_of(subject)
    return Concern(subject, sequence, lane, since)


def _judged(message: Stored, at_us: int) -> ClassifiedMessage:
    sequence, _, stream_subject, data = message
    recorded_at = instant(at_us)
    leaf = leaf_hash(sequence, at_us, stream_subject, data)
    said = classify(stream_subject, data)
    if isinstance(said, Unreadable):
        row = JournalRow(
            sequence,
            recorded_at,
            "unreadable",
            source=None,
            id=None,
            type=None,
            subject=None,
            occurred_at=None,
            actor=None,
            original=None,
            reason=said.reason,
            target_source=None,
            target_id=None,
            stream_subject=stream_subject,
            message=data,
            leaf_hash=leaf,
        )
        return ClassifiedMessage(row, frozenset())
    target = None
    if said.event.family == "correction":
        assert isinstance(said.event, EventCorrected | EventVoided)
        target = said.event.target
    row = JournalRow(
        sequence,
        recorded_at,
        "entry",
        said.source,
        said.id,
        said.type,
        said.subject,
        said.occurred_at,
        said.actor,
        original=None,
        reason=None,
        target_source=target.source if target else None,
        target_id=target.id if target else None,
        stream_subject=stream_subject,
        message=data,
        leaf_hash=leaf,
    )
    return ClassifiedMessage(row, said.event.concerns() | {said.subject}, links(said, sequence), numbered(said))
