"""Metrics of the recorder: counts and times once per batch, never per message."""

from collections import Counter as Counted

from prometheus_client import Counter, Gauge, Histogram

from services.runtime.metrics import REGISTRY, SECONDS, SIZES

COMMIT = Histogram(
    "daybook_recorder_commit_seconds", "From a judged batch to its commit.", buckets=SECONDS, registry=REGISTRY
)
_MESSAGES = Counter(
    "daybook_recorder_messages_total",
    "Messages recorded, by what the journal made of them.",
    ["disposition"],
    registry=REGISTRY,
)
_BATCH = Histogram("daybook_recorder_batch_messages", "Messages per commit.", buckets=SIZES, registry=REGISTRY)
_POSITION = Gauge(
    "daybook_recorder_position", "The journal's highest sequence that this recorder knows of.", registry=REGISTRY
)
_COMMITTED_AT = Gauge("daybook_recorder_last_commit_timestamp_seconds", "When it last committed.", registry=REGISTRY)

for _each in ("entry", "duplicate", "conflict", "unreadable"):
    _MESSAGES.labels(_each)


def began(sequence: int) -> None:
    """The recorder leads from here on."""
    _POSITION.set(sequence)


def committed(found: Counted[str], last: int) -> None:
    """A batch is in the journal: its messages by disposition, and the highest sequence."""
    for disposition, count in found.items():
        _MESSAGES.labels(disposition).inc(count)
    _BATCH.observe(found.total())
    _POSITION.set(last)
    _COMMITTED_AT.set_to_current_time()
