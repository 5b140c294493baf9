"""Coalescing queue: calls that arrive while another is under way are served together."""

import asyncio
import gc
import weakref
from collections.abc import Sequence

import pytest

from services.intake.coalescing_queue import CoalescingQueue


class Runs:
    """Every run waits until it is let go."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.gate = asyncio.Event()

    async def run(self, items: Sequence[int]) -> list[int]:
        self.seen.append(list(items))
        await self.gate.wait()
        if 13 in items:
            raise ValueError("unlucky")
        return [each * 10 for each in items]


async def begin(together: CoalescingQueue[int, int], *items: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(together(each)) for each in items]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_the_first_goes_at_once_and_what_comes_meanwhile_goes_together() -> None:
    runs = Runs()
    together = CoalescingQueue(runs.run, lambda _: 1, 100)

    tasks = await begin(together, 1) + await begin(together, 2, 3, 4)
    assert runs.seen == [[1]]
    runs.gate.set()

    assert await asyncio.gather(*tasks) == [10, 20, 30, 40]
    assert runs.seen == [[1], [2, 3, 4]]


async def test_a_run_takes_no_more_than_it_may_unless_one_item_alone_is_heavier() -> None:
    runs = Runs()
    together = CoalescingQueue(runs.run, lambda item: item, 10)

    tasks = await begin(together, 1) + await begin(together, 6, 4, 1, 50, 2)
    runs.gate.set()
    await asyncio.gather(*tasks)

    assert runs.seen == [[1], [6, 4], [1], [50], [2]]


async def test_what_a_run_raises_reaches_its_callers_and_no_others() -> None:
    runs = Runs()
    together = CoalescingQueue(runs.run, lambda _: 1, 2)

    tasks = await begin(together, 1) + await begin(together, 12, 13, 14)
    runs.gate.set()

    first, *failed, last = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, last) == (10, 140)
    assert [type(each) for each in failed] == [ValueError, ValueError]


async def test_a_caller_that_gives_up_takes_nothing_from_the_others() -> None:
    runs = Runs()
    together = CoalescingQueue(runs.run, lambda _: 1, 100)

    tasks = await begin(together, 1, 2, 3)
    tasks[1].cancel()
    runs.gate.set()

    assert (await tasks[0], await tasks[2]) == (10, 30)
    with pytest.raises(asyncio.CancelledError):
        await tasks[1]
    assert await together(4) == 40


class Heavy:
    """Something that is to go as soon as nobody needs it."""


async def test_what_a_failed_run_was_given_goes_at_once() -> None:
    async def run(items: Sequence[Heavy]) -> list[int]:
        raise ValueError("unlucky")

    together = CoalescingQueue(run, lambda _: 1, 100)
    items = [Heavy(), Heavy(), Heavy()]
    gone = [weakref.ref(each) for each in items]
    gc.disable()
    try:
        await asyncio.gather(*map(together, items), return_exceptions=True)
        items.clear()
        await asyncio.sleep(0)
        assert [each() for each in gone] == [None, None, None]
    finally:
        gc.enable()
