"""nats-py's client, which says who it is to nobody who does not speak TLS where TLS is wanted, and never goes deaf."""

import asyncio
from typing import Any

from nats.aio.client import DEFAULT_FLUSH_TIMEOUT, Client, Srv
from nats.errors import ConnectionClosedError, Error, ProtocolError


class NoTls(Error):
    """The server does not speak TLS, and we want it."""


class GuardedClient(Client):
    """Connects like nats-py's own, but never sends a password in the open when it was given a TLS context.

    nats-py asks for TLS only if the server says that it needs it; whoever answers in the server's place, or between it
    and us, would say that it does not. `_connect_command` and `_transport` are nats-py's own;
    `tests/integration/tls/test_nats.py` notices when the password is sent all the same.

    What ends nats-py's reading without a word leaves a connection that looks whole and hears nothing, for 20 seconds
    and more; here it is made anew. `_read_loop`, `_pongs`, `_process_pong`, `_pending` and `_connect_to_server` are
    nats-py's own; `tests/integration/stream/test_guarded.py` notices when they are no longer used.
    """

    async def connect(self, *servers: Any, **options: Any) -> None:
        """As nats-py's own; an attempt that fails, or is broken off, leaves no open connection."""
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
        Raises nats.errors.Error.
        """
        try:
            if self.is_connected and self._transport and self._pending:
                self._transport.writelines(self._pending[:])
                self._pending, self._pending_data_size = [], 0
            await super().flush(timeout)
        except RuntimeError as error:  # uvloop's, of a socket that has just been closed
            raise ConnectionClosedError from error

    async def _process_pong(self) -> None:
        if self._pongs and self._pongs[0].done():  # of a flush that has given up; nats-py would end its reading
            self._pongs.pop(0)
            self._pings_outstanding = 0
        else:
            await super()._process_pong()

    async def _read_loop(self) -> None:
        await super()._read_loop()
        task = asyncio.current_task()
        if self.is_connected and task is self._reading_task and not (task and task.cancelling()):
            await self._process_op_err(ProtocolError())  # it ended by an error that nobody foresaw

    async def _connect_to_server(self, s: Srv) -> None:
        self._let_go()  # nats-py leaves a connection open on which it got no greeting
        await super()._connect_to_server(s)

    def _let_go(self) -> None:
        """Of what is left of an attempt to connect: nats-py's own `close` would not."""
        if self._transport:
            self._transport.close()  # type: ignore[no-untyped-call]
