"""Append service, the same for HTTP and NATS: it gives a receipt or a refusal for what was sent.

A receipt is given only for what the stream has fsynced. A death before the append loses nothing that was acknowledged;
a death after it loses the receipt alone, and the same events sent again are found: in the journal, or in the stream's
duplicate window while the recorder is behind.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from time import perf_counter

import structlog
from pydantic import TypeAdapter, ValidationError

from contracts.cloudevents.envelope import CloudEvent
from contracts.rules.refusals import Problem
from contracts.types.identifiers import EventId, SourceName
from services.errors import DaybookError
from services.intake import admission, metrics
from services.intake.decode import Batches, Sent
from services.intake.document_numbers import Numbers, Reuse
from services.intake.duplicate_horizon import NEVER, DuplicateHorizon
from services.intake.duplicates import Duplicates
from services.intake.event_status import EventStatus, status_of
from services.intake.group_commit import GroupCommit
from services.intake.in_flight import InFlight
from services.intake.journal import Identity, Journal, Known, Original, Question
from services.intake.responses import Receipt, Refusal, Taken, refused
from services.intake.sources import Source, Sources
from services.intake.stream_watch import StreamWatch
from services.intake.unknown_playbooks import Playbooks, UnknownPlaybooks
from services.runtime.disk_space import Disk
from services.stream.append import Appended, Away, DuplicateSomewhere, Full, message_of
from services.stream.clock import StreamClock

log = structlog.get_logger()

MAX_IN_PROGRESS_BYTES = 128 * 1024 * 1024
"""Of events being recorded at once; beyond that senders are told to come again."""
MAX_NAMED = 100_000
"""Ids without a source's prefix that are remembered to be known, while the journal is away."""
ATTEMPTS = 5
"""How often the rest of a batch is sent after duplicates were left out."""

_UNFINISHED = "It may be recorded, or the first events of it; send it again, unchanged: nothing counts twice."
"""An append without an answer: see `services/stream/append.py`."""

STOPPING = ("stream_full", "stream_away", "stream_foreign", "clock_differs", "disk_low")
"""Refusals that hold for whoever sends now."""


class _Progress(Mapping[Identity, Original]):
    """Progress of the events of one request that holds its claim: found in the ledger, or appended."""

    def __init__(self, found: dict[Identity, Original], sure_until: float) -> None:
        self.found = found
        """In the ledger; perhaps more than these events."""
        self.sure_until = sure_until
        """Up to when (`time.monotonic`) what is appended is known to be new."""
        self.appended: Mapping[Identity, int] = {}
        """Sequences of what was."""
        self._events: Mapping[Identity, CloudEvent] = {}

    def append(self, events: Mapping[Identity, CloudEvent], sequences: Sequence[int]) -> None:
        """Note that these events are in the stream, at these sequences."""
        self._events, self.appended = events, dict(zip(events, sequences, strict=True))

    def __getitem__(self, identity: Identity) -> Original:
        if (found := self.found.get(identity)) is not None:
            return found
        event = self._events[identity]
        return Original(self.appended[identity], event.type, event.subject, event.canonical)

    def __iter__(self) -> Iterator[Identity]:
        return chain(self.found, self.appended)

    def __len__(self) -> int:
        return len(self.found) + len(self.appended)


class AppendService:
    """Takes what sources send."""

    def __init__(
        self,
        group: GroupCommit,
        journal: Journal,
        duplicates: Duplicates,
        numbers: Numbers,
        playbooks: Playbooks,
        horizon: DuplicateHorizon,
        watch: StreamWatch,
        clock: StreamClock,
        disk: Disk,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._group = group
        self._journal = journal
        self._duplicates = duplicates
        self._numbers = numbers
        self._playbooks = playbooks
        self._horizon = horizon
        self._watch = watch
        self._clock = clock
        self._disk = disk
        self._now = now or (lambda: datetime.now(UTC))
        self._in_flight = InFlight()
        self._named: dict[str, None] = {}
        """Deals and accounts without a source's prefix that the ledger was found to know: it never forgets one."""
        self._in_progress = 0

    async def take(self, source: Source, sent: Sent) -> Taken | Refusal:
        """Record what was sent: receipts for all of it, or for none."""
        if not sent.events and not sent.faults:
            return Refusal("empty_batch", "A batch holds 1 to 1000 events; nothing was recorded.")
        size = sum(len(event.canonical) for _, event in sent.events)
        if self._in_progress + size > MAX_IN_PROGRESS_BYTES:
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
        if (difference := await self._clock.difference()) is not None:
            return Refusal("clock_differs", f"{difference} Nothing was recorded; send this again, unchanged.")
        if (low := self._disk.low) is not None:
            return Refusal("disk_low", f"{low} Nothing was recorded; send this again, unchanged.")
        faults = [*sent.faults, *admission.faults_of(source, sent.events, self._now())]
        if faults:
            known = await self._look(source, sent)
            return refused(_in_order([*faults, *await self._faults(source, sent, known or Known())]))
        identities = sent.by_identity.keys()
        learnt = await self._in_flight.wait(identities)
        if isinstance(learnt, Refusal):
            return learnt
        own = None if source.corrects_others else source.name
        with (
            Reuse(self._numbers, sent.events, own) as reuse,
            UnknownPlaybooks(self._playbooks, sent.events) as unknown,
        ):
            with self._in_flight.claim(identities) as claim:
                outcome = await self._record(source, sent, learnt)
                if isinstance(outcome, Refusal):
                    claim.settle(outcome if outcome.kind in STOPPING else None)
                    return outcome
                claim.settle(outcome)
            receipts = await unknown.told(await reuse.told(_receipts(sent.events, outcome)))
            return Taken(receipts, sent.single)

    async def _record(self, source: Source, sent: Sent, learnt: Mapping[Identity, Original]) -> _Progress | Refusal:
        sure_until = await self._horizon.until()
        known = await self._look(source, sent)
        progress = _Progress({**(known.originals if known else {}), **learnt}, NEVER if known is None else sure_until)
        if faults := await self._faults(source, sent, Known(progress.found, known.subjects if known else ())):
            return refused(_in_order(faults))
        if (refusal := self._prefix_refusal(source, sent) or await self._policy_refusal(sent)) is not None:
            return refusal
        for _ in range(ATTEMPTS):
            left = sent.by_identity
            if progress.found:
                left = {identity: event for identity, event in left.items() if identity not in progress.found}
            if not left:
                return progress
            refusal = await self._append(left, progress)
            if refusal is not None:
                return refusal
            if progress.appended:
                return progress
            if faults := admission.conflicts(sent.events, progress.found):
                return refused(faults)
        return Refusal("unresolved", "Others keep sending the same events; send this again, unchanged.")

    async def _append(self, events: Mapping[Identity, CloudEvent], progress: _Progress) -> Refusal | None:
        """Append events, or learn which of them are in the ledger already."""
        if await self._watch.fault() is not None:
            return Refusal(
                "stream_foreign",
                "The stream is not as the ledger remembers it: whoever runs the ledger sees more with `daybook "
                "reconcile`. Nothing was recorded; send this again, unchanged.",
            )
        if unannounced := self._watch.unannounced(event.type for event in events.values()):
            return Refusal(
                "recorder_older",
                f"The recorder does not know {', '.join(sorted(unannounced))} (yet): it has to be updated, as intake "
                "was. Nothing was recorded; send this again, unchanged.",
            )
        match await self._group.append([message_of(event) for event in events.values()]):
            case Appended(sequences):
                progress.append(events, sequences)
                return None
            case DuplicateSomewhere(sequence):
                found = await self._duplicates.among(list(events.values()), sequence)
                if isinstance(found, Refusal):
                    return found
                progress.found |= found
                return None
            case Full(reason):
                return Refusal("stream_full", f"The stream has no room: {reason}. {_UNFINISHED}")
            case Away(reason, ambiguous):
                fate = _UNFINISHED if ambiguous else "Nothing was recorded."
                return Refusal("stream_away", f"The stream cannot be reached ({reason}). {fate}")

    async def _look(self, source: Source, sent: Sent) -> Known | None:
        identities = sent.by_identity.keys() | admission.targets(sent.events)
        return await self._journal.look(Question(identities, admission.foreign_subjects(source, sent.events)))

    async def _policy_refusal(self, sent: Sent) -> Refusal | None:
        """Refusal for playbooks that cannot be published or withdrawn so. They are held to the journal, as it will be
        read for ever: without it none is taken."""
        if not (playbooks := admission.playbooks(sent.events)):
            return None
        versions = await self._journal.versions(playbooks)
        if versions is not None and not admission.policy_faults(sent.events, versions):
            return None
        versions = await self._duplicates.versions_by_now(playbooks)
        if versions is None:
            return Refusal("journal_away", "Which versions are published cannot be read now; nothing was recorded.")
        faults = admission.policy_faults(sent.events, versions)
        return refused(faults) if faults else None

    async def _faults(self, source: Source, sent: Sent, known: Known) -> list[Problem]:
        """List the faults of events in the light of the ledger; none of these is found with PostgreSQL away."""
        events, faults = sent.events, list[Problem]()
        if known.originals or len(sent.by_identity) < len(events):
            faults += admission.conflicts(events, known.originals)
        faults += admission.target_faults(events, known.originals)
        foreign = admission.foreign_subjects(source, events)
        self._name(foreign & (self._named.keys() | set(known.subjects)))
        if foreign - self._named.keys() and not self._journal.away:
            subjects = await self._duplicates.subjects_by_now(foreign)
            if subjects is not None:
                faults += admission.prefix_faults(source, events, subjects)
                self._name(foreign & set(subjects))
        while len(self._named) > MAX_NAMED:
            del self._named[next(iter(self._named))]
        return faults

    def _name(self, subjects: Iterable[str]) -> None:
        """Remember that the ledger knows these; those named last are forgotten last."""
        for each in subjects:
            self._named.pop(each, None)
            self._named[each] = None

    def _prefix_refusal(self, source: Source, sent: Sent) -> Refusal | None:
        """Ids without the source's prefix are taken where the ledger is known to have them, not where none can say."""
        unsure = admission.foreign_subjects(source, sent.events) - self._named.keys()
        if not unsure:
            return None
        return Refusal(
            "journal_away",
            f"Whether {min(unsure)} is known cannot be read now, and its id does not begin with {source.id_prefix}. "
            "Nothing was recorded.",
        )


def _in_order(faults: Sequence[Problem]) -> list[Problem]:
    return sorted(faults, key=lambda each: -1 if each.index is None else each.index)


def _receipts(events: admission.Indexed, progress: _Progress) -> list[Receipt]:
    new = False if time.monotonic() < progress.sure_until else None
    unseen = dict(progress.appended)
    if len(unseen) == len(events):
        return [Receipt(event.id, sequence, new) for (_, event), sequence in zip(events, unseen.values(), strict=True)]
    receipts: list[Receipt] = []
    for _, event in events:
        appended = unseen.pop(event.identity, None)
        if appended is None:
            receipts.append(Receipt(event.id, progress[event.identity].sequence, True))
        else:
            receipts.append(Receipt(event.id, appended, new))
    return receipts


_IDENTITY: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[SourceName, EventId])


@dataclass(frozen=True, slots=True)
class Door:
    """Parts of intake that answer a request."""

    sources: Sources
    reception: AppendService
    journal: Journal
    batches: Batches = field(default_factory=Batches)

    async def source_of(self, token: str) -> Source | Refusal:
        """Return the source that holds a token, or the refusal of the token."""
        match await self.sources.of(token):
            case Source() as source:
                return source
            case "disabled":
                return Refusal("source_disabled", "The source of this token is disabled. Ask whoever runs the ledger.")
            case "not_known":
                return Refusal("journal_away", "This token is not known yet, and PostgreSQL cannot be reached to look.")
            case _:
                return Refusal("unauthenticated", "No source has this token.")

    async def take(self, source: Source, sent: Sent) -> Taken | Refusal:
        """Record what a source has sent: receipts for all of it, or for none."""
        began = perf_counter()
        answer = await self.reception.take(source, sent)
        metrics.taken(source.name, len(sent.events), answer, perf_counter() - began)
        return answer

    async def fate(self, source: Source, name: str, id_: str) -> EventStatus | Refusal:
        """Look up what became of an event of this source, or of any source's event if this source corrects others'."""
        if name != source.name and not source.corrects_others:
            return Refusal("wrong_source", f"{source.name} may ask about its own events, not those of {name}.")
        try:
            _IDENTITY.validate_python((name, id_))
        except ValidationError:
            return Refusal("not_found", f"No event has the id {id_!a} and the source {name!a}: see what both may hold.")
        return await status_of(self.journal, name, id_)
