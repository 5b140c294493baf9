"""HTTP/1.1 that strangers cannot wear out: what a connection may keep, and for how long, before anybody knows who asks.

Every service speaks it. uvicorn and httptools read requests; here they are fed little at a time, and what they would
keep is counted. Limits of bodies and rights are the application's.

A connection that waits for its peer (silent, amid a handshake of TLS, the head or the body of a request, idle between
requests, or with an answer that is not fetched) has a deadline. When there are as many connections as may be, one that
waits makes room for the next; one whose request is being answered never does.
"""

import asyncio
import json
import resource
import ssl
from asyncio.sslproto import SSLProtocol
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import httptools
import prometheus_client
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.utils import get_remote_addr

from services.runtime.metrics import REGISTRY

MAX_HEAD_BYTES = 32 * 1024
"""Of a request: its target and its fields, trailers included."""
MAX_FIELDS = 100
MAX_TARGET_BYTES = 8 * 1024
MAX_FRAMING_BYTES = 64 * 1024
"""Of a body besides what it holds: sizes and extensions of chunks, and twice what it holds, for chunks of few bytes."""
MAX_DISCARDED = 4 * 1024 * 1024
"""Let in of what follows a refused request."""
MAX_PIPELINED = 32
"""Requests that wait while one before them is answered; the connection ends with the last of them."""
SLICE = 16 * 1024
"""Bytes that are read before the counts are looked at."""

HEAD_S = 10.0
"""How long the head of a request may take, from the connection or its first byte."""
MESSAGE_S = 60.0
"""How long a whole request may take."""
LEFTOVER_S = 5.0
"""How long what is left of a request may take that was answered already."""
UNFETCHED_S = 30.0
"""How long an answer may lie there without `FETCHED` bytes of it being fetched."""
FETCHED = 32 * 1024
SWEEP_S = 0.5
"""How often deadlines are looked at."""
MAX_CONNECTIONS = 1000
MAX_OF_ADDRESS = 500
SPARE_FILES = 64
"""Of the files that a process may open, so many are left for all else."""

_REFUSED = prometheus_client.Counter(
    "daybook_http_connections_refused_total",
    "Connections ended by the limits of HTTP: head (too large), malformed, slow, crowded, unfetched.",
    ["reason"],
    registry=REGISTRY,
)
_SAID = {
    400: "This is not a request of HTTP/1.1.",
    408: "The request did not arrive in time.",
    414: f"The target has at most {MAX_TARGET_BYTES} bytes.",
    431: f"A request has at most {MAX_FIELDS} fields and {MAX_HEAD_BYTES} bytes before its body.",
    503: "There are too many connections; come again.",
}
_REASONS = {400: "malformed", 408: "slow", 414: "head", 431: "head", 503: "crowded"}
_NEVER = float("inf")


class _Refused(Exception):
    """Raised within the parser's callbacks: nothing more of this connection is read."""

    def __init__(self, status: int) -> None:
        self.status = status


class Crowd:
    """The connections of one server."""

    def __init__(self, most: int = MAX_CONNECTIONS, most_of_address: int = MAX_OF_ADDRESS) -> None:
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self.most = most if files == resource.RLIM_INFINITY else max(1, min(most, files - SPARE_FILES))
        self.most_of_address = min(most_of_address, self.most)
        self._here: dict[Limited, str] = {}
        self._of: Counter[str] = Counter()

    def protocol(self, tls: ssl.SSLContext | None = None) -> Callable[..., asyncio.BaseProtocol]:
        """Factory of the connections' protocols, for uvicorn, which is to know nothing of `tls`."""
        return partial(Limited, self) if tls is None else partial(_over_tls, self, tls)

    def enter(self, connection: "Limited", address: str) -> bool:
        """Let a connection in, in the place of one that waits if need be; False when there is none."""
        if connection in self._here:
            return True
        if self._of[address] >= self.most_of_address:
            if not self._make_room(lambda other: other == address):
                return False
        elif len(self._here) >= self.most:
            most = max(self._of.values())
            if not self._make_room(lambda other: self._of[other] == most) and not self._make_room(lambda _: True):
                return False
        self._here[connection] = address
        self._of[address] += 1
        return True

    def leave(self, connection: "Limited") -> None:
        """A connection is gone."""
        address = self._here.pop(connection, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]

    def _make_room(self, among: Callable[[str], bool]) -> bool:
        """End the connection that has waited longest: strangers first, then the idle, then bodies under way, then those
        that do not fetch their answers."""
        waiting = [each for each, address in self._here.items() if each.waiting and among(address)]
        longest = min(waiting, key=lambda each: each.waiting, default=None)
        if longest is None:
            return False
        longest.give_way()
        self.leave(longest)
        return True

    def end_handshakes(self) -> None:
        """End the connections that have not become TLS yet."""
        for each in list(self._here):
            if not each.open:
                each.transport.abort()

    async def sweep(self) -> None:
        """End what is past its deadline, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            now = asyncio.get_running_loop().time()
            for each in list(self._here):
                each.look(now)


HEAD, IDLE, BODY, FETCH = 1, 2, 3, 4
"""States of a connection by what it waits for; 0 for nothing: its request is being answered."""


class Limited(HttpToolsProtocol):
    """Connection that keeps little, and not for long, before anybody knows who asks."""

    def __init__(self, crowd: Crowd, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._crowd = crowd
        self.open = False
        """Requests can come: where TLS is spoken, its handshake is over."""
        self._over = False
        """Nothing more is read."""
        self._fed = 0
        """Bytes of this request that were read, at most a slice too many."""
        self._head = 0
        """Of them, those of its target and fields."""
        self._body = 0
        """Of them, those that its body holds."""
        self._fields = 0
        self._headed = False
        """The head is whole."""
        self._whole = False
        """The request is."""
        self.waits = HEAD
        self.since = 0.0
        self._deadline = _NEVER
        self._lying = 0
        """Bytes of answers that were not fetched when last looked at; 0: all is well."""
        self._lies_since = _NEVER
        self._fetch_by = _NEVER
        self._slice = 0

    @property
    def answers(self) -> bool:
        """Tell if a whole request is being answered."""
        return bool(self.pipeline) or (
            self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete
        )

    @property
    def waiting(self) -> tuple[float, ...]:
        """Return what the connection waits for, and since when; empty while it waits for nothing."""
        if self._lying:
            return FETCH, self._lies_since
        return () if self.answers or not self.waits else (self.waits, self.since)

    def arrives(self, transport: asyncio.Transport) -> bool:
        """Begin to count, and to be waited for, with a connection over which TLS is to be spoken; False: it may not."""
        self.transport = transport
        self._wait(HEAD, HEAD_S)
        peer = get_remote_addr(transport)
        return self._crowd.enter(self, peer[0] if peer else "")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.open = True
        self._wait(HEAD, HEAD_S)
        if not self._crowd.enter(self, self.client[0] if self.client else ""):
            self._refuse(503)
            self.loop.call_later(LEFTOVER_S, transport.abort)  # it is in no crowd that is swept

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self)
        self._over = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._over:
            self._fed += len(data)
            if self._fed > MAX_DISCARDED:
                self.transport.abort()
            return
        self._unset_keepalive_if_required()
        if len(data) <= SLICE:
            self._feed(data)
            return
        view = memoryview(data)
        for start in range(0, len(data), SLICE):
            if self._over:
                return
            self._feed(view[start : start + SLICE])

    def _feed(self, data: bytes | memoryview) -> None:
        self._fed += len(data)
        self._slice = len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return  # it is answered as if it had not been asked for
        except httptools.HttpParserError as error:
            refused = error.__context__
            self._refuse(refused.status if isinstance(refused, _Refused) else 400)
            return
        if self._whole:
            return
        framing = self._fed - self._head - self._body
        if not self._headed:
            if self.waits != HEAD:
                self._wait(HEAD, HEAD_S)
            if framing > MAX_HEAD_BYTES:
                self._refuse(431)
            return
        if self.waits != BODY:
            self._wait(BODY, MESSAGE_S)
        if framing > MAX_FRAMING_BYTES + 2 * self._body:
            self._refuse(400)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._fed = self._slice
        self._head = self._body = self._fields = 0
        self._headed = self._whole = False

    def on_url(self, url: bytes) -> None:
        self._head += len(url)
        if self._head > MAX_TARGET_BYTES:
            raise _Refused(414)
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + 4
        self._fields += 1
        if self._head > MAX_HEAD_BYTES or self._fields > MAX_FIELDS:
            raise _Refused(431)
        if self._headed:
            return  # a trailer comes too late to say anything about the request
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._headed = True
        super().on_headers_complete()
        if not self.url.startswith((b"/", b"*")):
            self.scope["absolute_target"] = True  # type: ignore[typeddict-unknown-key]
        if len(self.pipeline) > MAX_PIPELINED:
            self.pipeline.popleft()
            self.cycle = self.pipeline[0][0]
            raise _Refused(503)

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._whole = True
        if self.cycle is not None and self.cycle.response_complete:
            self._wait(IDLE, self.timeout_keep_alive)
        else:
            self.waits, self._deadline = 0, _NEVER

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.pipeline or not self.cycle.response_complete:
            return
        if self.cycle.more_body:
            self._wait(BODY, LEFTOVER_S)
        elif self.waits != HEAD:
            self._wait(IDLE, self.timeout_keep_alive)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._lies(self.loop.time())

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._lying, self._fetch_by = 0, _NEVER

    def look(self, now: float) -> None:
        """End it when its deadline has passed."""
        transport = self.transport
        if not self.open:
            if now >= self._deadline:
                _REFUSED.labels("slow").inc()
                transport.abort()
            return
        if self._lying:
            if transport.get_write_buffer_size() + FETCHED <= self._lying:
                self._lies(now)
        elif transport.is_closing():
            self._lies(now)
        if now >= self._fetch_by:
            _REFUSED.labels("unfetched").inc()
            transport.abort()
        elif now < self._deadline or transport.is_closing():
            return
        elif self._over or self.waits == IDLE or not self._fed:
            transport.close()
        else:
            self._refuse(408)

    def give_way(self) -> None:
        """End it for another's sake."""
        _REFUSED.labels("crowded").inc()
        self._over = True
        self.transport.abort()

    def _lies(self, now: float) -> None:
        if not self._lying:
            self._lies_since = now
        self._lying = max(1, self.transport.get_write_buffer_size())
        self._fetch_by = now + UNFETCHED_S

    def _wait(self, what: int, seconds: float) -> None:
        self.waits, self.since = what, self.loop.time()
        self._deadline = self.since + seconds

    def _refuse(self, status: int) -> None:
        """Say why, unless an answer is under way: then the connection ends behind it."""
        _REFUSED.labels(_REASONS[status]).inc()
        self._over, self._deadline = True, _NEVER
        cycle = self.cycle
        if cycle is not None and not cycle.more_body and not cycle.response_complete:
            cycle.keep_alive = False
            return
        if cycle is not None and self._headed and not self._whole and (cycle.response_started or self.pipeline):
            self.transport.close()
            return
        self.transport.write(_answer(status))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.transport.can_write_eof():
            # What is still on its way is let in and forgotten, or the peer would hear a reset instead of the answer.
            self.transport.write_eof()
            self._fed, self._deadline = 0, self.loop.time() + LEFTOVER_S
        else:
            self.transport.close()


class _Handshake(SSLProtocol):
    """TLS between a connection and its protocol, as asyncio speaks it, but counted from the first moment on."""

    def __init__(self, connection: Limited, crowd: Crowd, context: ssl.SSLContext) -> None:
        super().__init__(connection.loop, connection, context, None, server_side=True)  # type: ignore[arg-type]
        self._connection = connection
        self._crowd = crowd

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if self._connection.arrives(transport):
            super().connection_made(transport)
        else:
            _REFUSED.labels("crowded").inc()
            transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._crowd.leave(self._connection)


def _over_tls(crowd: Crowd, context: ssl.SSLContext, *args: Any, **options: Any) -> asyncio.BaseProtocol:
    return _Handshake(Limited(crowd, *args, **options), crowd, context)


def _answer(status: int) -> bytes:
    body = json.dumps({"type": "about:blank", "status": status, "detail": _SAID[status]}).encode()
    return STATUS_LINE[status] + (
        b"content-type: application/problem+json\r\nconnection: close\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(body), body)
    )


assert SLICE < HIGH_WATER_LIMIT
