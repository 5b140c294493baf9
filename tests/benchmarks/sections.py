"""Every section of the benchmarks, in the order of the table. A new one is listed here."""

from tests.benchmarks import appends, corrected, histories, late, missing, reports, sizes, together, visible
from tests.benchmarks.section import Section

SECTIONS: tuple[Section, ...] = (
    appends.SECTION,
    visible.SECTION,
    sizes.SECTION,
    sizes.MILLION,
    late.SECTION,
    corrected.SECTION,
    missing.SECTION,
    together.SECTION,
    histories.SECTION,
    reports.SECTION,
)
