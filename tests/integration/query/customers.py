"""Seeded events about customers: few accounts, people and times, so that facts replace each other often."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.integration.projector.turmoil import Event, event

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_NAMES = (
    *["account_profiled", "account_graded", "contact_recorded", "relationship_assessed"] * 3,
    *["account_registered", "account_plan_set", "target_set"] * 2,
    "account_merged",
)


def customers(seed: int, events: int) -> list[Event]:
    """That many events about three accounts."""
    draw = Random(seed)
    return [_event(draw, f"k{number}") for number in range(events)]


def among(told: Sequence[Event], others: Sequence[Event], seed: int) -> list[Event]:
    """Events with others among them, both in their order."""
    draw = Random(seed)
    places = sorted((draw.random(), event) for event in range(len(others)))
    found, rest = [], [(int(place * len(told)), others[number]) for place, number in places]
    for place, each in enumerate(told):
        found += [other for at, other in rest if at == place]
        found.append(each)
    return found


def _event(draw: Random, id: str) -> Event:
    name, account = draw.choice(_NAMES), draw.choice(["A-0", "A-1", "A-2"])
    at = _FIRST_DAY + timedelta(hours=draw.randrange(24 * 20))
    said: dict[str, dict[str, Any]] = {
        "account_registered": {"name": draw.choice(["Alpha", "Beta"]), "industry": draw.choice(["steel", "glass"])},
        "account_profiled": {
            "region": draw.choice(["north", "south"]),
            "industry": draw.choice(["steel", "paper", None]),
        },
        "account_graded": {
            "grade": draw.choice(["A", "B", "C"]),
            **{each: draw.randint(1, 5) for each in ("potential", "standing", "strategic")},
            "method": "product",
        },
        "account_merged": {"into_account_id": draw.choice(["A-0", "A-1", "A-2"]), "reason": "one", "approver": "Li"},
        "account_plan_set": {"plan": "P", "period": "2026", "strategy": draw.choice(["more", "other"])},
        "target_set": {
            "target": "T",
            "metric": "net_invoiced",
            "period": "2026",
            "value": draw.choice(["500", "800.00"]),
            "currency": "CNY",
        },
        "contact_recorded": {"contact_id": draw.choice("XYZ"), "role": draw.choice(["decision_maker", "user"])},
        "relationship_assessed": {
            "contact_id": draw.choice("XYZ"),
            "level": draw.choice(["enterprise_need", "personal_bond"]),
            "content": draw.choice(["product", "company"]),
            "reached": draw.random() < 0.7,
            "stance": draw.choice(["supporter", "neutral", None]),
            "deal_id": draw.choice(["D-0", "D-1", None]),
        },
    }
    if name in ("contact_recorded", "relationship_assessed") and draw.random() < 0.4:
        return event(name, f"deal/{draw.choice(['D-0', 'D-1'])}", at, id, **said[name])
    return event(name, f"account/{account}", at, id, **said[name])
