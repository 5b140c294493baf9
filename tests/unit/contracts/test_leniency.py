"""Entries are read whatever their contracts ask today; how a contract may become stricter is played through here."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, model_validator

from contracts.cloudevents.envelope import Refused, read_entry, read_event, read_recorded
from contracts.events import EVENTS, Registry
from contracts.events.event import Data, Event
from contracts.rules.canonical import canonical
from contracts.rules.refusals import fault
from contracts.types import money
from contracts.types.times import CalendarDay, Instant

RECORDED = Path(__file__).parents[2] / "conformance" / "recorded"


class _Part(Data):
    number: Annotated[str, Field(max_length=3)]
    amount: Annotated[Decimal, Field(lt=10)] | None = None


class _Delivered(Event, type="daybook.delivered.v1", family="activity", subjects="deal"):
    """A delivery, of which today's contract asks more than the one under which it was recorded."""

    kind: Literal["parcel", "pallet"]
    by: Annotated[str, Field(pattern="^[A-Z]+$")]
    on: CalendarDay
    at: Instant | None = None
    weight: Annotated[int, Field(le=100)] = 1
    deal_id: str | None = None
    parts: tuple[_Part, ...] = ()
    signed: bool

    @model_validator(mode="after")
    def _never(self) -> "_Delivered":
        raise fault((("weight",), "no delivery is allowed any more"))


STRICTER = Registry(_Delivered)
DATA: dict[str, Any] = {
    "kind": "boat",
    "by": "li",
    "on": "2026-03-02",
    "at": "2026-03-02T09:00:00Z",
    "weight": 1000,
    "colour": "red",
    "deal_id": "D-2",
    "parts": [{"number": "12345", "amount": "50.5", "made_of": "tin"}, {"number": "1"}],
}


def stored(type_: str, data: dict[str, Any], **attributes: Any) -> bytes:
    head = {"specversion": "1.0", "id": "e-1", "source": "crm", "type": type_, "subject": "deal/D-1"}
    return canonical(head | {"time": "2026-03-02T09:00:00.1234567Z", "data": data} | attributes)


def test_an_entry_is_read_field_by_field_when_its_contract_became_stricter() -> None:
    message = stored("daybook.delivered.v1", DATA, actor="\u00a0", department="East")
    with pytest.raises(Refused):
        read_recorded(message, STRICTER)
    read = read_entry(message, STRICTER)
    assert (read.identity, read.subject, read.actor) == (("crm", "e-1"), "deal/D-1", "\u00a0")
    assert read.department == "East"
    assert (read.occurred_at, read.nanoseconds) == (datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC), 700)
    assert read.canonical == message
    event = read.event
    assert isinstance(event, _Delivered)
    said = event.__dict__
    assert [said[name] for name in ("kind", "by", "weight", "signed")] == ["boat", "li", 1000, None]
    assert (event.on, event.at) == (date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert [(each.number, each.amount) for each in event.parts] == [("12345", Decimal("50.5")), ("1", None)]
    assert event.concerns() == {"deal/D-2"}


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00",
        b"{}",
        stored("daybook.unheard.v1", {}),
        stored("daybook.call_made.v1", {"outcome": "interested"}) + b" ",
        stored("daybook.call_made.v1", {"outcome": "boat"}).replace(b'":"', b'": "'),
        stored("daybook.call_made.v1", {"outcome": "boat"}, time="yesterday"),
    ],
)
def test_what_is_no_event_or_of_no_known_type_is_not_read(message: bytes) -> None:
    with pytest.raises(Refused):
        read_entry(message)


@pytest.mark.parametrize("code", ["BGN", "EUR", "QQQ"])
def test_a_currency_that_is_no_longer_listed_stays_readable(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(money.MINOR_UNITS, code, raising=False)
    data = {"playbook": "project", "amount": "1.505", "currency": code}
    message = stored("daybook.deal_opened.v1", data)
    with pytest.raises(Refused, match=f"not an ISO 4217 currency code such as CNY: {code}"):
        read_event(message)
    read = read_recorded(message)
    assert read == read_entry(message)
    assert json.loads(read.event.model_dump_json(exclude_unset=True)) == data
    assert money.in_units(Decimal("1.505"), code) == Decimal("1.505")
    assert str(money.in_units(Decimal("1.5"), code)) == "1.50"


@pytest.mark.parametrize("path", sorted(RECORDED.rglob("*.json")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_message_of_every_past_version_stays_readable(path: Path) -> None:
    message = path.read_bytes()
    read = read_recorded(message)
    assert read.canonical == message
    assert read_entry(message) == read
    assert EVENTS.newest(read.event)


def test_there_are_messages_of_every_past_version() -> None:
    assert {each.name for each in RECORDED.iterdir()} >= {"513cf26"}
    for version in RECORDED.iterdir():
        assert len(list(version.glob("*.json"))) >= 32
