"""Sections of the benchmarks, and the run that each of them is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.benchmarks.figure import Figure
from tests.servers import Servers


@dataclass(frozen=True, slots=True)
class Run:
    """One repeat of one section."""

    servers: Servers
    """NATS and PostgreSQL for this repeat alone, with the settings of `daybook up`: fsync, `sync_interval: always`."""
    quick: bool
    """Whether everything is to be measured in small."""
    says: Callable[[str], None]
    """Shows what is being measured."""


@dataclass(frozen=True, slots=True)
class Section:
    """A subject that is measured."""

    name: str
    """One word, as in `--only append`."""
    about: str
    """What is measured, in a sentence."""
    measure: Callable[[Run], Awaitable[list[Figure]]]
    """Measures everything once."""
    at_most: int | None = None
    """So often it is repeated at most; None: as often as asked."""
