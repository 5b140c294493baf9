"""Requests over NATS, taken and answered: so many at once, and no more of them waiting than memory is set aside for.

They are taken from the connection as they come. FastStream, which keeps the connection, would hand each over with as
much work as everything else that is done for it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, NamedTuple

import nats.errors
import structlog
from nats.aio.subscription import Subscription

from services.intake import metrics
from services.intake.problems import CONTENT_TYPE, Refusal
from services.intake.receipt import Taken
from services.lifetime import ended
from services.stream.following import FollowingClient
from services.stream.frames import frame, send

AT_ONCE = 512
"""Requests in progress; more wait."""
MOST_HELD_BYTES = 128 * 1024 * 1024
"""Of requests in progress and waiting; beyond that senders are told to come again."""
GRACE_S = 10.0
"""How long requests may take to finish at the end."""

_STATUS = b"NATS/1.0\r\n"
_OVERHEAD_BYTES = 1024

log = structlog.get_logger()


class Request(NamedTuple):
    """One request, as it came."""

    subject: bytes
    reply: bytes
    data: bytes
    headers: bytes | None

    @property
    def size(self) -> int:
        """What it takes of memory."""
        return len(self.data) + len(self.headers or b"") + _OVERHEAD_BYTES

    def header(self, name: bytes) -> str | None:
        """The first header of a name (in small letters); None without it, and when the headers are not such."""
        if self.headers is None or not self.headers.startswith(_STATUS):
            return None
        for line in self.headers.split(b"\r\n"):
            found, colon, value = line.partition(b":")
            if colon and found.strip().lower() == name:
                return value.strip().decode("ascii", "replace")
        return None


Answer = Callable[[Request], Awaitable[Taken | Refusal]]


class Requests:
    """Answers the requests of one subscription."""

    def __init__(self, nc: FollowingClient, answer: Answer) -> None:
        self._nc = nc
        self._answer = answer
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: deque[Request] = deque()
        self._held = 0
        self._subscription: Subscription | None = None

    async def start(self, subject: str, queue: str) -> None:
        """Take requests from now on."""
        self._subscription = await self._nc.subscribe_raw(subject, self._take, queue)
        await self._nc.flush()

    async def stop(self) -> None:
        """Take no more, and finish those that were begun, as far as that is possible within `GRACE_S`."""
        if self._subscription is not None and self._nc.is_connected:
            with suppress(nats.errors.Error, OSError):  # the server has gone: it asks nothing more
                await self._nc.unsubscribe_raw(self._subscription)
        self._waiting.clear()  # nobody was told anything about these
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        await ended(list(self._tasks))
        with suppress(nats.errors.Error, OSError):
            await self._nc.flush()

    def _take(self, subject: bytes, reply: bytes, data: bytes, headers: bytes | None) -> None:
        request = Request(subject, reply, data, headers)
        self._held += request.size
        if self._held > MOST_HELD_BYTES:
            self._begin(self._refuse(request))
        elif len(self._tasks) >= AT_ONCE:
            self._waiting.append(request)
        else:
            self._begin(self._serve(request))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: Request) -> None:
        """Answer a request, and then those that wait."""
        while True:
            try:
                answer = await self._answer(request)
            except Exception:
                log.exception("request_failed")
                answer = Refusal("internal", "Intake failed; its log says why. Send it again, unchanged.")
            await self._reply(request, answer)
            if not self._waiting:
                return
            request = self._waiting.popleft()

    async def _refuse(self, request: Request) -> None:
        await self._reply(request, Refusal("busy", "Too much is being sent at once; nothing of this was recorded."))

    async def _reply(self, request: Request, answer: Taken | Refusal) -> None:
        self._held -= request.size
        if isinstance(answer, Refusal):
            metrics.refused("nats", answer)
        content_type = CONTENT_TYPE if isinstance(answer, Refusal) else "application/json"
        headers = f"Daybook-Status: {answer.status}\r\ncontent-type: {content_type}\r\n"
        try:
            await send(self._nc, frame(request.reply.decode("ascii"), "", headers, answer.body()))
        except (nats.errors.Error, OSError) as error:  # the sender hears nothing, and sends it again
            log.warning("request_not_answered", error=repr(error))
