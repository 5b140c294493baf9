"""Plans of fault runs: each has faults, at instants that the run's seed decides."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Generic

from tests.faults.servers import S

if TYPE_CHECKING:
    from tests.faults.world import World

SERVICES = ("intake", "recorder", "projector", "query", "notary")
TAIL_S = 1.0
"""How long the writers go on after the last fault."""


@dataclass(frozen=True, slots=True)
class Fault(Generic[S]):
    """One disturbance."""

    name: str
    """As the schedule shows it: what, whom, for how long."""
    at_s: float
    """When it begins: seconds since everything was ready again after the fault before, which is how faults come unless
    the plan's `together`; then since the writers began."""
    strike: "Callable[[World[S]], Awaitable[None]]"
    """Returns when it is over."""


async def _nothing_more(world: "World[S]") -> None:
    """The checks of every run are enough."""


@dataclass(frozen=True, slots=True)
class Plan(Generic[S]):
    """One kind of run."""

    name: str
    about: str
    """The fault, in the words of the table."""
    faults: Callable[[Random], Sequence[Fault[S]]]
    """The faults of one run, drawn from its seed."""
    servers: Callable[..., S]
    """Makes the servers for a directory; see `Servers`."""
    services: Sequence[str] = SERVICES
    """Which processes there are; a second of one service is `recorder-2`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """More settings for every process, by name without the prefix."""
    together: bool = False
    """Whether a fault may strike while another one lasts or is recovered from."""
    check: "Callable[[World[S]], Awaitable[None]]" = _nothing_more
    """What else must hold at the end; `world.complain` says what does not."""
    impossible: Callable[[], str] = str
    """Why it cannot be run on this machine; empty where it can."""
    recover_within_s: float = 60.0
    """A run fails when the ledger is not ready again so long after a fault."""
    in_fixed_set: bool = True
    """Whether `make faults` runs it where no number of seeds is named: what takes minutes is not."""
    ends_within_s: float = 600.0
    """A run that takes longer is broken off, and has failed."""
