"""The metrics of this process, all in one registry. Each service declares its own, in its file `metrics.py`.

Labels are bounded: lanes, routes, outcomes, registered sources; never a deal, an account, an event's id or a person.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Metric, PlatformCollector, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily

from services.monitoring.figures import FIGURES

disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Buckets for durations."""
SIZES = (1, 3, 10, 30, 100, 300, 1000)
"""Buckets for how many messages or events go together; 1000 is the most that is sent, appended or recorded at once."""


class Figures:
    """The gauges of `figures.py`, as they were last looked at. What was not found has no value, never an old one."""

    def __init__(self) -> None:
        self._shown: Mapping[str, float] = {}

    def show(self, figures: Mapping[str, float]) -> None:
        """Show these figures from now on, and no others. Raises KeyError for a figure that is not in `figures.py`."""
        for name in figures:
            FIGURES[name]
        self._shown = figures

    def describe(self) -> Iterable[Metric]:
        """Return the names of the gauges, before any gauge has a value."""
        return [GaugeMetricFamily(name, text) for name, text in FIGURES.items()]

    def collect(self) -> Iterable[Metric]:
        """Return the gauges that have a value."""
        return [GaugeMetricFamily(name, FIGURES[name], value) for name, value in self._shown.items()]


SHOWN: Final = Figures()
REGISTRY.register(SHOWN)
