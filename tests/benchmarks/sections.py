"""Every section of the benchmarks, in the order of the table. A new one is listed here."""

from tests.benchmarks import appends, projecting, recording
from tests.benchmarks.section import Section

SECTIONS: tuple[Section, ...] = (
    appends.SECTION,
    recording.SECTION,
    projecting.SECTION,
)
