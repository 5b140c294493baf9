"""From what was sent to a receipt or a refusal: the same for HTTP and NATS.

A receipt is given only for what the stream has fsynced. A death before the append loses nothing that was acknowledged;
a death after it loses the receipt alone, and the same events sent again are found: in the journal, or in the stream's
duplicate window while the recorder is behind.
"""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from contracts.envelope import CloudEvent
from contracts.problems import Problem
from services.errors import DaybookError
from services.intake import admission
from services.intake.duplicates import Duplicates
from services.intake.group import Group
from services.intake.in_flight import InFlight
from services.intake.journal import Identity, Journal, Known, Original, Question
from services.intake.problems import Refusal, refused
from services.intake.receipt import Receipt, Taken
from services.intake.remembrance import NEVER, Remembrance
from services.intake.sent import Sent
from services.intake.sources import Source
from services.intake.stream_watch import StreamWatch
from services.stream.append import Appended, Away, DuplicateSomewhere, Full, message_of

log = structlog.get_logger()

MOST_IN_PROGRESS_BYTES = 128 * 1024 * 1024
"""Of events being recorded at once; beyond that senders are told to come again."""
ATTEMPTS = 5
"""How often the rest of a batch is sent after duplicates were left out."""

STOPPING = ("stream_full", "stream_away", "stream_foreign")
"""Refusals that hold for whoever sends now."""


@dataclass(slots=True)
class _Progress:
    """One request that holds its claim: what is found in the ledger, and what it appends."""

    originals: dict[Identity, Original]
    appended: dict[Identity, int]
    sure_until: float
    """Up to when (`time.monotonic`) what is appended is known to be new."""


class Reception:
    """Takes what sources send."""

    def __init__(
        self,
        group: Group,
        journal: Journal,
        duplicates: Duplicates,
        remembrance: Remembrance,
        watch: StreamWatch,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._group = group
        self._journal = journal
        self._duplicates = duplicates
        self._remembrance = remembrance
        self._watch = watch
        self._now = now or (lambda: datetime.now(UTC))
        self._in_flight = InFlight()
        self._in_progress = 0

    async def take(self, source: Source, sent: Sent) -> Taken | Refusal:
        """Record all of what was sent, or nothing."""
        if not sent.events and not sent.faults:
            return Refusal("empty_batch", "A batch holds 1 to 1000 events; nothing was recorded.")
        size = sum(len(event.canonical) for _, event in sent.events)
        if self._in_progress + size > MOST_IN_PROGRESS_BYTES:
            return Refusal("busy", f"{self._in_progress} bytes of events are being recorded; nothing of this was.")
        self._in_progress += size
        try:
            return await self._take(source, sent)
        except DaybookError as error:
            log.error("append_failed", error=str(error))
            return Refusal("stream_away", f"{error} Nothing of this is known to be recorded.")
        finally:
            self._in_progress -= size

    async def _take(self, source: Source, sent: Sent) -> Taken | Refusal:
        faults = [*sent.faults, *admission.faults_of(source, sent.events, self._now())]
        identities = {event.identity for _, event in sent.events}
        if faults:
            known = await self._look(source, sent.events, identities)
            return refused(_in_order([*faults, *await self._faults(source, sent.events, known or Known())]))
        learnt = await self._in_flight.wait(identities)
        if isinstance(learnt, Refusal):
            return learnt
        with self._in_flight.claim(identities) as claim:
            outcome = await self._record(source, sent, identities, learnt)
            if isinstance(outcome, _Progress):
                claim.settle(outcome.originals)
                return Taken(_receipts(sent.events, outcome), sent.single)
            claim.settle(outcome if outcome.kind in STOPPING else None)
            return outcome

    async def _record(
        self, source: Source, sent: Sent, identities: Set[Identity], learnt: Mapping[Identity, Original]
    ) -> _Progress | Refusal:
        sure_until = await self._remembrance.until()
        known = await self._look(source, sent.events, identities)
        progress = _Progress(
            {**(known.originals if known else {}), **learnt}, {}, NEVER if known is None else sure_until
        )
        if faults := await self._faults(
            source, sent.events, Known(progress.originals, known.subjects if known else ())
        ):
            return refused(_in_order(faults))
        for _ in range(ATTEMPTS):
            left = {each: event for _, event in sent.events if (each := event.identity) not in progress.originals}
            if not left:
                return progress
            refusal = await self._append(list(left.values()), progress)
            if refusal is not None:
                return refusal
            if progress.appended:
                return progress
            if faults := admission.conflicts(sent.events, progress.originals):
                return refused(faults)
        return Refusal("unresolved", "Others keep sending the same events; send this again, unchanged.")

    async def _append(self, events: Sequence[CloudEvent], progress: _Progress) -> Refusal | None:
        """Append events, or learn which of them are in the ledger already."""
        if await self._watch.fault() is not None:
            return Refusal(
                "stream_foreign",
                "The stream is not as the ledger remembers it: whoever runs the ledger sees more with `daybook "
                "reconcile`. Nothing was recorded; send this again, unchanged.",
            )
        match await self._group.append([message_of(event) for event in events]):
            case Appended(sequences):
                for event, sequence in zip(events, sequences, strict=True):
                    identity = event.identity
                    progress.appended[identity] = sequence
                    progress.originals[identity] = Original(sequence, event.type, event.subject, event.canonical)
                return None
            case DuplicateSomewhere(sequence):
                found = await self._duplicates.among(events, sequence)
                if isinstance(found, Refusal):
                    return found
                progress.originals |= found
                return None
            case Full(reason):
                return Refusal("stream_full", f"The stream has no room: {reason}. Nothing was recorded.")
            case Away(reason, ambiguous):
                fate = (
                    "All of it or nothing may be recorded; sent again unchanged it does not count twice."
                    if ambiguous
                    else "Nothing was recorded."
                )
                return Refusal("stream_away", f"The stream cannot be reached ({reason}). {fate}")

    async def _look(self, source: Source, events: admission.Indexed, identities: Set[Identity]) -> Known | None:
        asked = Question(identities | admission.targets(events), admission.foreign_subjects(source, events))
        return await self._journal.look(asked)

    async def _faults(self, source: Source, events: admission.Indexed, known: Known) -> list[Problem]:
        """What is wrong in the light of the ledger. With Postgres away nothing of that is found."""
        faults = admission.conflicts(events, known.originals) + admission.target_faults(events, known.originals)
        foreign = admission.foreign_subjects(source, events)
        if foreign - set(known.subjects) and not self._journal.away:
            subjects = await self._duplicates.subjects_by_now(foreign)
            if subjects is not None:
                faults += admission.prefix_faults(source, events, subjects)
        return faults


def _in_order(faults: Sequence[Problem]) -> list[Problem]:
    return sorted(faults, key=lambda each: -1 if each.index is None else each.index)


def _receipts(events: admission.Indexed, progress: _Progress) -> list[Receipt]:
    unseen = set(progress.appended)
    receipts: list[Receipt] = []
    new = False if time.monotonic() < progress.sure_until else None
    for _, event in events:
        identity = event.identity
        first = identity in unseen
        unseen.discard(identity)
        receipts.append(Receipt(event.id, progress.originals[identity].sequence, new if first else True))
    return receipts
