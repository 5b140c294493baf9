"""The service: a recorder that stands by until it is the active one, and then writes the journal.

Whatever goes wrong between it and its servers, it lets go of everything and begins anew at the journal's end.
"""

import asyncio
from time import monotonic
from typing import NoReturn

import asyncpg
import structlog
from nats.aio.client import Client

from services import database
from services.errors import LostLeadership, NotProvisioned, Unavailable
from services.lifetime import until_one_ends, until_told
from services.memory import spare_the_collector
from services.recorder import checks, leader
from services.recorder.record import Recorder
from services.recorder.write import Writer
from services.settings import Endpoints, Settings, endpoints
from services.stream import connection as stream_connection

_NO_TABLES = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)
PAUSES_S = (0.25, 5.0)
"""Before it begins anew: at first, and at most after many attempts that ended at once."""

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises StreamMismatch: recording on would do harm."""
    at = endpoints(settings)
    spare_the_collector()
    await until_told(run(at, settings.stream))
    log.info("recorder_stopped")


async def run(at: Endpoints, stream: str) -> NoReturn:
    """Record, or stand by, until cancelled. Raises StreamMismatch."""
    pause = PAUSES_S[0]
    while True:
        began = monotonic()
        try:
            async with leader.leadership(at.database_url) as lease:
                await until_one_ends(lease.watch(), _lead(at, stream))
        except LostLeadership as error:
            log.warning("leadership_lost", reason=str(error))
        except (Unavailable, NotProvisioned, *database.DATABASE_AWAY, *_NO_TABLES) as error:
            log.warning("recorder_interrupted", reason=str(error) or type(error).__name__)
        pause = PAUSES_S[0] if monotonic() - began > PAUSES_S[1] else min(pause * 2, PAUSES_S[1])
        await asyncio.sleep(pause)


async def _lead(at: Endpoints, stream: str) -> None:
    nc = await stream_connection.connect_following(at.nats_url, "recorder")
    try:
        connection = await database.connect(at.database_url, "daybook_recorder")
        try:
            await connection.execute(f"set application_name = '{leader.WRITER}'")
            remembered = await checks.check(nc, connection, stream)
            writer = await Writer.open(connection)
            log.info("recorder_started", sequence=writer.position.sequence, stream=stream)
            recorder = Recorder(nc, stream, writer)
            await until_one_ends(recorder.judge(), recorder.write(), checks.watch(nc, remembered, writer))
        finally:
            connection.terminate()
    finally:
        await _close(nc)


async def _close(nc: Client) -> None:
    try:
        await asyncio.wait_for(nc.close(), 2)
    except (TimeoutError, OSError) as error:
        log.debug("nats_not_closed", reason=repr(error))
