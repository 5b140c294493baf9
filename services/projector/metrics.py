"""Metrics of the projector: counts and times per batch, never per entry."""

from prometheus_client import Counter, Gauge, Histogram

from services.runtime.metrics import REGISTRY, SECONDS, SIZES

STEP = Histogram(
    "daybook_projector_step_seconds",
    "One batch of one lane or of several combined: read, fold, commit.",
    buckets=SECONDS,
    registry=REGISTRY,
)
COMMIT = Histogram(
    "daybook_projector_commit_seconds", "Of that, writing and committing.", buckets=SECONDS, registry=REGISTRY
)
BATCH = Histogram(
    "daybook_projector_batch_arrivals", "Arrivals per batch.", buckets=(*SIZES, 3000, 10_000, 30_000), registry=REGISTRY
)
ARRIVALS = Counter(
    "daybook_projector_arrivals_total", "Entries taken, once for each subject concerned.", registry=REGISTRY
)
VERSIONS = Counter("daybook_projector_row_versions_total", "Row versions made.", registry=REGISTRY)
REFOLDS = Counter(
    "daybook_projector_refolds_total",
    "Late entries, corrections and voids: what has to do with each is folded anew.",
    registry=REGISTRY,
)
SUBJECTS = Counter(
    "daybook_projector_subjects_total",
    "Subjects needed: held in the cache, or read from the journal.",
    ["found"],
    registry=REGISTRY,
)
CACHED = Gauge("daybook_projector_cache_entries", "Entries of the subjects held in the cache.", registry=REGISTRY)
LANES = Gauge("daybook_projector_lanes", "Lanes that this projector works on.", registry=REGISTRY)
POSITION = Gauge("daybook_projector_lane_position", "How far a lane of this projector is.", ["lane"], registry=REGISTRY)
LONGEST = Gauge(
    "daybook_projector_longest_subject_seconds",
    "Time that one subject took of a lane's last batch, where it was a second or more: status and /ready name it.",
    registry=REGISTRY,
)
TROUBLES = Counter(
    "daybook_projector_troubles_total",
    "Lanes stopped by an error or taken over by another projector, lanes that an error keeps from combined batches, "
    "and sessions ended by an error.",
    ["what"],
    registry=REGISTRY,
)

for _found in ("cache", "journal"):
    SUBJECTS.labels(_found)
for _what in ("lane_stopped", "lane_lost", "lanes_go_alone", "session_ended"):
    TROUBLES.labels(_what)
