"""Permissions in NATS: a violation ends the command or service that caused it, with one sentence.

The server reports a violation on the connection, never to the caller: a request that it refused gets no answer, a
subscription hears nothing. To wait or to try again would not help; somebody has to name another user.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import urlsplit

from services.errors import NotPermitted

Result = TypeVar("Result")

USERS = {
    "init": "daybook",
    "reconcile": "daybook",
    "resend": "daybook",
    "intake": "appender",
    "intake-requests": "intake",
    "recorder": "recorder",
    "projector": "projector",
    "query": "query",
    "status": "query",
    "backup": "query",
    "asking": "query",
    "verify": "auditor",
    "notary": "notary",
    "notary-key": "notary",
}
"""By what a connection is for, its user in deploy/nats/users.conf."""
ANSWERS = "intake-requests"
"""It publishes answers, on subjects that others name: that one of them is not permitted is no fault of ours."""

_CANCEL_AGAIN_S = 0.5
_VIOLATION = re.compile(
    r'permissions violation for (publish|subscription) to "(.*?)"(?: using queue .*)?\'?$', re.IGNORECASE | re.DOTALL
)
_DOES = {"publish": "publish on", "subscription": "listen to"}

_ends: ContextVar[Callable[[NotPermitted], None] | None] = ContextVar("ends", default=None)


def violation(error: Exception, url: str, purpose: str) -> NotPermitted | None:
    """Make the error for a permissions violation that a connection reports.

    None when it is no violation, or one that we did not bring about.
    """
    found = _VIOLATION.search(str(error))
    if found is None or (purpose == ANSWERS and found[1].lower() == "publish"):
        return None
    return not_permitted(url, purpose, f"{_DOES[found[1].lower()]} {found[2]}")


def not_permitted(url: str, purpose: str, what: str) -> NotPermitted:
    """The NATS user of a URL may not do what a connection for this purpose must do."""
    user, due = _user(url), USERS.get(purpose, "daybook")
    setting = "DAYBOOK_INTAKE_NATS_URL" if purpose == ANSWERS else "DAYBOOK_NATS_URL"
    who = "The NATS user" if user is None else f"The NATS user {user}"
    if user == due:
        return NotPermitted(f"{who} may not {what}, which it must: see its permissions in deploy/nats/users.conf.")
    return NotPermitted(f"{who} may not {what}: name the user {due} in {setting} (see deploy/nats/users.conf).")


def report(refused: NotPermitted) -> bool:
    """Ends the work that is under `unless_refused` here; False when there is none."""
    end = _ends.get()
    if end is not None:
        end(refused)
    return end is not None


async def unless_refused(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs work to its end, or until a connection that it made is refused something: then raises NotPermitted."""
    loop = asyncio.get_running_loop()
    refusals: list[NotPermitted] = []

    def end(refused: NotPermitted) -> None:
        if not refusals:
            refusals.append(refused)
            cancel()

    def cancel() -> None:
        if not task.done():  # nats-py may swallow a cancellation: see `services.lifetime.ended`
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


def _user(url: str) -> str | None:
    """The user that a URL names; None where it names a token, or nobody."""
    try:
        parts = urlsplit(url.split(",")[0])
    except ValueError:
        return None
    return parts.username if parts.password is not None else None
