"""Shutdown: a service runs until Ctrl-C, SIGTERM or the end of its terminal, and then ends cleanly."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from services.errors import NotPermitted

_CANCEL_AGAIN_S = 0.5

Result = TypeVar("Result")

_ends: ContextVar[Callable[[NotPermitted], None] | None] = ContextVar("ends", default=None)


def stop_signals() -> list[signal.Signals]:
    """Signals that tell a process to stop: SIGINT, SIGTERM and SIGHUP, the last unless `nohup` has it ignored."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM] if ignored else [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


async def run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Run the work until it ends, or until a signal says stop: then it is cancelled, and awaited.

    Raises NotPermitted as soon as NATS does not permit what the work does.
    """
    task = asyncio.ensure_future(unless_refused(work))
    with cancelled_by(task, stop_signals()) as came:
        try:
            await task
        except asyncio.CancelledError:
            if not came:
                raise


@contextmanager
def cancelled_by(task: asyncio.Task[Any], signals: Iterable[signal.Signals]) -> Iterator[list[signal.Signals]]:
    """Cancel a task at each of the signals while the context is open; gives those that came, as they come.

    Handlers that there were before are back afterwards. The main thread alone can do this.
    """
    loop, came = asyncio.get_running_loop(), list[signal.Signals]()

    def cancel(number: signal.Signals) -> None:
        came.append(number)
        task.cancel()

    before = {number: signal.getsignal(number) for number in signals}
    for number in before:
        loop.add_signal_handler(number, cancel, number)
    try:
        yield came
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def run_until_one_ends(*work: Coroutine[Any, Any, Any]) -> None:
    """Run side by side until one ends; raises what it raised. The others are cancelled, and awaited."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        await cancel_and_wait(tasks)


@asynccontextmanager
async def running_beside(*work: Coroutine[Any, Any, Any]) -> AsyncIterator[None]:
    """Run what never ends while the context is open; then it is cancelled, and awaited."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield
    finally:
        await cancel_and_wait(tasks)


async def cancel_and_wait(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel them and wait for their end; what they raise is dropped.

    They are cancelled until they do end: `asyncio.wait_for`, with which nats-py connects and flushes, swallows a
    cancellation that comes in the moment when what it waits for is there.
    """
    left, cancelled = set(tasks), False
    while left:
        for each in left:
            each.cancel()
        try:
            _, left = await asyncio.wait(left, timeout=_CANCEL_AGAIN_S)
        except asyncio.CancelledError:
            cancelled = True
    for each in tasks:
        if not each.cancelled():
            each.exception()  # is looked at, so that nobody complains that it was not
    if cancelled:
        raise asyncio.CancelledError


async def run_to_end(cleanup: Awaitable[Result]) -> Result:
    """Run cleanup to its end, however often its caller is cancelled meanwhile; then the caller is cancelled.

    Who waits for work that ends is cancelled more than once: by signals, by `cancel_and_wait`, by `unless_refused`. A
    second cancellation would otherwise leave servers running and requests without an answer.
    """
    task, cancelled = asyncio.ensure_future(cleanup), False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        if not task.cancelled():
            task.exception()  # is looked at, so that nobody complains that it was not
        raise asyncio.CancelledError
    return task.result()


def report_refusal(refused: NotPermitted) -> bool:
    """End the work that is under `unless_refused` here; False when there is none."""
    end = _ends.get()
    if end is not None:
        end(refused)
    return end is not None


async def unless_refused(work: Coroutine[Any, Any, Result]) -> Result:
    """Run work to its end, or until a connection that it made is refused something: then raises NotPermitted."""
    loop = asyncio.get_running_loop()
    refusals: list[NotPermitted] = []

    def end(refused: NotPermitted) -> None:
        if not refusals:
            refusals.append(refused)
            cancel()

    def cancel() -> None:
        if not task.done():  # nats-py may swallow a cancellation: see `cancel_and_wait`
            task.cancel()
            loop.call_later(_CANCEL_AGAIN_S, cancel)

    before = _ends.set(end)
    try:
        task = asyncio.ensure_future(work)
    finally:
        _ends.reset(before)
    try:
        result = await _ended(task, cancel)
    except (Exception, asyncio.CancelledError):
        if refusals and not _told_to_end():
            raise refusals[0] from None
        raise
    if refusals:
        raise refusals[0]
    return result


async def _ended(task: asyncio.Task[Result], cancel: Callable[[], None]) -> Result:
    """Waits for a task; whoever cancels the wait has the task cancelled until it ends."""
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            if not cancelled:
                cancel()
            cancelled = True
    return task.result()


def _told_to_end() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
