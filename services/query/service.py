"""The query service: the read API over one pool, with notices from NATS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog

from services.endpoints import endpoints
from services.errors import NotConfigured
from services.http.monitoring import Monitor
from services.http.protocol import Crowd
from services.http.request_metrics import Measured
from services.http.server import serving
from services.ledger import zone_rules
from services.postgres import connection as database
from services.query.access import Readers
from services.query.health import check
from services.query.http import Pages, application
from services.query.moment import projected
from services.query.nats_listener import NatsListener
from services.query.position_waiter import PositionWaiter
from services.query.request_context import Reading
from services.runtime.shutdown import cancel_and_wait, run_to_end, run_until_signal
from services.runtime.tls import server_context
from services.settings import LOOPBACK, Settings

log = structlog.get_logger()

POOL_SIZE = 8


@asynccontextmanager
async def running(settings: Settings, pages: Pages | None = None) -> AsyncIterator[int]:
    """Query while the context is open, with pages where some are given; gives its port.

    Raises NotConfigured, NotProvisioned, Unavailable or ServerFailed: at the start PostgreSQL is needed, NATS never.
    """
    if settings.open_reads and settings.query_host not in LOOPBACK:
        raise NotConfigured(
            f"Reads without a token are for this machine alone, but query is to listen on {settings.query_host}. "
            "Unset DAYBOOK_OPEN_READS, or set DAYBOOK_QUERY_HOST=127.0.0.1."
        )
    where, tls = endpoints(settings), server_context(settings.tls_certificate, settings.tls_key)
    pool = await database.pool(where.database_url, "daybook_query", POOL_SIZE)
    with database.explained():
        async with pool.acquire() as connection:
            await zone_rules.check(connection)

    async def position() -> int:
        async with pool.acquire() as connection:
            return await projected(connection)

    arrivals = PositionWaiter(position)
    stream = NatsListener(where.nats_url, arrivals.notice)
    listening = asyncio.create_task(stream.run())
    try:
        reading = Reading(pool, Readers(pool, settings.open_reads), arrivals, stream, settings.stream)
        monitor = Monitor(settings, partial(check, pool, stream, settings.stream))
        app = Measured(application(reading, monitor, pages))
        crowd = Crowd(settings.http_connections, settings.http_connections_per_address)
        async with serving(app, settings.query_host, settings.query_port, tls, crowd) as port:
            yield port
    finally:
        try:
            await run_to_end(arrivals.stop())
        finally:
            pool.terminate()
            await cancel_and_wait([listening])


async def serve(settings: Settings, pages: Pages | None = None) -> None:
    """Query until a signal says stop."""
    await run_until_signal(_serve(settings, pages))
    log.info("query_stopped")


async def _serve(settings: Settings, pages: Pages | None) -> None:
    async with running(settings, pages) as port:
        log.info("query_started", host=settings.query_host, port=port, open_reads=settings.open_reads)
        await asyncio.Event().wait()
