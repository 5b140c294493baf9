"""Metrics of intake: counts and times per request and per append, never per event by itself.

A source is a label because sources are registered, one by one, by whoever runs the ledger; from `MAX_SOURCES` on they
share one.
"""

from prometheus_client import Counter, Histogram

from services.intake.responses import KINDS, OURS, Refusal, Taken
from services.runtime.metrics import REGISTRY, SECONDS, SIZES
from services.stream.append import Appended, Away, DuplicateSomewhere, Full, Outcome

MAX_SOURCES = 200
OTHERS = "(others)"
_OUTCOMES = {Appended: "appended", DuplicateSomewhere: "duplicate", Full: "full", Away: "away"}

APPEND = Histogram(
    "daybook_intake_append_seconds",
    "From an append to the stream's answer, which follows its fsync.",
    buckets=SECONDS,
    registry=REGISTRY,
)
_APPENDS = Counter("daybook_intake_appends_total", "Appends by what became of them.", ["outcome"], registry=REGISTRY)
_GROUP = Histogram(
    "daybook_intake_group_messages", "Messages of all senders in one append.", buckets=SIZES, registry=REGISTRY
)
_TAKE = Histogram(
    "daybook_intake_take_seconds",
    "From what was sent, read and understood, to its receipt or refusal.",
    buckets=SECONDS,
    registry=REGISTRY,
)
_EVENTS = Counter(
    "daybook_intake_events_total",
    "Events of known sources: recorded, duplicate, unsettled (recorded, and whether it "
    "is a duplicate cannot be told), refused.",
    ["source", "outcome"],
    registry=REGISTRY,
)
_REFUSALS = Counter(
    "daybook_intake_refusals_total", "Requests refused, by the kind of problem.", ["door", "kind"], registry=REGISTRY
)
DROPPED = Counter(
    "daybook_intake_nats_dropped_total",
    "Requests over NATS that were not answered: beyond the refusals that are sent in a second.",
    registry=REGISTRY,
)
_known: set[str] = set()

for _outcome in _OUTCOMES.values():
    _APPENDS.labels(_outcome)
for _kind in OURS:
    for _door in ("http", "nats"):
        _REFUSALS.labels(_door, _kind)


def appended(messages: int, outcome: Outcome) -> None:
    """The stream has answered an append."""
    _APPENDS.labels(_OUTCOMES[type(outcome)]).inc()
    _GROUP.observe(messages)


def taken(source: str, events: int, answer: Taken | Refusal, seconds: float) -> None:
    """A source has its answer."""
    _TAKE.observe(seconds)
    name = _bounded(source)
    if isinstance(answer, Refusal):
        _EVENTS.labels(name, "refused").inc(events)
        return
    duplicates = sum(each.duplicate is True for each in answer.receipts)
    unsettled = sum(each.duplicate is None for each in answer.receipts)
    for outcome, count in (
        ("recorded", len(answer.receipts) - duplicates - unsettled),
        ("duplicate", duplicates),
        ("unsettled", unsettled),
    ):
        if count:
            _EVENTS.labels(name, outcome).inc(count)


def refused(door: str, refusal: Refusal) -> None:
    """Counts a refusal, of a known source or not."""
    assert refusal.kind in KINDS
    _REFUSALS.labels(door, refusal.kind).inc()


def _bounded(source: str) -> str:
    if source in _known:
        return source
    if len(_known) >= MAX_SOURCES:
        return OTHERS
    _known.add(source)
    return source
