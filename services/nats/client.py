"""Client of NATS: nats-py's own, with every override of it: TLS before the password, and reconnecting that ends."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import ParseResult

import nats.errors
from nats.aio.client import DEFAULT_BUFFER_SIZE, DEFAULT_FLUSH_TIMEOUT, Client, Srv
from nats.aio.subscription import Subscription
from nats.aio.transport import TcpTransport
from nats.errors import Error, ProtocolError
from nats.protocol.parser import ERR_RE, PERMISSIONS_ERR


class NoTls(Error):
    """The server does not speak TLS, and we want it."""


CLOSE_S = 2.0
"""How long taking leave of a server may take."""


@contextmanager
def _gone_is_reset() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ConnectionResetError(str(error)) from error


class _Transport(TcpTransport):
    """A connection whose end is an OSError, as nats-py and its callers expect.

    uvloop raises RuntimeError for a socket that it has closed already, in the moment before it says so: nats-py's
    writing ends by that in silence, and its reconnecting for good.
    """

    async def connect_tls(
        self, uri: str | ParseResult, ssl_context: ssl.SSLContext, buffer_size: int, connect_timeout: int
    ) -> None:
        with _gone_is_reset():
            await super().connect_tls(uri, ssl_context, buffer_size, connect_timeout)

    def write(self, payload: bytes) -> None:
        with _gone_is_reset():
            super().write(payload)  # type: ignore[no-untyped-call]

    def writelines(self, payload: Sequence[bytes]) -> None:
        with _gone_is_reset():
            super().writelines(payload)  # type: ignore[no-untyped-call]

    async def drain(self) -> None:
        with _gone_is_reset():
            await super().drain()  # type: ignore[no-untyped-call]


class GuardedClient(Client):
    """Connects like nats-py's own, but never sends a password in plain text when it was given a TLS context.

    nats-py asks for TLS only if the server says that it needs it; whoever answers in the server's place, or between it
    and us, would say that it does not. `_connect_command` and `_transport` are nats-py's own;
    `tests/integration/tls/test_nats.py` notices when the password is sent all the same.

    Whatever happens to the server, a caller meets `nats.errors.Error` or OSError and nothing else, and the connection
    is made anew. nats-py's own reading, writing or reconnecting may end without a word, and leave a connection that
    looks whole and hears nothing. `_read_loop`, `_attempt_reconnect`, `_process_err`, `_pongs`, `_process_pong`,
    `_pending`, `_resp_map`, `_close`, `_reconnection_task` and `_connect_to_server` are nats-py's own;
    `tests/integration/stream/test_nats_client.py` notices when they are no longer used, and
    `tests/integration/deploy/test_nats_not_permitted.py` does for `_ps`.
    """

    _closing = False

    async def connect(self, *servers: Any, **options: Any) -> None:
        """Connect as nats-py does; an attempt that fails, or is broken off, leaves no open connection."""
        self._closing = False
        try:
            await super().connect(*servers, **options)
        except BaseException:
            self._let_go()
            raise

    def _connect_command(self) -> bytes:
        writer = getattr(self._transport, "_io_writer", None)
        if "tls" in self.options and (writer is None or writer.get_extra_info("ssl_object") is None):
            raise NoTls("the server does not speak TLS")
        return super()._connect_command()

    async def flush(self, timeout: int = DEFAULT_FLUSH_TIMEOUT) -> None:
        """Returns when the server has read all that was sent before, subscriptions too; at once while it reconnects.

        nats-py's own writes its PING at once, past what still waits to be written: the PONG then says nothing of it.
        Raises nats.errors.Error and OSError.
        """
        if self.is_connected:
            self._write_pending()
        await super().flush(timeout)

    async def _process_pong(self) -> None:
        if self._pongs and self._pongs[0].done():  # of a flush that has given up; nats-py would end its reading
            self._pongs.pop(0)
            self._pings_outstanding = 0
        else:
            await super()._process_pong()

    async def _process_err(self, err_msg: str) -> None:
        if PERMISSIONS_ERR in err_msg:
            said = ERR_RE.match(self._ps.buf)  # nats-py hands it on in small letters, and subjects are not
            self._err = Error(f"nats: {err_msg if said is None else said[1].decode(errors='replace')}")
            await self._error_cb(self._err)
            return
        error = Error(f"nats: {err_msg.strip(chr(39))}")
        await self._error_cb(error)
        await self._process_op_err(error)  # nats-py would close the connection for good

    async def _read_loop(self) -> None:
        await super()._read_loop()
        task = asyncio.current_task()
        if self.is_connected and task is self._reading_task and not (task and task.cancelling()):
            await self._process_op_err(ProtocolError())  # it ended by an error that nobody foresaw

    async def _attempt_reconnect(self) -> None:
        for awaited in (*self._resp_map.values(), *self._pongs):
            if not awaited.done():
                awaited.set_exception(Error("nats: the connection ended before the answer came"))
                awaited.exception()  # is looked at: nobody may be waiting any more
        while not self.is_closed:
            try:
                await super()._attempt_reconnect()
                return
            except Exception as error:  # one that nobody foresaw would leave it reconnecting for ever, in words only
                await self._error_cb(error)
                self._status = Client.RECONNECTING
                await asyncio.sleep(self.options["reconnect_time_wait"])

    async def _connect_to_server(self, s: Srv) -> None:
        if self._closing:
            raise asyncio.CancelledError  # ends `_attempt_reconnect`, which may have swallowed its cancellation
        self._let_go()  # nats-py leaves a connection open on which it got no greeting
        transport = _Transport()  # type: ignore[no-untyped-call]
        await transport.connect(s.uri, DEFAULT_BUFFER_SIZE, self.options["connect_timeout"])
        self._transport = transport

    async def close(self) -> None:
        """Close as nats-py does, within `CLOSE_S` and without an error: a server that is gone takes no leave."""
        try:
            async with asyncio.timeout(CLOSE_S):
                await super().close()
        except TimeoutError:
            self._let_go()

    async def drain(self) -> None:
        """Drain as nats-py does; close at once where the server is gone."""
        try:
            await super().drain()
        except (Error, OSError):
            await self.close()

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        self._closing = status == Client.CLOSED  # nats-py closes a first attempt that failed as well, and tries again
        if self.is_connected:
            with suppress(OSError):  # the server is gone, and what was to be sent cannot be
                self._write_pending()
        self._pending, self._pending_data_size = [], 0
        try:
            await super()._close(status, do_cbs)
        except OSError as error:
            self._let_go()
            await self._error_cb(error)
        finally:
            if self._closing:
                try:
                    await self._end_reconnecting()
                finally:
                    self._let_go()
                    self._status = status

    async def _end_reconnecting(self) -> None:
        """Cancel reconnecting until it ends: it may swallow nats-py's cancellation, and would then go on for ever."""
        task = self._reconnection_task
        until = asyncio.get_running_loop().time() + CLOSE_S
        while task and task is not asyncio.current_task() and not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=CLOSE_S / 4)
            if asyncio.get_running_loop().time() > until:
                return
        for each in (self._reading_task, self._ping_interval_task, self._flusher_task):  # made by it in the last moment
            if each and each is not asyncio.current_task():
                each.cancel()

    def _write_pending(self) -> None:
        if self._transport and self._pending:
            self._transport.writelines(self._pending[:])
            self._pending, self._pending_data_size = [], 0

    def _let_go(self) -> None:
        """Close what is left of an attempt to connect: nats-py's own `close` would not."""
        if self._transport:
            self._transport.close()  # type: ignore[no-untyped-call]


Take = Callable[[bytes, bytes, bytes, bytes | None], None]
"""Takes one delivery: subject, reply subject, data, headers; all as they came."""


class FollowingClient(GuardedClient):
    """Hands deliveries of a subscription over as they come, without reading their headers and subjects.

    nats-py reads the headers of every message, makes an object of it and wakes a task for it: 29 microseconds a
    message where this takes 10. And a malformed header, or a subject that is not UTF-8, would end its reader for good.
    `_process_msg` and `_sid` are nats-py's own; `tests/integration/stream/test_follow.py` notices when they change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._takers: dict[int, Take] = {}

    async def subscribe_raw(self, subject: str, take: Take, queue: str = "") -> Subscription:
        """A subscription whose deliveries `take` gets, from the first on."""
        expected = self._sid + 1
        self._takers[expected] = take
        subscription = await self.subscribe(subject, queue)
        assert subscription._id == expected
        return subscription

    async def unsubscribe_raw(self, subscription: Subscription) -> None:
        """Ends the deliveries of a subscription."""
        self._takers.pop(subscription._id, None)
        await subscription.unsubscribe()

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: Any) -> None:
        take = self._takers.get(sid)
        if take is None:
            await super()._process_msg(sid, subject, reply, data, headers)
        else:
            take(subject, reply, data, headers)


def frame(subject: str, reply: str, headers: str, data: bytes) -> bytes:
    """One message. Each header is a line, its end included; nothing in it is checked or quoted.

    Raises ValueError for anything but ASCII in subject, reply and headers.
    """
    head = f"NATS/1.0\r\n{headers}\r\n"
    return f"HPUB {subject} {reply} {len(head)} {len(head) + len(data)}\r\n{head}".encode("ascii") + data + b"\r\n"


async def send(nc: Client, frames: bytes) -> None:
    """Send frames in order, behind all that was sent before. Raises nats.errors.Error when nothing can be sent now."""
    if nc.is_closed or not nc.is_connected:
        raise nats.errors.ConnectionClosedError
    await nc._send_command(frames)
    if nc._flush_queue is not None and nc._flush_queue.empty():
        await nc._flush_pending()
