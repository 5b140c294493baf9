"""Checks that nobody without a token can write into the stream through intake or make intake deaf."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from services.intake import requests
from services.intake.nats_client import RequestsClient
from services.intake.service import Running, running
from services.nats import connection
from services.nats.client import GuardedClient
from tests.foreign import send_raw
from tests.integration.intake.conftest import on_a_free_port
from tests.integration.intake.sending import Sender, call
from tests.ledger import Ledger
from tests.service import until


def request(reply: bytes, subject: bytes = b"intake.crm", body: bytes = b"{}") -> bytes:
    return b"PUB %b %b %d\r\n%b\r\n" % (subject, reply, len(body), body)


def with_header(header: bytes, reply: bytes = b"_INBOX.x", body: bytes = b"{}") -> bytes:
    return b"HPUB intake.crm %b %d %d\r\n%b%b\r\n" % (reply, len(header), len(header) + len(body), header, body)


@pytest.fixture
async def emitter(empty_ledger: Ledger) -> AsyncIterator[Client]:
    emitter = GuardedClient()
    await emitter.connect(empty_ledger.emitter_nats_url)
    yield emitter
    await emitter.close()


@pytest.fixture(params=["a_user_for_intake", "one_user_for_all"])
async def either_intake(request: pytest.FixtureRequest, empty_ledger: Ledger) -> AsyncIterator[Running]:
    own = empty_ledger.settings.intake_nats_url if request.param == "a_user_for_intake" else None
    settings = on_a_free_port(empty_ledger.settings).model_copy(update={"intake_nats_url": own})
    async with running(settings) as intake:
        yield intake


async def answered(emitter: Client, token: str, id: str = "c-1") -> int:
    """The status that a good request gets within a second."""
    body = json.dumps(call(id)).encode()
    reply = await emitter.request("intake.crm", body, timeout=1, headers={"Daybook-Token": token})
    assert reply.headers is not None
    return int(reply.headers["Daybook-Status"])


@pytest.mark.parametrize(
    "reply",
    [
        b"daybook.deal.x",
        b"$JS.API.STREAM.PURGE.DAYBOOK",
        b"$JS.API.STREAM.DELETE.DAYBOOK",
        b"notice.recorded",
        b"intake.crm",
        b"_INBOX_DAYBOOK.x",
        b"_INBOX",
        b"_INBOX.",
        b"_INBOX.>",
        b"_INBOX.*.x",
        b"",
    ],
)
async def test_nothing_is_answered_but_to_an_inbox(
    empty_ledger: Ledger, either_intake: Running, emitter: Client, reply: bytes
) -> None:
    token = await empty_ledger.source("crm")
    witness = await empty_ledger.nats()
    overheard = await witness.subscribe(">")
    await witness.flush()
    good = b"NATS/1.0\r\nDaybook-Token: %b\r\n\r\n" % token.encode()
    frames = request(reply), with_header(good, reply, json.dumps(call("stolen")).encode())

    await send_raw(empty_ledger.emitter_nats_url, *frames)
    assert await answered(emitter, token) == 201
    await witness.flush()

    said = [overheard._pending_queue.get_nowait() for _ in range(overheard.pending_msgs)]
    asked = [each.subject for each in said if each.subject.startswith("intake.")]
    answers = {each.subject for each in said if "Daybook-Status" in (each.headers or {})}
    assert asked == ["intake.crm"] * 3
    assert len(answers) == 1
    assert answers == {each.reply for each in said if each.subject == "intake.crm" and b'"c-1"' in each.data}
    assert await empty_ledger.last_sequence() == 1


@pytest.mark.parametrize(
    "frame",
    [
        with_header(b"NATS/1.0 \xff\r\n\r\n"),
        with_header(b"NATS/1.0 503\r\n\r\n"),
        with_header(b"NATS/1.0 100 Idle\r\nX: \xff\r\n\r\n"),
        with_header(b"NATS/1.0\r\nFoo\r\n\r\n"),
        with_header(b"NATS/1.0\r\n\xff: \xfe\r\n\r\n"),
        with_header(b"NATS/1.0\r\nDaybook-Token: \xff\xfe\r\n\r\n"),
        with_header(b"NATS/1.0\r\n"),
        with_header(b"\r\n\r\n"),
        with_header(b"garbage"),
        with_header(b"x"),
        request(b"\xff\xfe"),
        request(b"_INBOX.\xff\xfe"),
        request(b"a\x0cb"),
        request(b"_INBOX.a\x0cb"),
        request(b"a..b"),
        request(b"_INBOX.a..b"),
        request(b"_INBOX.a\x00b"),
        request(b"_INBOX.x", b"intake.\xff\xfe"),
        request(b"_INBOX.x", b"intake.a\x0cb"),
        request(b"", b"intake.a\x0c1"),
        request(b"_INBOX.x", b"intake.a\x0b1\x1f\x85"),
        request(b"_INBOX.x", b"intake.a\x00b"),
        request(b"_INBOX.x", b"intake." + b"x" * 3900),
        request(b"_INBOX.x", b"intake.*"),
        request(b"_INBOX.x", body=b""),
        request(b"_INBOX.x", body=b"\r\nMSG intake.crm 1 9\r\n" * 5000),
    ],
    ids=lambda frame: ascii(frame[:44]),
)
async def test_a_good_request_after_it_is_answered_at_once(
    empty_ledger: Ledger, crm: Sender, emitter: Client, frame: bytes
) -> None:
    for turn in range(3):
        await send_raw(empty_ledger.emitter_nats_url, frame)
        assert await answered(emitter, crm.token, f"c-{turn}") == 201
    assert await empty_ledger.last_sequence() == 3


async def test_who_sends_a_header_that_cannot_be_read_is_told(
    empty_ledger: Ledger, crm: Sender, emitter: Client
) -> None:
    answers = await emitter.subscribe("_INBOX.mine")
    await emitter.flush()
    for header in (b"NATS/1.0 \xff\r\n\r\n", b"garbage", b"NATS/1.0\r\nDaybook-Token: \xff\r\n\r\n"):
        await send_raw(empty_ledger.emitter_nats_url, with_header(header, b"_INBOX.mine"))
        assert json.loads((await answers.next_msg(timeout=5)).data)["status"] == 401


async def test_requests_that_come_in_pieces_and_many_at_once_are_all_answered(
    empty_ledger: Ledger, crm: Sender, emitter: Client
) -> None:
    padded = [json.dumps(call(f"c-{number}")).encode() + b" " * number * 37 for number in range(500)]
    headers = {"Daybook-Token": crm.token}
    asked = [emitter.request("intake.crm", each, timeout=20, headers=headers) for each in padded]
    answers = await asyncio.gather(*asked)
    assert {(each.headers or {})["Daybook-Status"] for each in answers} == {"201"}
    assert await empty_ledger.last_sequence() == 500


async def test_a_source_that_was_just_added_may_send_much_at_once(
    empty_ledger: Ledger, crm: Sender, emitter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests.Allowance, "take", _once())
    headers = {"Daybook-Token": crm.token}
    each = [json.dumps(call(f"c-{number}")).encode() for number in range(500)]
    answers = await asyncio.gather(*(emitter.request("intake.crm", one, timeout=20, headers=headers) for one in each))
    assert {(one.headers or {})["Daybook-Status"] for one in answers} == {"201"}


def _once() -> Callable[[object], bool]:
    """An allowance for one refusal in all: the first request of a source that intake does not know yet."""
    left = iter([True])
    return lambda _: next(left, False)


async def test_a_reader_that_ends_by_an_unforeseen_error_is_replaced_at_once(
    empty_ledger: Ledger, emitter: Client
) -> None:
    class Stumbling(RequestsClient):
        async def _process_msg(
            self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes | None
        ) -> None:
            if data == b"stumble":
                raise RuntimeError("nobody foresaw this")
            await super()._process_msg(sid, subject, reply, data, headers)

    async def echo(message: Msg) -> None:
        await message.respond(message.data)

    nc = Stumbling()
    await nc.connect(**connection.options(empty_ledger.endpoints.requests_url, "test"))
    try:
        await nc.subscribe("intake.*", cb=echo)
        await nc.flush()
        await emitter.publish("intake.crm", b"stumble", reply="_INBOX.x")

        async def connected_anew() -> bool:
            return nc.stats["reconnects"] > 0 and nc.is_connected

        await until(connected_anew, "it is deaf", deadline_s=5)
        assert (await emitter.request("intake.crm", b"again", timeout=1)).data == b"again"
    finally:
        await nc.close()
