"""PostgreSQL is away, killed or frozen, for many seconds: single events go on being acknowledged."""

from collections.abc import Callable, Sequence
from random import Random

from tests.faults.going_on import going_on
from tests.faults.plan import Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.strikes import freeze_server, kill_server


def _faults(frozen: bool) -> Callable[[Random], Sequence[Fault[OneOfEach]]]:
    def faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
        for_s = draw.uniform(6, 12)
        strike = (freeze_server if frozen else kill_server)("postgres", for_s)
        how = "stop" if frozen else "kill"
        return [Fault(f"{how} postgres for {for_s:.1f} s, single events go on", draw.uniform(0, 2), going_on(strike))]

    return faults


PLANS = (
    Plan("postgres_away", "PostgreSQL killed and away, single events go on", _faults(frozen=False), OneOfEach),
    Plan("postgres_frozen", "PostgreSQL frozen, single events go on", _faults(frozen=True), OneOfEach),
)
