"""Every section of the benchmarks, in the order of the table. A new one is listed here."""

from tests.benchmarks import appends, sizes, visible
from tests.benchmarks.section import Section

SECTIONS: tuple[Section, ...] = (
    appends.SECTION,
    visible.SECTION,
    sizes.SECTION,
    sizes.MILLION,
)
