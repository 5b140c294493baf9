"""Standbys that take over, and everything at once."""

from collections.abc import Sequence
from random import Random
from time import monotonic
from typing import Any

from tests.faults.kept import Kept
from tests.faults.plan import Fault, Plan
from tests.faults.plans.stops import recorded_once
from tests.faults.servers import OneOfEach
from tests.faults.strikes import freeze, freeze_server, kill, kill_server
from tests.faults.taking_over import others_go_on
from tests.faults.world import World

_TWO_OF_EACH = (
    "intake", "intake-2", "recorder", "recorder-2", "projector", "projector-2", "query", "notary", "notary-2",
)  # fmt: skip
_LASTING_S = 15.0
_FAULTS = 12


def _kill_leader(service: str, at_s: float) -> Fault[Any]:
    async def strike(world: World[Any]) -> None:
        leader = await world.leading(service)
        if leader is None:
            world.complain(f"no {service} leads")
            return
        await _until_others_go_on(world, leader)

    return Fault(f"kill the {service} that leads, until another one does", at_s, strike)


def _kill_one(name: str, at_s: float) -> Fault[Any]:
    async def strike(world: World[Any]) -> None:
        await _until_others_go_on(world, world.kept[name])

    return Fault(f"kill {name}, until others have its work", at_s, strike)


async def _until_others_go_on(world: World[Any], victim: Kept) -> None:
    """Holds a service until another one has gone on without it, then releases it."""
    began = monotonic()
    await victim.hold()
    signs = victim.name.startswith("notary")
    await others_go_on(world, victim.name, began, reached=world.signed if signs else None)
    await victim.release()


def _takeovers(draw: Random) -> Sequence[Fault[Any]]:
    faults = [_kill_leader(service, draw.uniform(0, 2)) for service in ("recorder", "notary", "recorder")]
    faults += [_kill_one(name, draw.uniform(0, 2)) for name in ("projector", "intake")]
    return draw.sample(faults, len(faults))


def _anything(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [_one(draw, draw.uniform(0, _LASTING_S)) for _ in range(_FAULTS)]


def _one(draw: Random, at_s: float) -> Fault[OneOfEach]:
    for_s = draw.choice([draw.uniform(0, 0.5), draw.uniform(0.5, 4)])
    match draw.choices(["kill", "stop", "kill server", "stop server"], [6, 3, 2, 1])[0]:
        case "kill":
            name = draw.choice(_TWO_OF_EACH)
            return Fault(f"kill {name}, down for {for_s:.1f} s", at_s, kill(name, for_s))
        case "stop":
            name = draw.choice(_TWO_OF_EACH)
            return Fault(f"stop {name} for {for_s:.1f} s", at_s, freeze([name], for_s))
        case "kill server":
            name = draw.choice(["nats", "postgres"])
            return Fault(f"kill {name}, down for {for_s:.1f} s", at_s, kill_server(name, for_s))
        case _:
            name = draw.choice(["nats", "postgres"])
            return Fault(f"stop {name} for {for_s:.1f} s", at_s, freeze_server(name, for_s))


PLANS = (
    Plan(
        "take_over",
        "kill -9 of leaders, standbys take over",
        _takeovers,
        OneOfEach,
        services=_TWO_OF_EACH,
        check=recorded_once,
    ),
    Plan(
        "mixed",
        "everything at random, at once",
        _anything,
        OneOfEach,
        services=_TWO_OF_EACH,
        together=True,
        check=recorded_once,
    ),
)
