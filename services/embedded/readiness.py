"""Wait for readiness: intake and query say so, recorder, projector and notary are seen at work."""

import asyncio
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence

import asyncpg

from services.embedded.restart_policy import SupervisedProcess
from services.endpoints import Endpoints
from services.errors import ServerFailed
from services.postgres import connection as database

READY_S = 60.0

_WORKS = """
select exists (
    select from pg_locks
    join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and application_name = $1 and datname = current_database()
)
"""
"""A recorder, projector or notary that works holds an advisory lock, this one or one on another machine."""


def _anybody() -> ssl.SSLContext:
    """TLS context without checks, for our own child process: it is told nothing, its certificate is for other names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


_ANYBODY = _anybody()


async def all_ready(
    kept: Sequence[SupervisedProcess], waiting: set[str], where: Endpoints, intake_url: str, query_url: str
) -> None:
    """Returns once those that are waited for are. Raises ServerFailed when one keeps ending, or after `READY_S`."""
    connection = await database.connect(where.database_url)
    try:
        async with asyncio.timeout(READY_S):
            while waiting:
                for each in kept:
                    each.check()
                for name in ("recorder", "projector", "notary"):
                    if name in waiting and await _works(connection, name):
                        waiting.remove(name)
                for name, url in (("intake", intake_url), ("query", query_url)):
                    if name in waiting and await asyncio.to_thread(_answers, f"{url}/ready"):
                        waiting.remove(name)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise ServerFailed(
            f"Not ready after {READY_S:.0f} s: {', '.join(sorted(waiting))}. See the logs in the data directory."
        ) from None
    finally:
        await connection.close()


async def _works(connection: asyncpg.Connection, name: str) -> bool:
    return bool(await connection.fetchval(_WORKS, name))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5, context=_ANYBODY) as answer:  # noqa: S310 - our own service
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
