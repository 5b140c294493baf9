"""Requests over NATS, taken and answered: so many at once, and no more of them waiting than memory is set aside for.

Nobody can tell by which connection a request came, so a flood is told by its tokens. Each source waits in a line of its
own, and the lines are served in turn. What shows no source's token is refused, up to so many a second. More of it waits
while others are looked at, for its source may only just have been added; what is a stranger's then is dropped, for to
answer each would take the time of those who may send.

They are taken from the connection as they come, past FastStream, which keeps the connection. From 64 clients intake
took 950 single events a second with a handler of FastStream's (`@broker.subscriber(…, max_workers=512)`) and 2,591
without, at 562 and 175 microseconds of processor time each. With the lines below before such a handler and the reply
below behind it intake took 1,841 and 2,383, at 282 and 177. A batch of 1000 costs the same either way. (Medians of 4
runs in turn, two cores, FastStream 0.7.8, 2026-11-29.)
"""

import asyncio
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, NamedTuple

import nats.errors
import structlog
from nats.aio.subscription import Subscription

from services.intake import metrics
from services.intake.responses import CONTENT_TYPE, Refusal, Taken
from services.nats.client import FollowingClient, frame, send
from services.runtime.shutdown import cancel_and_wait

AT_ONCE = 512
"""Requests in progress; more wait."""
MAX_HELD_BYTES = 128 * 1024 * 1024
"""Of requests in progress and waiting; beyond that senders are told to come again."""
MAX_HELD_BYTES_OF_ONE = MAX_HELD_BYTES // 4
"""Of one source."""
MAX_HELD_BYTES_OF_STRANGERS = 8 * 1024 * 1024
"""Of requests whose token was not known when they came."""
REFUSALS_PER_S = 200
"""Requests without a known token, or beyond the room, that are answered; after a rest as many at once."""
DROPS_TOLD_S = 10.0
"""So often the log says at most that requests are dropped."""
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
        """Bytes of memory that the request takes, with `_OVERHEAD_BYTES` for the rest."""
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
NameOf = Callable[[Request], str | None]
"""The source that a request comes from, by its token; None when no source is known that has it."""
_STRANGER = ""
"""Stands for the source of a request that shows no known token."""


class Allowance:
    """Rate limit: so many requests a second, and as many at once after a rest."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._left = per_s
        self._at = time.monotonic()

    def take(self) -> bool:
        """Take one from the allowance; false when nothing is left."""
        now = time.monotonic()
        self._left = min(self._per_s, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Requests:
    """Answers the requests of one subscription."""

    def __init__(self, nc: FollowingClient, answer: Answer, name_of: NameOf) -> None:
        self._nc = nc
        self._answer = answer
        self._name_of = name_of
        self._tasks: set[asyncio.Task[None]] = set()
        self._serving = 0
        """How many of them serve requests, and will look for those that wait."""
        self._waiting: OrderedDict[str, deque[Request]] = OrderedDict()
        """By source; the first is served next."""
        self._held: defaultdict[str, int] = defaultdict(int)
        """Bytes, by source."""
        self._held_by_all = 0
        self._refusals = Allowance(REFUSALS_PER_S)
        self._dropped = 0
        self._drops_told_at = float("-inf")
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
        await cancel_and_wait(list(self._tasks))
        with suppress(nats.errors.Error, OSError):
            await self._nc.flush()

    def _take(self, subject: bytes, reply: bytes, data: bytes, headers: bytes | None) -> None:
        request = Request(subject, reply, data, headers)
        name = self._name_of(request)
        size = request.size
        full = self._held_by_all + size > MAX_HELD_BYTES or (
            name is not None and self._held[name] + size > MAX_HELD_BYTES_OF_ONE
        )
        waits = self._serving >= AT_ONCE
        if (name is None or full) and not self._refusals.take():
            waits = self._serving > 0 and not full and self._held[_STRANGER] + size <= MAX_HELD_BYTES_OF_STRANGERS
            if not waits:
                self._drop()
                return
        who = _STRANGER if name is None else name
        self._held[who] += size
        self._held_by_all += size
        if full:
            self._begin(self._refuse(request, who))
        elif waits:
            self._waiting.setdefault(who, deque()).append(request)
        else:
            self._serving += 1
            self._begin(self._serve(request, who))

    def _drop(self) -> None:
        metrics.DROPPED.inc()
        self._dropped += 1
        now = time.monotonic()
        if now - self._drops_told_at > DROPS_TOLD_S:
            log.warning("requests_dropped", requests=self._dropped, reason="no token of a source, or no room")
            self._drops_told_at, self._dropped = now, 0

    def _next(self) -> tuple[Request, str] | None:
        """The first of the line whose turn it is; of a stranger still, where a refusal is within the allowance."""
        while self._waiting:
            who, line = self._waiting.popitem(last=False)
            request = line.popleft()
            if line:
                self._waiting[who] = line
            if who != _STRANGER:
                return request, who
            self._release(request, who)
            name = self._name_of(request)
            if name is None and not self._refusals.take():
                self._drop()
                continue
            who = _STRANGER if name is None else name
            self._held[who] += request.size
            self._held_by_all += request.size
            return request, who
        return None

    def _release(self, request: Request, who: str) -> None:
        self._held_by_all -= request.size
        self._held[who] -= request.size
        if not self._held[who]:
            del self._held[who]

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: Request, who: str) -> None:
        """Answer a request, and then those that wait."""
        following: tuple[Request, str] | None = request, who
        try:
            while following is not None:
                request, who = following
                try:
                    answer = await self._answer(request)
                except Exception:
                    log.exception("request_failed")
                    answer = Refusal("internal", "Intake failed; its log says why. Send it again, unchanged.")
                await self._reply(request, who, answer)
                following = self._next()
        finally:
            self._serving -= 1  # in the same step in which nobody was seen to wait

    async def _refuse(self, request: Request, who: str) -> None:
        await self._reply(
            request, who, Refusal("busy", "Too much is being sent at once; nothing of this was recorded.")
        )

    async def _reply(self, request: Request, who: str, answer: Taken | Refusal) -> None:
        self._release(request, who)
        if isinstance(answer, Refusal):
            metrics.refused("nats", answer)
        content_type = CONTENT_TYPE if isinstance(answer, Refusal) else "application/json"
        headers = f"Daybook-Status: {answer.status}\r\ncontent-type: {content_type}\r\n"
        try:
            await send(self._nc, frame(request.reply.decode("ascii"), "", headers, answer.body()))
        except (nats.errors.Error, OSError) as error:  # the sender hears nothing, and sends it again
            log.warning("request_not_answered", error=repr(error))
