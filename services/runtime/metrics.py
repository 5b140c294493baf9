"""The metrics of this process, all in one registry. Each service declares its own, in its file `metrics.py`.

Labels are bounded: lanes, routes, outcomes, registered sources; never a deal, an account, an event's id or a person.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Metric, PlatformCollector, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily

GAUGES: Final = {
    "daybook_ready": "1 when the service can do its work, 0 when not: GET /ready says why.",
    "daybook_stream_last_sequence": "The stream's last sequence.",
    "daybook_stream_bytes": "Bytes that the stream's messages take.",
    "daybook_stream_max_bytes": "Bytes that the stream may take; then it refuses.",
    "daybook_intake_journal_away": "1 while PostgreSQL does not answer intake, which takes events all the same.",
    "daybook_intake_nats_door_away": "1 while intake has no connection on which to take requests over NATS; it takes "
    "events over HTTP all the same.",
    "daybook_intake_clock_ahead_seconds": "How far the clock of the NATS server is ahead of intake's, or behind if "
    "negative.",
    "daybook_intake_disk_free_bytes": "Bytes free on the disk of intake's data directory, to which embedded "
    "servers write.",
    "daybook_recorder_clock_ahead_seconds": "How far the clock of the NATS server is ahead of the recorder's, or "
    "behind if negative.",
    "daybook_recorder_leading": "1 when this recorder writes the journal, 0 when it stands by or waits.",
    "daybook_recorder_lag_messages": "Messages of the stream that the journal does not hold yet.",
    "daybook_recorder_lag_seconds": "Age of the oldest message that the journal does not hold yet; 0 for none.",
    "daybook_projector_unprojected_age_seconds": "Age of the oldest journal row that some lane of this projector's "
    "generation has not passed, whoever holds that lane; 0 for none.",
    "daybook_projector_lanes_unheld": "Lanes of this projector's generation that no projector works on.",
    "daybook_notary_signing": "1 when this notary signs the journal, 0 when it stands by, waits or refuses.",
    "daybook_notary_signed_rows": "Rows of the journal that the newest head covers, as this notary signed it.",
    "daybook_ledger_recorded": "The journal's highest sequence.",
    "daybook_ledger_projected": "The sequence up to which all views that are served are.",
    "daybook_ledger_unprojected_age_seconds": "Age of the oldest journal row that the views served do not include; 0 "
    "for none.",
    "daybook_ledger_quarantined": "Messages in quarantine that nobody has decided on.",
    "daybook_ledger_stale_subjects": "Subjects whose views stopped because a fold failed.",
    "daybook_ledger_flags": "Surprising entries to look at, such as a document number that was used again: "
    "reporting.data_quality lists them.",
}


disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Buckets for durations."""
SIZES = (1, 3, 10, 30, 100, 300, 1000)
"""Buckets for how many messages or events go together; 1000 is the most that is sent, appended or recorded at once."""


class Gauges:
    """The gauges of `GAUGES`, as they were last looked at. What was not found has no value, never an old one."""

    def __init__(self) -> None:
        self._shown: Mapping[str, float] = {}

    def show(self, figures: Mapping[str, float]) -> None:
        """Show these figures from now on, and no others. Raises KeyError for a figure that is not in `GAUGES`."""
        for name in figures:
            GAUGES[name]
        self._shown = figures

    def describe(self) -> Iterable[Metric]:
        """Return the names of the gauges, before any gauge has a value."""
        return [GaugeMetricFamily(name, text) for name, text in GAUGES.items()]

    def collect(self) -> Iterable[Metric]:
        """Return the gauges that have a value."""
        return [GaugeMetricFamily(name, GAUGES[name], value) for name, value in self._shown.items()]


SHOWN: Final = Gauges()
REGISTRY.register(SHOWN)
