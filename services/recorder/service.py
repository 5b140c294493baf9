"""The service: a recorder that stands by until it is the active one, and then writes the journal.

Whatever goes wrong between it and its servers, it lets go of everything and begins anew at the journal's end.
"""

import asyncio
from time import monotonic
from typing import NoReturn

import asyncpg
import structlog

from services.endpoints import Endpoints, endpoints
from services.errors import ClockDiffers, DaybookError, LostLeadership, NotProvisioned, StreamMismatch, Unavailable
from services.http.monitoring import answering
from services.ledger import event_types
from services.nats import connection as stream_connection
from services.postgres import connection as database
from services.postgres.leader_lock import leadership, writer_of
from services.recorder import checks, metrics
from services.recorder.health import RecorderHealth
from services.recorder.record import Recorder
from services.recorder.write import Writer
from services.runtime.process import tune_garbage_collector
from services.runtime.shutdown import run_until_one_ends, run_until_signal
from services.settings import Settings
from services.stream.failover import leave_cut_off_server

_NO_TABLES = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)
PAUSES_S = (0.25, 2.0)
"""Before it begins anew: at first, and at most after many attempts that ended at once."""
STEADY_S = 5.0
"""An attempt that has lasted so long is followed by the first pause."""

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Run until a signal says stop. Raises StreamMismatch: recording on would do harm."""
    at = endpoints(settings)
    tune_garbage_collector()
    await run_until_signal(_serve(settings, at))
    log.info("recorder_stopped")


async def _serve(settings: Settings, at: Endpoints) -> None:
    standing = RecorderHealth()
    async with answering(settings, standing.check, settings.recorder_host, settings.recorder_port):
        await run(at, settings.stream, standing)


async def run(at: Endpoints, stream: str, standing: RecorderHealth | None = None) -> NoReturn:
    """Record, or stand by, until cancelled. Raises StreamMismatch."""
    standing = standing or RecorderHealth()
    pause = PAUSES_S[0]
    while True:
        began = monotonic()
        try:
            async with leadership(at.database_url, "recorder", standing.stands_by) as lease:
                await run_until_one_ends(lease.watch(), _lead(at, stream, standing))
        except ClockDiffers as error:
            log.warning("recorder_interrupted", reason=str(error))
            standing.interrupted(str(error), "clock_differs")
        except LostLeadership as error:
            log.warning("leadership_lost", reason=str(error))
            standing.interrupted(str(error))
        except (Unavailable, NotProvisioned, *database.DATABASE_AWAY, *_NO_TABLES) as error:
            log.warning("recorder_interrupted", reason=str(error) or type(error).__name__)
            standing.interrupted(str(error) or type(error).__name__)
        except DaybookError:
            raise
        except Exception as error:
            log.exception("recorder_failed")
            standing.interrupted(f"{type(error).__name__}; its log says more")
        pause = PAUSES_S[0] if monotonic() - began > STEADY_S else min(pause * 2, PAUSES_S[1])
        await asyncio.sleep(pause)


async def _lead(at: Endpoints, stream: str, standing: RecorderHealth) -> None:
    nc = await stream_connection.connect_following(at.nats_url, "recorder")
    try:
        connection = await database.connect(at.database_url, "daybook_recorder")
        try:
            await connection.execute(f"set application_name = '{writer_of('recorder')}'")
            remembered = await checks.check(nc, connection, stream)
            await event_types.announce(connection, remembered.event_types)
            writer = await Writer.open(connection)
            log.info("recorder_started", sequence=writer.position.sequence, stream=stream)
            metrics.began(writer.position.sequence)
            standing.leads(nc, stream, lambda: writer.position)
            recorder = Recorder(nc, stream, writer)
            await run_until_one_ends(
                recorder.judge(),
                recorder.write(),
                checks.watch(nc, remembered, writer),
                leave_cut_off_server(nc, stream),
            )
        except StreamMismatch as error:
            raise await checks.named(nc, at.database_url, stream, error) from error
        finally:
            connection.terminate()
    finally:
        standing.ended()
        await nc.close()
