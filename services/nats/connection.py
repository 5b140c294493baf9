"""Connections to NATS. They reconnect for ever; what goes wrong is logged, never swallowed."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.errors import Unavailable
from services.nats import address, permissions
from services.nats.client import FollowingClient, GuardedClient, NoTls
from services.runtime.redaction import masked
from services.runtime.shutdown import report_refusal
from services.runtime.tls import distrusted

log = structlog.get_logger()

C = TypeVar("C", bound=GuardedClient)

INBOX = "_INBOX_DAYBOOK"
_AGAIN_S = 1.0
_USER = re.compile(r"[A-Za-z0-9_-]+")


def options(url: str, name: str) -> dict[str, Any]:
    """nats-py's connection options: reconnect for ever, report errors, answer pings within 10 s.

    What NATS does not permit ends the work under `unless_refused`. `name` says what the connection is for.

    Replies come to an inbox of our own: emitting systems may listen to `_INBOX.>` and must not read along.
    For a `GuardedClient`, where the URL asks for TLS. Raises NotConfigured.
    """
    tls = address.tls(url)

    async def error(raised: Exception) -> None:
        refused = permissions.violation(raised, url, name)
        if refused is not None and report_refusal(refused):
            return
        log.warning("nats_error_reported", error=str(raised) or type(raised).__name__)

    async def disconnected() -> None:
        log.warning("nats_disconnected")

    async def reconnected() -> None:
        log.info("nats_reconnected")

    return {
        **({} if tls is None else {"tls": tls}),
        "servers": address.servers(url),
        "name": f"daybook-{name}",
        "inbox_prefix": inbox(url),
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": 0.25,
        "ping_interval": 10,
        "max_outstanding_pings": 2,
        "error_cb": error,
        "disconnected_cb": disconnected,
        "reconnected_cb": reconnected,
    }


def login(servers: Sequence[str]) -> dict[str, str]:
    """Options that say who we are to the servers that a cluster tells us of as well: they come without it.

    Empty where the URLs do not agree: then each stands for itself alone.
    """
    try:
        parts = [urlsplit(each) for each in servers]
    except ValueError:
        return {}  # what is wrong with a URL is said when it is used
    found = {(each.username, each.password) for each in parts}
    user, password = found.pop()
    if found or not user:
        return {}
    return {"token": user} if password is None else {"user": user, "password": password}


def inbox(url: str) -> str:
    """Prefix of the inboxes for replies: the user's own, which no other user has to hear (deploy/nats/users.conf).

    A user without a password is a token, and stays secret.
    """
    try:
        parts = urlsplit(url.split(",")[0])
    except ValueError:
        return INBOX  # what is wrong with a URL is said when it is used
    named = parts.password is not None and parts.username and _USER.fullmatch(parts.username)
    return f"{INBOX}.{parts.username}" if named else INBOX


async def connect(url: str, name: str) -> Client:
    """A connection; the first attempt is bounded. Raises Unavailable."""
    return await _connected(GuardedClient(), url, name)


async def connect_following(url: str, name: str) -> FollowingClient:
    """Connect for following the stream; the first attempt is bounded. Raises Unavailable."""
    return await _connected(FollowingClient(), url, name)


async def listen(nc: Client, subject: str, heard: Callable[[Msg], Awaitable[None]]) -> None:
    """Hear what is published under a subject, from now on and whenever it reconnects. Raises Unavailable."""
    try:
        await nc.subscribe(subject, cb=heard)
    except (nats.errors.Error, OSError) as error:
        raise Unavailable(f"NATS takes no subscription to {subject}: {error or type(error).__name__}") from error


async def connect_listening(url: str, name: str, subject: str, heard: Callable[[Msg], Awaitable[None]]) -> Client:
    """A connection that hears a subject, as soon as NATS is there, however long that takes."""
    while True:
        try:
            nc = await connect(url, name)
            try:
                await listen(nc, subject, heard)
            except BaseException:
                await nc.close()
                raise
            return nc
        except Unavailable as error:
            log.warning("nats_connect_failed", error=str(error))
            await asyncio.sleep(_AGAIN_S)


async def _connected(nc: C, url: str, name: str) -> C:
    wanted = options(url, name)
    distrust: list[str] = []
    first = True

    async def disconnected() -> None:
        if not nc.is_closed:  # told of a connection that we close ourselves as well
            await wanted["disconnected_cb"]()

    async def error(raised: Exception) -> None:
        await wanted["error_cb"](raised)
        if first and (why := _distrust(raised, wanted["servers"])) is not None:
            distrust.append(why)
            if len(distrust) == len(wanted["servers"]):
                attempt.reschedule(asyncio.get_running_loop().time())  # trying again would not help

    told = {"disconnected_cb": disconnected, "error_cb": error}
    try:
        async with asyncio.timeout(10) as attempt:
            await nc.connect(**(wanted | login(wanted["servers"]) | told))
            first = False  # from now on it tries for ever, whoever answers meanwhile
            return nc
    except (TimeoutError, OSError, nats.errors.Error) as raised:
        if distrust:
            raise Unavailable(distrust[-1]) from raised
        raise Unavailable(f"NATS does not answer at {masked(url)}: {str(raised) or type(raised).__name__}") from raised


def _distrust(error: Exception, servers: Sequence[str]) -> str | None:
    where = f"NATS at {masked(','.join(servers))}"
    if isinstance(error, NoTls):
        return f"{where} does not speak TLS, which DAYBOOK_NATS_CA or tls:// asks for; it was told nothing."
    return distrusted(
        error, where, "DAYBOOK_NATS_URL", "DAYBOOK_NATS_CA", "DAYBOOK_NATS_CERTIFICATE and DAYBOOK_NATS_KEY"
    )
