"""asyncpg's connections, with a bound to every wait for a server that does not answer.

A server that is frozen or cut off keeps its connections. asyncpg waits for it where no time limit of a caller reaches:
a command that is cancelled waits for the server to confirm that, and whoever gives the connection back, rolls back or
closes it, waits with it, for as long as a command may take.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection

CANCELLED_S = 0.25
"""How long the server may take to confirm that it has cancelled a command; then the connection is ended. The request to
cancel has been sent all the same, and a server that wakes up later obeys it."""
CLOSED_S = 1.0
"""How long a connection may take to be closed in good order; then it is ended."""


class Connection(_Connection):
    """A connection that lets go of a server that does not answer."""

    __slots__ = ()

    async def close(self, *, timeout: float | None = CLOSED_S) -> None:
        """Close it in good order, or end it after `timeout` seconds."""
        with suppress(TimeoutError):  # it is ended then: nothing is left open on our side
            await super().close(timeout=CLOSED_S if timeout is None else timeout)

    def _cancel_current_command(self, waiter: Any, cancel_waiter: "asyncio.Future[None] | None" = None) -> None:
        """asyncpg calls this for a command whose caller was cancelled, or has waited long enough."""
        super()._cancel_current_command(waiter, cancel_waiter)  # type: ignore[misc]
        if cancel_waiter is not None:
            asyncio.get_running_loop().call_later(CANCELLED_S, self._let_go, cancel_waiter)

    def _let_go(self, confirmed: "asyncio.Future[None]") -> None:
        if not confirmed.done():
            self.terminate()
