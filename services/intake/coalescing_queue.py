"""Coalescing queue: the first call is served at once; calls that arrive meanwhile are served together in the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class CoalescingQueue(Generic[T, R]):
    """`run` gets the items of many calls in order of arrival and gives a result for each, in the same order.

    A run takes items up to `most` in total `weight`, or one that is heavier. What `run` raises, every call of that run
    raises. A caller that is cancelled leaves its item in: what was begun is finished.
    """

    def __init__(
        self, run: Callable[[Sequence[T]], Awaitable[Sequence[R]]], weight: Callable[[T], int], most: int
    ) -> None:
        self._run = run
        self._weight = weight
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        """The result for one item."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run_all())
        try:
            return await future
        finally:
            del future  # what it raises holds this frame, and must not hold itself

    async def _run_all(self) -> None:
        try:
            while self._waiting:
                await self._run_some(self._next())
        finally:
            self._runner = None

    def _next(self) -> list[tuple[T, asyncio.Future[R]]]:
        taken = [self._waiting.popleft()]
        weight = self._weight(taken[0][0])
        while self._waiting and weight + (more := self._weight(self._waiting[0][0])) <= self._most:
            taken.append(self._waiting.popleft())
            weight += more
        return taken

    async def _run_some(self, taken: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._run([item for item, _ in taken])
        except Exception as error:
            for _, future in taken:
                if not future.done():
                    future.set_exception(error)
            taken.clear()  # the error holds this frame, and must not hold itself
            del future
            return
        for (_, future), result in zip(taken, results, strict=True):
            if not future.done():
                future.set_result(result)
