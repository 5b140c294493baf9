"""Reading a batch holds up nothing else for long, and batches do not hold up each other."""

import asyncio
import json
from typing import Any

import pytest

from services.intake.decode import AT_A_TIME, Batches
from tests.integration.intake.sending import call

COUNT = 500


def _batch(name: str, last: str = "", **changed: Any) -> bytes:
    events = [call(f"{name}-{number}") | changed for number in range(COUNT)]
    return json.dumps(events).encode() + last.encode()


@pytest.mark.parametrize("changed", [{}, {"id": ""}, {"subject": 7}], ids=["well formed", "refused", "no text"])
async def test_others_have_their_turn_while_a_batch_is_read(changed: dict[str, Any]) -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    sent = await Batches().read(_batch("a", **changed))
    beside.cancel()
    if changed:
        assert [each.index for each in sent.faults] == list(range(COUNT))
    else:
        assert [event.id for _, event in sent.events] == [f"a-{number}" for number in range(COUNT)]
    assert turns >= COUNT // AT_A_TIME


async def test_they_are_read_in_the_order_in_which_they_came() -> None:
    batches, done = Batches(), list[str]()

    async def read(name: str, last: str = "") -> None:
        sent = await batches.read(_batch(name, last))
        done.append(f"{name} {len(sent.events)}")

    await asyncio.gather(read("a"), read("b", "]"), read("c"))
    assert done == [f"a {COUNT}", "b 0", f"c {COUNT}"]


async def test_one_whose_sender_is_gone_keeps_nobody_waiting() -> None:
    batches = Batches()
    first = asyncio.create_task(batches.read(_batch("a")))
    second = asyncio.create_task(batches.read(_batch("b")))
    await asyncio.sleep(0)
    first.cancel()
    assert len((await second).events) == COUNT
    assert first.cancelled()
