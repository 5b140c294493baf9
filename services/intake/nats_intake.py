"""The NATS door: a request on `intake.<source>` with the token in a header; the reply is the same as over HTTP.

The body is one event, or a JSON list of events, both as structured CloudEvents. The reply's header `Daybook-Status` is
the HTTP status of the same answer; a problem has `content-type: application/problem+json`. What does not wait for its
reply in `_INBOX.…` is neither taken nor answered; nor are requests without the token of a source, where so many come
that to refuse each would hold up the others.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.client import Client

from services.intake.door import Door
from services.intake.nats_client import RequestsBroker, RequestsClient
from services.intake.problems import Refusal
from services.intake.receipt import Taken
from services.intake.requests import Request, Requests
from services.intake.sent import Sent, structured
from services.stream import connection

SUBJECT = "intake.*"
QUEUE = "intake"
"""Every intake process belongs to this queue group: each request is answered by one of them."""
TOKEN_HEADER = "Daybook-Token"  # noqa: S105 - a header's name
_TOKEN = TOKEN_HEADER.lower().encode()


@asynccontextmanager
async def taking_requests(door: Door, url: str) -> AsyncIterator[Client]:
    """Answer through a door while the context is open, over a connection of its own: it is given."""

    async def answer(request: Request) -> Taken | Refusal:
        return await _answer(door, request)

    broker = RequestsBroker(logger=None, **connection.options(url, "intake-requests"))
    nc = await broker.connect()
    assert isinstance(nc, RequestsClient)
    try:
        requests = Requests(nc, answer, lambda request: _name_of(door, request))
        await requests.start(SUBJECT, QUEUE)
        try:
            yield nc
        finally:
            await requests.stop()
    finally:
        await broker.stop()


def _name_of(door: Door, request: Request) -> str | None:
    token = request.header(_TOKEN)
    return None if token is None else door.sources.name_of(token)


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
