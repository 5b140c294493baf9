"""All plans, in the order of the table. A family of plans is a file here, and its `PLANS` are listed below."""

from typing import Any

from tests.faults.plan import Plan
from tests.faults.plans import (
    altered,
    away,
    clocks,
    cluster,
    cut,
    failover,
    floods,
    full,
    hostile,
    kills,
    late,
    logs,
    mixed,
    nats_clock,
    places,
    power,
    restored,
    rewound,
    stops,
    swallowed,
    voids,
)

PLANS: tuple[Plan[Any], ...] = (
    *kills.PLANS,
    *swallowed.PLANS,
    *cut.PLANS,
    *late.PLANS,
    *away.PLANS,
    *power.PLANS,
    *stops.PLANS,
    *places.PLANS,
    *altered.PLANS,
    *voids.PLANS,
    *floods.PLANS,
    *logs.PLANS,
    *mixed.PLANS,
    *hostile.PLANS,
    *clocks.PLANS,
    *nats_clock.PLANS,
    *cluster.PLANS,
    *failover.PLANS,
    *restored.PLANS,
    *rewound.PLANS,
    *full.PLANS,
)

FIXED: tuple[tuple[str, int], ...] = (
    *((each.name, 1) for each in PLANS if each.in_fixed_set),
    ("mixed", 2),
    ("mixed", 3),
)
"""The (plan, seed) that `make faults` runs."""


def named(name: str) -> Plan[Any]:
    """The plan of that name. Raises KeyError."""
    return {each.name: each for each in PLANS}[name]
