"""Leaving a node that is cut off from its cluster: it keeps its clients, but without the others it leads nothing.

No client of NATS notices that by itself: the connection stands. What is asked over it gets no answer, or the answer
that no stream listens, for as long as the node is alone.
"""

import asyncio
from typing import NoReturn

import structlog
from nats.aio.client import Client

from services.errors import Unavailable
from services.stream.state import find

EVERY_S = 2.0
ANSWER_S = 3.0
TIMEOUT_S = 8.0
"""A cluster that has lost the stream's leader has another one by then: it takes 4 to 8 seconds."""

log = structlog.get_logger()


async def leave_cut_off_server(nc: Client, stream: str, *others: Client) -> NoReturn:
    """Asks about the stream every few seconds; without an answer for long, connects to another server of the cluster.

    So do the `others`, connections to the same servers. With one server there is no other; then it only asks.
    """
    loop = asyncio.get_running_loop()
    heard_at = loop.time()
    while True:
        await asyncio.sleep(EVERY_S)
        if not nc.is_connected or await _answers(nc, stream):
            heard_at = loop.time()  # without a connection the client is looking already
        elif loop.time() - heard_at > TIMEOUT_S and len({(each.hostname, each.port) for each in nc.servers}) > 1:
            heard_at = loop.time()
            url = nc.connected_url
            log.warning("nats_reconnect_forced", server=f"{url.hostname}:{url.port}" if url else None, stream=stream)
            for each in (nc, *others):
                await each.force_reconnect()


async def _answers(nc: Client, stream: str) -> bool:
    try:
        async with asyncio.timeout(ANSWER_S):
            await find(nc, stream)
    except (Unavailable, TimeoutError):
        return False
    return True
