"""The intake service: HTTP and NATS over one stream connection and one pool."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from services.endpoints import endpoints
from services.errors import NotProvisioned
from services.http.monitoring import Monitor
from services.http.protocol import Crowd
from services.http.request_metrics import Measured
from services.http.server import serving
from services.intake import clock_watch
from services.intake.append_service import AppendService, Door
from services.intake.bounded_queries import BoundedQueries
from services.intake.document_numbers import Numbers
from services.intake.duplicate_horizon import SURE_WINDOW_S, DuplicateHorizon
from services.intake.duplicates import Duplicates
from services.intake.group_commit import GroupCommit
from services.intake.health import IntakeHealth
from services.intake.http import application
from services.intake.journal import Journal
from services.intake.nats_intake import NatsDoor
from services.intake.sources import Sources
from services.intake.stream_watch import StreamWatch
from services.intake.unknown_playbooks import Playbooks
from services.nats import connection
from services.postgres import connection as database
from services.runtime.disk_space import Disk
from services.runtime.process import tune_garbage_collector
from services.runtime.shutdown import run_until_signal, running_beside
from services.runtime.tls import server_context
from services.settings import Settings
from services.stream.clock import StreamClock
from services.stream.failover import leave_cut_off_server
from services.stream.state import state

log = structlog.get_logger()

POOL_SIZE = 4


@dataclass(frozen=True, slots=True)
class Running:
    """An intake that takes events."""

    door: Door
    port: int


@asynccontextmanager
async def running(
    settings: Settings, remembered_s: float = SURE_WINDOW_S, disk: Disk | None = None
) -> AsyncIterator[Running]:
    """Intake while the context is open; what was begun is finished at the end.

    Raises NotConfigured, NotProvisioned, Unavailable or ServerFailed: at the start both servers are needed.
    """
    disk = disk or Disk(settings.data, None if settings.embedded else 0)  # other servers' disks are not ours to judge
    where, tls = endpoints(settings), server_context(settings.tls_certificate, settings.tls_key)
    nc = await connection.connect(where.nats_url, "intake")
    try:
        await state(nc, settings.stream)
        pool = await database.pool(where.database_url, "daybook_intake", POOL_SIZE)
        try:
            async with BoundedQueries(pool) as ask:
                sources, journal = Sources(ask), Journal(ask)
                await sources.read()
                if not sources.loaded:
                    raise NotProvisioned("The sources cannot be read. Run `daybook init`.")
                group = GroupCommit(nc, settings.stream)
                watch, clock = StreamWatch(nc, settings.stream, ask), StreamClock(nc, settings.stream)
                await watch.check()
                reception = AppendService(
                    group,
                    journal,
                    Duplicates(nc, settings.stream, journal),
                    Numbers(ask),
                    Playbooks(ask),
                    DuplicateHorizon(nc, settings.stream, journal, remembered_s),
                    watch,
                    clock,
                    disk,
                )
                door = Door(sources, reception, journal)
                nats_door = NatsDoor(door, where.requests_url)
                monitor = Monitor(
                    settings, IntakeHealth(settings, door, nc, watch, clock, disk, group, nats_door).check
                )
                crowd = Crowd(settings.http_connections, settings.http_connections_per_address)
                app = Measured(application(door, monitor))
                async with (
                    running_beside(sources.keep_reading(), watch.keep_looking(), clock_watch.keep_looking(clock)),
                    serving(app, settings.intake_host, settings.intake_port, tls, crowd) as port,
                    nats_door.open() as requests,
                    running_beside(leave_cut_off_server(nc, settings.stream, requests)),
                ):
                    yield Running(door, port)
        finally:
            pool.terminate()
    finally:
        await nc.close()


async def serve(settings: Settings) -> None:
    """Intake until a signal says stop."""
    await run_until_signal(_serve(settings))
    log.info("intake_stopped")


async def _serve(settings: Settings) -> None:
    async with running(settings) as intake:
        tune_garbage_collector()
        log.info("intake_started", host=settings.intake_host, port=intake.port, stream=settings.stream)
        await asyncio.Event().wait()
