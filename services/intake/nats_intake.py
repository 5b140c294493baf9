"""Intake over NATS: a request on `intake.<source>` with the token in a header; the reply is the same as over HTTP.

The body is one event, or a JSON list of events, both as structured CloudEvents. The reply's header `Daybook-Status` is
the HTTP status of the same answer; a problem has `content-type: application/problem+json`. What does not wait for its
reply in `_INBOX.…` is neither taken nor answered; nor are requests without the token of a source, where so many come
that to refuse each would hold up the others.

FastStream serves the connection: it declares the subject and the queue group, from which its AsyncAPI description
comes, opens and closes the connection, and tells whether that stands. The requests go past its handlers, which cost too
much for each (`requests.py`). `FastStream.run` is not used: it takes the signals, which stop the HTTP server as well,
and looks every 100 ms whether to stop.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from faststream import FastStream
from faststream.specification import AsyncAPI
from nats.aio.client import Client

from contracts.schemas.asyncapi import INTAKE
from services.intake.append_service import Door
from services.intake.decode import Sent, structured
from services.intake.nats_client import RequestsBroker, RequestsClient
from services.intake.requests import GRACE_S, Request, Requests
from services.intake.responses import Refusal, Taken
from services.nats import connection
from services.nats.client import CLOSE_S
from services.runtime.shutdown import run_to_end

QUEUE = "intake"
"""Every intake process belongs to this queue group: each request is answered by one of them."""
TOKEN_HEADER = "Daybook-Token"  # noqa: S105 - a header's name
_TOKEN = TOKEN_HEADER.lower().encode()
_PING_S = 0.1  # a connection that is made anew takes 0.25 s and more


class NatsDoor:
    """Answers requests over NATS through a door, over a connection of its own, while `open` is."""

    def __init__(self, door: Door, url: str) -> None:
        self._door = door
        self._broker = RequestsBroker(**connection.options(url, "intake-requests"))
        self._subscriber = self._broker.subscriber(
            INTAKE["address"], queue=QUEUE, title="intake", description=INTAKE["description"]
        )  # without a handler FastStream subscribes to nothing
        self._requests: Requests | None = None
        self.app = FastStream(
            self._broker,
            logger=None,
            specification=AsyncAPI(title="Daybook", version="1"),
            after_startup=[self._begin],
            on_shutdown=[self._finish],
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Client]:
        """Take requests while the context is open; gives the connection. At the end those that were begun finish.

        Raises nats.errors.Error and OSError.
        """
        try:
            await self.app.start()
            yield self._broker.connection
        finally:
            await run_to_end(self._stop())

    async def connected(self) -> bool:
        """Tell whether the connection stands now."""
        return await self._broker.ping(_PING_S)

    async def _begin(self) -> None:
        nc = self._broker.connection
        assert isinstance(nc, RequestsClient)
        self._requests = Requests(nc, self._answer, self._name_of)
        await self._requests.start(self._subscriber.subject.broker_address, self._subscriber.queue)

    async def _stop(self) -> None:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S + CLOSE_S):
                    await self.app.stop()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await self._broker.stop()  # FastStream leaves it open where finishing was broken off

    async def _finish(self) -> None:
        if self._requests is not None:
            await self._requests.stop()

    def _name_of(self, request: Request) -> str | None:
        token = request.header(_TOKEN)
        return None if token is None else self._door.sources.name_of(token)

    async def _answer(self, request: Request) -> Taken | Refusal:
        return await _answer(self._door, request)


async def _answer(door: Door, request: Request) -> Taken | Refusal:
    token = request.header(_TOKEN)
    if token is None:
        return Refusal("unauthenticated", f"Send the source's token in the header {TOKEN_HEADER}.")
    source = await door.source_of(token)
    if isinstance(source, Refusal):
        return source
    asked = request.subject.decode("ascii").removeprefix("intake.")
    if asked != source.name:
        return Refusal("wrong_source", f"{source.name} sends to intake.{source.name}, not to intake.{asked}.")
    return await door.take(source, await _sent(door, request.data))


async def _sent(door: Door, body: bytes) -> Sent:
    return await door.batches.read(body) if body.lstrip(b" \t\r\n").startswith(b"[") else structured(body)
