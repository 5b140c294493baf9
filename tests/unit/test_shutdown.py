"""Checks that tasks side by side end together, whatever a library does with a cancellation."""

import asyncio

import pytest

from services.runtime.shutdown import cancel_and_wait, run_to_end, run_until_one_ends, unless_refused


async def _swallows_one() -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(60)


async def test_what_swallows_a_cancellation_is_cancelled_until_it_ends() -> None:
    task = asyncio.create_task(_swallows_one())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await cancel_and_wait([task])
    assert task.cancelled()


async def test_what_failed_while_it_ended_is_not_raised() -> None:
    async def fails() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError("too late")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await cancel_and_wait([task])
    assert isinstance(task.exception(), ValueError)


async def test_the_first_that_fails_ends_the_others_and_is_raised() -> None:
    runs, over = asyncio.Event(), asyncio.Event()

    async def other() -> None:
        runs.set()
        try:
            await _swallows_one()
        finally:
            over.set()

    async def fails() -> None:
        await runs.wait()
        raise ValueError("the first")

    with pytest.raises(ValueError, match="the first"):
        await run_until_one_ends(other(), fails())
    assert over.is_set()


async def test_a_command_that_swallows_a_cancellation_is_cancelled_until_it_ends() -> None:
    task = asyncio.create_task(unless_refused(_swallows_one()))
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_cleanup_goes_to_its_end_however_often_it_is_cancelled(times: int) -> None:
    done: list[str] = []

    async def cleans_up() -> None:
        for step in ("requests", "servers", "files"):
            await asyncio.sleep(0.01)
            done.append(step)

    async def works() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await run_to_end(cleans_up())

    task = asyncio.create_task(works())
    await asyncio.sleep(0)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.wait([task])
    assert task.cancelled()
    assert done == ["requests", "servers", "files"]


async def test_what_cleanup_raises_is_raised_unless_its_caller_is_cancelled() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"):
        await run_to_end(fails())
    task = asyncio.create_task(run_to_end(fails()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
