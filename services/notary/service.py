"""The service: a notary that stands by until it is the active one, and then signs the journal; proofs for whoever asks.

Where the journal is not the one that was signed, it stays and says so, and signs nothing until it is started again.
"""

import asyncio
from time import monotonic
from typing import NoReturn

import structlog
from nats.aio.msg import Msg

from services.endpoints import Endpoints, endpoints
from services.errors import (
    DaybookError,
    JournalAltered,
    LostLeadership,
    NotConfigured,
    NotProvisioned,
    StreamFull,
    StreamMismatch,
    Unavailable,
)
from services.http.monitoring import answering
from services.ledger.journal import Connection
from services.nats import connection as stream_connection
from services.notary.heads_file import HeadsFile
from services.notary.heads_stream import HeadsStream
from services.notary.heads_table import HeadsTable
from services.notary.health import NotaryHealth
from services.notary.http import refusing, routes
from services.notary.key import Keys, heads_path, load
from services.notary.places import Places
from services.notary.sign import Notary
from services.postgres import connection as database
from services.postgres.leader_lock import leadership, writer_of
from services.runtime.health import Health, Reason
from services.runtime.process import tune_garbage_collector
from services.runtime.shutdown import run_until_one_ends, run_until_signal
from services.settings import Settings
from services.stream.notices import RECORDED

PAUSES_S = (0.25, 2.0)
"""Before it begins anew: at first, and at most after many attempts that ended at once."""
STEADY_S = 5.0
"""An attempt that has lasted so long is followed by the first pause."""
KEY_EVERY_S = 1.0
"""Without a key that may be used, it is looked for so often."""
_AWAY = (Unavailable, NotProvisioned, StreamFull, StreamMismatch, *database.DATABASE_AWAY, *database.NOT_THERE)

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Run until a signal says stop."""
    at = endpoints(settings)
    tune_garbage_collector()
    await run_until_signal(_serve(settings, at))
    log.info("notary_stopped")


async def _serve(settings: Settings, at: Endpoints) -> None:
    keys = await _keys(settings)
    standing = NotaryHealth(str(keys.own.public))
    async with (
        routes(at.database_url, keys) as proofs,
        answering(settings, standing.check, settings.notary_host, settings.notary_port, proofs),
    ):
        await run(settings, at, keys, standing)


async def _keys(settings: Settings) -> Keys:
    """The keys, once there is one that may be used; until then every question is answered with the reason."""
    reasons: list[str] = []

    async def check() -> Health:
        return Health((Reason("no_key", reasons[-1]),), {"role": "waiting"}, {"daybook_notary_signing": 0})

    try:
        return load(settings)
    except NotConfigured as error:
        reasons.append(str(error))
    log.error("key_not_usable", reason=reasons[-1], do="nothing is signed until there is one")
    refused = refusing(lambda: reasons[-1])
    async with answering(settings, check, settings.notary_host, settings.notary_port, refused):
        while True:
            await asyncio.sleep(KEY_EVERY_S)
            try:
                return load(settings)
            except NotConfigured as error:
                reasons[:] = [str(error)]


async def run(settings: Settings, at: Endpoints, keys: Keys, standing: NotaryHealth) -> NoReturn:
    """Sign, or stand by, until cancelled."""
    pause = PAUSES_S[0]
    while True:
        began = monotonic()
        try:
            async with leadership(at.database_url, "notary", standing.stands_by) as lease:
                await run_until_one_ends(lease.watch(), _lead(settings, at, keys, standing))
        except LostLeadership as error:
            log.warning("leadership_lost", reason=str(error))
            await standing.interrupted(str(error))
        except _AWAY as error:
            log.warning("notary_interrupted", reason=str(error) or type(error).__name__)
            await standing.interrupted(str(error) or type(error).__name__)
        except DaybookError:
            raise
        except Exception as error:
            log.exception("notary_failed")
            await standing.interrupted(f"{type(error).__name__}; its log says more")
        pause = PAUSES_S[0] if monotonic() - began > STEADY_S else min(pause * 2, PAUSES_S[1])
        await asyncio.sleep(pause)


async def _lead(settings: Settings, at: Endpoints, keys: Keys, standing: NotaryHealth) -> None:
    connection = await database.connect(at.database_url, "daybook_notary")
    try:
        await connection.execute(f"set application_name = '{writer_of('notary')}'")
        standing.leads(connection)
        try:
            await _sign(settings, at, keys, standing, connection)
        except JournalAltered as error:
            log.error("journal_altered", reason=str(error), do="nothing is signed until the notary is started again")
            await standing.says("refusing", str(error))
            await asyncio.get_running_loop().create_future()
        except _AWAY as error:
            await standing.interrupted(str(error) or type(error).__name__)
            raise
    finally:
        standing.ended()
        connection.terminate()


async def _sign(settings: Settings, at: Endpoints, keys: Keys, standing: NotaryHealth, connection: Connection) -> None:
    nc = await stream_connection.connect(at.nats_url, "notary")
    try:
        places = Places(
            HeadsTable(connection, keys.known),
            HeadsFile(heads_path(settings), keys.known),
            HeadsStream(nc, settings.stream, keys.known),
        )
        notary = Notary(connection, keys, places, standing, settings.notary_every_s)

        async def noticed(_: Msg) -> None:
            notary.notice()

        await stream_connection.listen(nc, RECORDED, noticed)
        log.info("notary_started", key=str(keys.own.public), stream=settings.stream)
        await notary.run()
    finally:
        await nc.close()
