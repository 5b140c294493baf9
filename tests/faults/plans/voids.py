"""Thousands of voids of one account's entries at once: what else is said goes on to appear within seconds."""

import asyncio
from collections.abc import Iterator, Sequence
from random import Random
from time import monotonic
from typing import Any

from tests.faults.doors import Door, NoAnswer
from tests.faults.plan import Fault, Plan
from tests.faults.receipts import Sent
from tests.faults.servers import OneOfEach
from tests.faults.world import World

_ENTRIES, _VOIDS, _BATCH = 3000, 2000, 500
_SOURCE = "voider"
_ACCOUNT = "account/A-voided"
_APPEARS_WITHIN_S = 10.0
_ANSWERED_S = 60.0


async def _void(world: World[OneOfEach]) -> None:
    door, other = await world.door(_SOURCE, "http"), await world.door("beside", "nats")
    try:
        for batch in _batches(_invoice(number) for number in range(_ENTRIES)):
            await _taken(world, door, batch)
        await world.caught_up()
        began = monotonic()
        voiding = asyncio.create_task(_send_voids(world, door))
        slowest = 0.0
        number = 0
        while not voiding.done() or await world.projected() < world.receipts.highest:
            slowest = max(slowest, await _appears(world, other, number))
            number += 1
        await voiding
        world.note(
            f"{_VOIDS} voids were in the views after {monotonic() - began:.1f} s; of {number} other events the slowest "
            f"took {slowest:.1f} s to appear"
        )
    finally:
        await door.close()
        await other.close()


async def _send_voids(world: World[Any], door: Door) -> None:
    for batch in _batches(_voided(number) for number in range(_VOIDS)):
        await _taken(world, door, batch)


async def _appears(world: World[Any], door: Door, number: int) -> float:
    """Seconds from the receipt of an event about something else until every view has it."""
    await _taken(world, door, [Sent(_call(number))])
    wanted, began = world.receipts.highest, monotonic()
    while await world.projected() < wanted:
        if monotonic() - began > _APPEARS_WITHIN_S:
            world.complain(f"an event about another deal was not in the views {_APPEARS_WITHIN_S:g} s later")
            break
        await asyncio.sleep(0.05)
    return monotonic() - began


async def _taken(world: World[Any], door: Door, sent: Sequence[Sent]) -> None:
    world.receipts.note(sent)
    body = f"[{','.join(each.message.decode() for each in sent)}]"
    async with asyncio.timeout(_ANSWERED_S):
        while True:
            try:
                answer = await door.send(body, batch=True)
                if answer.status in (200, 201):
                    world.receipts.acknowledge(sent, [each["sequence"] for each in answer.said])
                    return
            except NoAnswer:
                pass
            await asyncio.sleep(0.1)


def _batches(events: Iterator[dict[str, Any]]) -> Iterator[list[Sent]]:
    batch: list[Sent] = []
    for event in events:
        batch.append(Sent(event))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _invoice(number: int) -> dict[str, Any]:
    return _event(
        _SOURCE,
        f"invoice-{number}",
        "invoice_issued",
        _ACCOUNT,
        {"invoice": f"I-{number}", "amount": "100.00", "currency": "CNY", "due_on": "2026-04-30"},
    )


def _voided(number: int) -> dict[str, Any]:
    target = {"source": _SOURCE, "id": f"invoice-{number}"}
    said = {"target": target, "reason": "issued by mistake", "approver": "Li"}
    return _event(_SOURCE, f"void-{number}", "event_voided", _ACCOUNT, said)


def _call(number: int) -> dict[str, Any]:
    return _event("beside", f"call-{number}", "call_made", f"deal/D-beside-{number}", {"outcome": "interested"})


def _event(source: str, id_: str, name: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "type": f"daybook.{name}.v1",
        "subject": subject,
        "time": "2026-03-31T09:30:00Z",
        "data": data,
    }


def _faults(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault(f"{_VOIDS} voids of one account's {_ENTRIES} entries", draw.uniform(0, 1), _void)]


PLANS = (Plan("voids", "2,000 voids of one account at once", _faults, OneOfEach),)
