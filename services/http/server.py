"""An HTTP application inside a service's own event loop."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
import uvicorn

from services.errors import ServerFailed
from services.http.protocol import Crowd
from services.runtime.shutdown import run_to_end
from services.settings import LOOPBACK

log = structlog.get_logger()

KEEP_ALIVE_S = 75
"""How long an idle connection is kept."""
GRACE_S = 10
"""How long requests may take to finish when the service ends."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own, and with a moment at which it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def serving(
    app: Any, host: str, port: int, tls: ssl.SSLContext | None = None, crowd: Crowd | None = None
) -> AsyncIterator[int]:
    """Serve an ASGI app while the context is open; gives the port. Requests under way are finished at the end.

    `crowd` says how many connections there may be; by default as many as the settings' defaults.
    With `tls` nothing but https is understood; without it a warning is logged unless only this machine can connect.
    Raises ServerFailed when the address is in use.
    """
    try:
        listener = socket.create_server((host, port), family=_family(host), backlog=2048)
    except OSError as error:
        raise ServerFailed(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. Choose another address by the service's "
            "DAYBOOK_…_HOST and DAYBOOK_…_PORT; port 0 takes a free one."
        ) from error
    if tls is None and host not in LOOPBACK:
        log.warning(
            "serving_without_tls",
            host=host,
            port=port,
            do="set DAYBOOK_TLS_CERTIFICATE and DAYBOOK_TLS_KEY: tokens and answers can be read on the way",
        )
    crowd = crowd or Crowd()
    server = _Server(
        uvicorn.Config(
            app,
            http=crowd.protocol(tls),  # type: ignore[arg-type]
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # what a request says about its sender is believed nowhere
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    task = asyncio.create_task(server.serve([listener]))
    sweeping = asyncio.create_task(crowd.sweep())
    listening = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            raise ServerFailed(f"The HTTP server on {host}:{port} did not start.") from task.exception()
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        crowd.end_handshakes()
        try:
            await run_to_end(task)
        finally:
            sweeping.cancel()
            listening.cancel()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
