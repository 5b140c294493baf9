import json
from typing import Any

import pytest

from contracts.cloudevents.envelope import Refused, read_event, read_recorded
from contracts.events import EVENTS, Event, Registry, UnknownType
from contracts.events.activity import CallMade
from contracts.events.correction import EventCorrected


class ShiftKeptV3(Event, type="daybook.shift_kept.v3", family="activity", subjects="deal"):
    """A shift, as it is told now."""

    minutes: int
    """Length in minutes."""
    place: str | None = None
    """Where."""


class ShiftKeptV2(Event, type="daybook.shift_kept.v2", family="activity", subjects="deal"):
    """A shift, as it was told before places were known."""

    minutes: int
    """Length in minutes."""

    def upcast(self) -> ShiftKeptV3:
        return ShiftKeptV3(minutes=self.minutes)


class ShiftKept(Event, type="daybook.shift_kept.v1", family="activity", subjects="deal"):
    """A shift, as it was told at first."""

    hours: int
    """Length in hours."""

    def upcast(self) -> ShiftKeptV2:
        return ShiftKeptV2(minutes=60 * self.hours)


SHIFTS = Registry(ShiftKept, ShiftKeptV2, ShiftKeptV3, CallMade, EventCorrected)


def _said(version: int, registry: Registry = SHIFTS, **data: Any) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"shift-{version}",
        "source": "shifts",
        "type": f"daybook.shift_kept.v{version}",
        "subject": "deal/D-1",
        "time": "2026-03-01T09:30:00Z",
        "data": data,
    }
    return read_event(event, registry).canonical


def test_an_older_version_is_read_beside_the_newest_through_one_upcast_for_each_step() -> None:
    stored = [_said(1, hours=2), _said(2, minutes=120), _said(3, minutes=120, place="office")]
    read = [read_recorded(each, SHIFTS) for each in stored]
    assert [each.event for each in read] == [
        ShiftKept(hours=2),
        ShiftKeptV2(minutes=120),
        ShiftKeptV3(minutes=120, place="office"),
    ]
    assert [SHIFTS.newest(each.event) for each in read] == [
        ShiftKeptV3(minutes=120),
        ShiftKeptV3(minutes=120),
        ShiftKeptV3(minutes=120, place="office"),
    ]


def test_each_version_is_held_to_its_own_contract() -> None:
    with pytest.raises(Refused) as refused:
        _said(1, minutes=120)
    assert {each.field for each in refused.value.problems} == {"data.hours", "data.minutes"}


def test_what_is_stored_keeps_the_version_that_was_sent() -> None:
    assert json.loads(_said(1, hours=2))["type"] == "daybook.shift_kept.v1"
    assert json.loads(_said(1, hours=2))["data"] == {"hours": 2}


def test_a_name_without_version_means_the_newest() -> None:
    assert SHIFTS.named("shift_kept") is ShiftKeptV3
    assert SHIFTS.named("call_made") is CallMade
    assert SHIFTS.named("nothing") is None
    assert SHIFTS.names() == ["call_made", "event_corrected", "shift_kept"]


def test_a_type_belongs_to_one_class() -> None:
    with pytest.raises(ValueError, match=r"two classes have the type daybook\.call_made\.v1"):
        Registry(CallMade, CallMade)


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(UnknownType, match=r"daybook\.call_made\.v9"):
        EVENTS.get("daybook.call_made.v9")


def _correction(target_type: str, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "c-1",
        "source": "shifts",
        "type": "daybook.event_corrected.v1",
        "subject": "deal/D-1",
        "time": "2026-03-02T09:30:00Z",
        "data": {
            "target": {"source": "shifts", "id": "shift-1"},
            "target_type": target_type,
            "replacement": {"time": "2026-03-01T10:30:00Z", "data": data},
            "reason": "wrong",
            "approver": "head",
        },
    }


def test_a_replacement_is_held_to_the_contract_of_the_version_that_it_replaces() -> None:
    read_event(_correction("daybook.shift_kept.v1", hours=3), SHIFTS)
    with pytest.raises(Refused) as refused:
        read_event(_correction("daybook.shift_kept.v1", hours="{3}"), SHIFTS)
    assert [(each.field, each.reason) for each in refused.value.problems] == [
        ("data.replacement.data.hours", "must be a whole number")
    ]


@pytest.mark.parametrize(
    ("target_type", "reason"),
    [
        ("daybook.shift_kept.v9", "unknown event type daybook.shift_kept.v9"),
        ("daybook.event_corrected.v1", "daybook.event_corrected.v1 is never corrected"),
        ("com.example.x", "must be an event type such as daybook.call_made.v1"),
    ],
)
def test_what_cannot_be_corrected_is_refused_by_name(target_type: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_event(_correction(target_type, hours=3), SHIFTS)
    assert [(each.field, each.reason) for each in refused.value.problems] == [("data.target_type", reason)]


def test_data_names_the_deals_and_accounts_that_it_concerns() -> None:
    paid = EVENTS.read(
        "daybook.payment_transferred.v1",
        '{"payment":"P","to_account_id":"A-2","amount":"1","currency":"CNY"}',
    )
    assert paid.concerns() == {"account/A-2"}
    allocated = EVENTS.read(
        "daybook.payment_allocated.v1",
        '{"payment":"P","currency":"CNY","allocations":[{"invoice":"I","amount":"1","deal_id":"D-1"},'
        '{"invoice":"J","amount":"1","deal_id":"D-2"},{"invoice":"K","amount":"1"}]}',
    )
    assert allocated.concerns() == {"deal/D-1", "deal/D-2"}
