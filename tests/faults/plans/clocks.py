"""Emitting systems whose clocks jump: into the past, the future, over offsets. What lies ahead is refused."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from tests.faults.doors import Answer, HttpDoor, NatsDoor, NoAnswer
from tests.faults.plan import Fault, Plan
from tests.faults.receipts import Sent
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_SKEW = timedelta(minutes=5)
"""So far ahead an emitter's clock may be."""
_JUMPS = 150
_OFFSETS_MINUTES = (0, 60, 345, 480, 570, 765, 840, -210, -300, -720, -719, 1439, -1439)
_NO_TIMES = (
    *("2026-02-30T00:00:00Z", "2025-02-29T12:00:00Z", "2026-06-30T23:59:60Z", "2026-03-31T24:00:00Z"),
    *("2026-03-31T09:30:00", "2026-03-31", "2026-03-31 09:30:00Z", "2026-03-31T09:30Z", "2026-03-31T09:30:00+2400"),
    *("2026-03-31T09:30:00+24:00", "2026-03-31T09:30:00.Z", "2026-03-31T09:30:00.1234567890Z", "1790000000", "now"),
    *(
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "-001-01-01T00:00:00Z",
    ),
)


def _jumping(draw: Random) -> Sequence[Fault[OneOfEach]]:
    seed = draw.random()

    async def strike(world: World[OneOfEach]) -> None:
        http = HttpDoor([each.url for each in world.of("intake")], await world.source("clock-http"))
        token = await world.source("clock-nats")
        nats = await NatsDoor.open(world.servers.emitter_nats_url, "clock-nats", token)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_emit(world, Random(seed), http, "clock-http"))
                group.create_task(_emit(world, Random(seed + 1), nats, "clock-nats"))
        finally:
            await http.close()
            await nats.close()

    return [Fault(f"{2 * _JUMPS} jumps of two emitters' clocks", 0.0, strike)]


async def _emit(world: World[Any], draw: Random, door: HttpDoor | NatsDoor, source: str) -> None:
    for number in range(_JUMPS):
        event = _event(source, number, "")
        kind = draw.choices(["past", "about now", "ahead", "none", "replaced ahead"], [40, 15, 20, 15, 10])[0]
        if kind == "none":
            event["time"] = draw.choice(_NO_TIMES)
            _is_refused(world, event, await _answer(door, event), {"invalid", "future-time"}, "time")
        elif kind == "ahead":
            event["time"] = _written(
                draw, datetime.now(UTC) + _SKEW + timedelta(seconds=draw.choice([30, 3600, 10**8]))
            )
            _is_refused(world, event, await _answer(door, event), {"future-time"}, "time")
        elif kind == "replaced ahead":
            event = _correction(event, _written(draw, datetime.now(UTC) + _SKEW + timedelta(minutes=1)))
            _is_refused(world, event, await _answer(door, event), {"future-time"}, "data.replacement.time")
        else:
            now = datetime.now(UTC)
            back = draw.choice([0, 1, 3600, 86400, 10**7, 10**9, 3 * 10**10, 6 * 10**10]) * draw.random()
            at = now - timedelta(seconds=back) if kind == "past" else now + draw.uniform(-1, 0.9) * _SKEW
            event["time"] = _written(draw, at)
            await _is_taken(world, event, await _answer(door, event))


async def _answer(door: HttpDoor | NatsDoor, event: dict[str, Any]) -> Answer:
    while True:
        try:
            answer = await door.send(Sent(event).message.decode(), batch=False)
            if answer.status != 503:
                return answer
        except NoAnswer:
            pass
        await asyncio.sleep(0.1)


async def _is_taken(world: World[Any], event: dict[str, Any], answer: Answer) -> None:
    if answer.status != 201:
        world.complain(f"{event['time']} was answered {answer.status}: {answer.said}")
        return
    sent = [Sent(event)]
    world.receipts.note(sent)
    world.receipts.acknowledge(sent, [answer.said["sequence"]])


def _is_refused(world: World[Any], event: dict[str, Any], answer: Answer, kinds: set[str], field: str) -> None:
    named = [(each["kind"], each["field"]) for each in answer.said.get("errors", [])] if answer.status == 422 else []
    if not any(kind in kinds and at == field for kind, at in named):
        world.complain(f"{event['time']} {event['data']} was answered {answer.status}: {answer.said}")


def _written(draw: Random, at: datetime) -> str:
    """In the canonical text of some offset, with some digits of a second."""
    there = at.astimezone(timezone(timedelta(minutes=draw.choice(_OFFSETS_MINUTES))))
    digits = draw.choice(["", "", ".5", ".123456789", ".000000001", ".999999999", ".05"])
    text = there.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + digits + there.strftime("%z")
    offset = text[-5:]
    return text[:-5] + ("Z" if offset in ("+0000", "-0000") else f"{offset[:3]}:{offset[3:]}")


def _event(source: str, number: int, time: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"tick-{number}",
        "source": source,
        "type": "daybook.call_made.v1",
        "subject": f"deal/T-{number % 20}",
        "time": time,
        "data": {"outcome": "callback"},
    }


def _correction(event: dict[str, Any], time: str) -> dict[str, Any]:
    return event | {
        "type": "daybook.event_corrected.v1",
        "time": "2026-03-31T09:30:00Z",
        "data": {
            "target": {"source": event["source"], "id": "tick-0"},
            "target_type": "daybook.call_made.v1",
            "replacement": {"time": time, "data": {"outcome": "interested"}},
            "reason": "another time",
            "approver": "Li",
        },
    }


PLANS = (Plan("clocks", "clock jumps in emitters", _jumping, OneOfEach),)
