"""kill -9, again and again, of one process; it comes back within moments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from tests.faults.going_on import going_on
from tests.faults.plan import SERVICES, Fault, Plan
from tests.faults.servers import OneOfEach
from tests.faults.strikes import kill_fault, kill_server_fault

_TIMES = 4
_LATEST_S = 2.0


def _faults(
    name: str, fault: Callable[[str, float, float], Fault[OneOfEach]]
) -> Callable[[Random], Sequence[Fault[OneOfEach]]]:
    def faults(draw: Random) -> list[Fault[OneOfEach]]:
        return [fault(name, draw.uniform(0, _LATEST_S), draw.choice([0.0, draw.random()])) for _ in range(_TIMES)]

    return faults


def _goes_on(name: str, at_s: float, down_s: float) -> Fault[OneOfEach]:
    """Of a process that intake can do without."""
    killed = kill_server_fault(name, at_s, down_s) if name == "postgres" else kill_fault(name, at_s, down_s)
    return replace(killed, strike=going_on(killed.strike))


PLANS = (
    Plan("kill_intake", "kill -9 of intake", _faults("intake", kill_fault), OneOfEach),
    *(
        Plan(f"kill_{name}", f"kill -9 of {name}", _faults(name, _goes_on), OneOfEach)
        for name in SERVICES
        if name != "intake"
    ),
    Plan("kill_nats", "kill -9 of NATS", _faults("nats", kill_server_fault), OneOfEach),
    Plan("kill_postgres", "kill -9 of PostgreSQL", _faults("postgres", _goes_on), OneOfEach),
)
