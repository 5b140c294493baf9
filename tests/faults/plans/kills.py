"""kill -9, again and again, of one process; it comes back within moments."""

from collections.abc import Callable, Sequence
from random import Random

from tests.faults.plan import SERVICES, Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.strikes import instants, kill_fault, kill_server_fault

_WITHIN_S = 10.0
_TIMES = 4


def _faults(
    name: str, fault: Callable[[str, float, float], Fault[OneOfEach]]
) -> Callable[[Random], Sequence[Fault[OneOfEach]]]:
    def faults(draw: Random) -> list[Fault[OneOfEach]]:
        return [fault(name, at_s, draw.choice([0.0, draw.random()])) for at_s in instants(draw, _TIMES, _WITHIN_S)]

    return faults


PLANS = (
    *(Plan(f"kill_{name}", f"kill -9 of {name}", _faults(name, kill_fault), OneOfEach) for name in SERVICES),
    Plan("kill_nats", "kill -9 of NATS", _faults("nats", kill_server_fault), OneOfEach),
    Plan("kill_postgres", "kill -9 of PostgreSQL", _faults("postgres", kill_server_fault), OneOfEach),
)
