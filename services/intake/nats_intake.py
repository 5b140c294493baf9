"""The NATS door: a request on `intake.<source>` with the token in a header; the reply is the same as over HTTP.

The body is one event, or a JSON list of events, both as structured CloudEvents. The reply's header `Daybook-Status` is
the HTTP status of the same answer; a problem has `Content-Type: application/problem+json`. What does not wait for its
reply in `_INBOX.…` is neither taken nor answered.
"""

from faststream.nats import NatsMessage, NatsResponse

from services.intake.door import Door
from services.intake.nats_client import RequestsBroker
from services.intake.problems import CONTENT_TYPE, Refusal
from services.intake.receipt import Taken
from services.intake.sent import Sent, batch, structured
from services.stream import connection

SUBJECT = "intake.*"
QUEUE = "intake"
"""Every intake process belongs to this queue group: each request is answered by one of them."""
TOKEN_HEADER = "Daybook-Token"  # noqa: S105 - a header's name
AT_ONCE = 512
"""Requests in progress; more wait in the connection."""
GRACE_S = 10.0
"""How long requests may take to finish when intake ends."""


def broker_of(door: Door, url: str) -> RequestsBroker:
    """A broker that answers through a door once it is started."""
    broker = RequestsBroker(
        logger=None, apply_types=False, graceful_timeout=GRACE_S, **connection.options(url, "intake-requests")
    )

    @broker.subscriber(SUBJECT, QUEUE, max_workers=AT_ONCE, decoder=_whole_message)
    async def answer(message: NatsMessage) -> NatsResponse:
        return _reply(await _answer(door, message))

    return broker


async def _whole_message(message: NatsMessage) -> NatsMessage:
    return message


async def _answer(door: Door, message: NatsMessage) -> Taken | Refusal:
    token = next((value for name, value in message.headers.items() if name.lower() == TOKEN_HEADER.lower()), None)
    if token is None:
        return Refusal("unauthenticated", f"Send the source's token in the header {TOKEN_HEADER}.")
    source = await door.source_of(str(token))
    if isinstance(source, Refusal):
        return source
    asked = message.raw_message.subject.removeprefix("intake.")
    if asked != source.name:
        return Refusal("wrong_source", f"{source.name} sends to intake.{source.name}, not to intake.{asked}.")
    return await door.reception.take(source, _sent(message.body))


def _sent(body: bytes) -> Sent:
    return batch(body) if body.lstrip(b" \t\r\n").startswith(b"[") else structured(body)


def _reply(answer: Taken | Refusal) -> NatsResponse:
    content_type = CONTENT_TYPE if isinstance(answer, Refusal) else "application/json"
    return NatsResponse(answer.body(), headers={"Daybook-Status": str(answer.status), "content-type": content_type})
