"""Processes that check subjects side by side: a replay is the work of a processor, and one process has but one."""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Collection, Set
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection as pipes
from types import TracebackType
from typing import Self

import uvloop

from projections.views import VIEWS
from services.audit.differences import Differences
from services.audit.subjects import SubjectChecks
from services.errors import DaybookError
from services.ledger import journal
from services.postgres import connection as database
from services.views.row_versions import PlaybookTimeline


@dataclass(frozen=True, slots=True)
class Task:
    """Settings of a verification, the same for all workers."""

    database_url: str
    up_to: int
    stale: Set[tuple[str, str]]


class Workers:
    """Processes with a connection each, while the context is open."""

    def __init__(self, task: Task, number: int) -> None:
        self._pool = ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), _begin, (task,))
        self._free = asyncio.Semaphore(2 * number)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    async def room(self) -> None:
        """Wait until there is room for one more check; `check` gives it back."""
        await self._free.acquire()

    async def check(self, subjects: Collection[str]) -> Differences:
        """Finds all differences of these subjects. Raises DaybookError when a worker has died."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, _check, list(subjects))
        except BrokenProcessPool as error:
            raise DaybookError("A process that checked subjects has died; perhaps memory ran out.") from error
        finally:
            self._free.release()


class _Worker:
    """State that a worker process keeps from check to check."""

    def __init__(self, task: Task) -> None:
        self._loop = uvloop.new_event_loop()
        self._checks = self._loop.run_until_complete(self._open(task))

    async def _open(self, task: Task) -> SubjectChecks:
        connection = await database.connect(task.database_url, "daybook_query")
        timeline = PlaybookTimeline(await journal.playbooks(connection, task.up_to))
        return SubjectChecks(connection, VIEWS, timeline, task.up_to, task.stale)

    def check(self, subjects: Collection[str]) -> Differences:
        return self._loop.run_until_complete(self._checks.check(subjects))


_workers: list[_Worker] = []
"""The one of this process, once it has begun."""


def _begin(task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which then ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(50_000, 20, 100)
    _workers.append(_Worker(task))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    pipes.wait([parent.sentinel])
    os._exit(1)


def _check(subjects: Collection[str]) -> Differences:
    return _workers[0].check(subjects)
