"""Following the stream gives every message once, in order, whatever the messages are and whatever becomes of NATS."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.embedded.nats import NatsServer
from services.errors import NotProvisioned, StreamMismatch, Unavailable
from services.nats import connection
from services.nats.client import FollowingClient
from services.stream import consumer
from services.stream.follow import Follower
from services.stream.read import Stored, message_at
from services.stream.state import ask
from tests.foreign import publish_raw
from tests.integration.reconcile.damage import rewind, snapshot
from tests.ledger import Ledger
from tests.service import until

SUBJECT = "daybook.deal.D-1"


@pytest.fixture
async def nc(empty_ledger: Ledger) -> AsyncIterator[FollowingClient]:
    """A connection that does nothing but follow."""
    nc = await connection.connect_following(empty_ledger.endpoints.nats_url, "test")
    yield nc
    await nc.close()


async def publish(ledger: Ledger, *messages: bytes) -> None:
    nc = await ledger.nats()
    for number, each in enumerate(messages, 1):
        if number % 500 and number < len(messages):
            await nc.publish(SUBJECT, each)
        else:  # waits until the disk has those before
            await ledger.publish(each, SUBJECT)


async def followed(nc: FollowingClient, ledger: Ledger, end: int, start: int = 1) -> list[Stored]:
    found: list[Stored] = []
    async with Follower(nc, ledger.settings.stream, start) as follower:
        async for batch in follower.batches(end=end):
            found += batch
    return found


async def test_every_message_once_in_order(empty_ledger: Ledger, nc: FollowingClient) -> None:
    wanted = [b"message %d" % number for number in range(1, 4001)]
    await publish(empty_ledger, *wanted)
    found = await followed(nc, empty_ledger, end=4000)
    assert [each.data for each in found] == wanted
    assert [each.sequence for each in found] == list(range(1, 4001))
    assert [each.data for each in await followed(nc, empty_ledger, end=3333, start=3330)] == wanted[3329:3333]


async def test_a_message_is_the_same_followed_and_asked_for(empty_ledger: Ledger, nc: FollowingClient) -> None:
    await publish(empty_ledger, b"one", b"")
    for each in await followed(nc, empty_ledger, end=2):
        assert await message_at(nc, empty_ledger.settings.stream, each.sequence) == each
    assert await message_at(nc, empty_ledger.settings.stream, 3) is None


async def test_batches_hold_no_more_than_is_asked_for(empty_ledger: Ledger, nc: FollowingClient) -> None:
    await publish(empty_ledger, *[b"x"] * 30)
    async with Follower(nc, empty_ledger.settings.stream, 1) as follower:
        sizes: list[int] = []
        while sum(sizes) < 30:
            sizes.append(len(await follower.batch(7)))
        assert max(sizes) <= 7
        waiting = asyncio.gather(follower.batch())
        await publish(empty_ledger, b"late")
        ((late,),) = await waiting
    assert late.data == b"late"


@pytest.mark.parametrize(("number", "size"), [(3000, 400), (250, 60_000)])
async def test_one_consumer_does_for_a_whole_stream(
    empty_ledger: Ledger, nc: FollowingClient, number: int, size: int
) -> None:
    made = await (await empty_ledger.nats()).subscribe("$JS.EVENT.ADVISORY.CONSUMER.CREATED.>")
    await publish(empty_ledger, *[bytes(size)] * number)
    assert len(await followed(nc, empty_ledger, end=number)) == number
    await (await empty_ledger.nats()).flush()
    assert made.pending_msgs == 1
    await made.unsubscribe()


async def test_large_messages_come_in_batches_of_a_few_megabytes(empty_ledger: Ledger, nc: FollowingClient) -> None:
    large = [bytes([number]) * 60_000 for number in range(250)]
    await publish(empty_ledger, *large)
    held: list[Stored] = []
    async with Follower(nc, empty_ledger.settings.stream, 1) as follower:
        while len(held) < len(large):
            batch = await follower.batch()
            assert sum(len(each.data) for each in batch) < consumer.TAKEN_BYTES + 60_000
            held += batch
    assert [each.data for each in held] == large


@pytest.mark.parametrize(
    ("frame", "subject"),
    [
        (b"PUB daybook.deal.\xff 1\r\nx\r\n", "daybook.deal.\ufffd"),
        (b"PUB daybook.deal.a\x00b 1\r\nx\r\n", "daybook.deal.a\ufffdb"),
        (b"PUB daybook.deal.* 1\r\nx\r\n", "daybook.deal.*"),
        (b"HPUB daybook.deal.h 2 3\r\n\r\nx\r\n", "daybook.deal.h"),
        (b"HPUB daybook.deal.h 19 20\r\nNATS/1.0\r\n\xff: \xfe\xff\r\n\r\nx\r\n", "daybook.deal.h"),
        (b"HPUB daybook.deal.h 28 29\r\nNATS/1.0 404 No Messages\r\n\r\nx\r\n", "daybook.deal.h"),
    ],
    ids=["not_utf8", "nul", "wildcard", "malformed_header", "header_not_utf8", "status_header"],
)
async def test_any_message_comes_through(empty_ledger: Ledger, nc: FollowingClient, frame: bytes, subject: str) -> None:
    await publish_raw(empty_ledger, frame)
    await publish(empty_ledger, b"after it")
    found = await followed(nc, empty_ledger, end=2)
    assert [(each.subject, each.data) for each in found] == [(subject, b"x"), (SUBJECT, b"after it")]
    assert nc.stats["reconnects"] == 0


@pytest.mark.parametrize(
    ("word", "read"),
    [
        (b"\xe4\xb8", "\ufffd\ufffd"),
        (b"\xe4\xb8\xe4\xb8\xad", "\ufffd\ufffd\u4e2d"),
        (b"\xc3", "\ufffd"),
        (b"\xf0\x9f\x98", "\ufffd\ufffd\ufffd"),
        (b"\xf0\x9fa", "\ufffd\ufffda"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"\xc0\x80", "\ufffd\ufffd"),
        (b"\xe0\x80\xaf", "\ufffd\ufffd\ufffd"),
        (b"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"),
        (b"\x80\xff\xfe", "\ufffd\ufffd\ufffd"),
        (b"\xef\xbf\xbd", "\ufffd"),
        (b'\x01\x7f<&>"\\', '\x01\x7f<&>"\\'),
        (b"\xe2\x80\xa8\xf0\x9f\x98\x80", "\u2028\U0001f600"),
    ],
    ids=lambda each: each.hex() if isinstance(each, bytes) else "",
)
async def test_a_subject_is_read_the_same_followed_and_asked_for(
    empty_ledger: Ledger, nc: FollowingClient, word: bytes, read: str
) -> None:
    await publish_raw(empty_ledger, b"PUB daybook.deal.%b 1\r\nx\r\n" % word)
    (found,) = await followed(nc, empty_ledger, end=1)
    assert found.subject == f"daybook.deal.{read}"
    assert await message_at(nc, empty_ledger.settings.stream, 1) == found


async def test_a_subject_that_breaks_the_clients_parser_is_read_singly(
    empty_ledger: Ledger, nc: FollowingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SILENCE_S", 1.2)
    monkeypatch.setattr(consumer, "HEARTBEAT_S", 0.3)
    await publish(empty_ledger, b"before it")
    await publish_raw(empty_ledger, b"PUB daybook.deal.a\x0cb 1\r\nx\r\n")
    await publish(empty_ledger, b"after it")
    found = await followed(nc, empty_ledger, end=3)
    assert [each.data for each in found] == [b"before it", b"x", b"after it"]
    assert found[1].subject == "daybook.deal.a\x0cb"


@pytest.mark.long
async def test_an_idle_consumer_is_not_taken_for_lost(
    empty_ledger: Ledger, nc: FollowingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SILENCE_S", 1.0)
    monkeypatch.setattr(consumer, "HEARTBEAT_S", 0.25)
    monkeypatch.setattr(consumer, "EXPIRES_S", 1)  # requests end twice meanwhile
    stream = empty_ledger.settings.stream
    await publish(empty_ledger, b"one")
    async with Follower(nc, stream, 1) as follower:
        await follower.batch()
        before = (await ask(nc, f"CONSUMER.NAMES.{stream}"))["consumers"]
        waiting = asyncio.gather(follower.batch())
        done, _ = await asyncio.wait({waiting}, timeout=2.5)
        assert not done
        assert (await ask(nc, f"CONSUMER.NAMES.{stream}"))["consumers"] == before
        await publish(empty_ledger, b"two")
        ((found,),) = await waiting
    assert found.data == b"two"


async def test_a_consumer_does_not_stay_on_the_server(empty_ledger: Ledger, nc: FollowingClient) -> None:
    await publish(empty_ledger, b"one")
    await followed(nc, empty_ledger, end=1)

    async def none_is_left() -> bool:
        return not (await ask(nc, f"CONSUMER.NAMES.{empty_ledger.settings.stream}"))["consumers"]

    await until(none_is_left, "the consumer is still there", deadline_s=5)


async def test_a_message_that_was_removed_is_a_mismatch(empty_ledger: Ledger, nc: FollowingClient) -> None:
    stream = empty_ledger.settings.stream
    await ask(nc, f"STREAM.DELETE.{stream}")
    await ask(nc, f"STREAM.CREATE.{stream}", {"name": stream, "subjects": ["daybook.deal.*"], "storage": "file"})
    await publish(empty_ledger, b"one", b"two", b"three")
    await ask(nc, f"STREAM.MSG.DELETE.{stream}", {"seq": 2})
    async with Follower(nc, stream, 1) as follower:
        assert [each.data for each in await follower.batch()] == [b"one"]
        with pytest.raises(StreamMismatch, match="does not hold the message at sequence 2"):
            await follower.batch()


async def test_a_stream_that_goes_away_is_a_mismatch(empty_ledger: Ledger, nc: FollowingClient) -> None:
    await publish(empty_ledger, b"one")
    async with Follower(nc, empty_ledger.settings.stream, 1) as follower:
        await follower.batch()
        await ask(nc, f"STREAM.DELETE.{empty_ledger.settings.stream}")
        with pytest.raises(StreamMismatch, match="is gone"):
            await follower.batch()


@pytest.mark.long
async def test_a_stream_that_loses_its_end_before_that_is_reached_is_a_mismatch(
    empty_ledger: Ledger, nc: FollowingClient
) -> None:
    await publish(empty_ledger, *[b"x"] * 3000)
    older = await snapshot(empty_ledger)
    await publish(empty_ledger, *[b"x"] * 1000)
    async with Follower(nc, empty_ledger.settings.stream, 1) as follower, asyncio.timeout(30):
        batches = follower.batches(end=4000)
        await anext(batches)
        await rewind(empty_ledger, older)
        with pytest.raises(StreamMismatch, match="ends at sequence 3000"):
            [None async for _ in batches]


async def test_there_is_no_stream(empty_ledger: Ledger, nc: FollowingClient) -> None:
    async with Follower(nc, "OTHER", 1) as follower:
        with pytest.raises(NotProvisioned, match="There is no stream OTHER"):
            await follower.batch()


async def test_a_start_behind_the_end_is_a_mismatch(empty_ledger: Ledger, nc: FollowingClient) -> None:
    await publish(empty_ledger, b"one")
    async with Follower(nc, empty_ledger.settings.stream, 5) as follower:
        with pytest.raises(StreamMismatch, match="ends at sequence 1"):
            await follower.batch()


@pytest.mark.long
async def test_a_connection_that_is_closed_for_good_is_said_so(empty_ledger: Ledger, nc: FollowingClient) -> None:
    await publish(empty_ledger, b"one")
    async with Follower(nc, empty_ledger.settings.stream, 1) as follower:
        await follower.batch()
        await nc.close()
        with pytest.raises(Unavailable, match="closed for good"):
            await follower.batch()


async def test_the_other_form_of_delivery_subjects_is_understood(tmp_path: Path) -> None:
    access = (
        "authorization {{ users = [ {{ user: daybook, password: {password} }} ] }}\n"
        "feature_flags {{ js_ack_fc_v2: true }}\n"
    )
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log", access)
    await server.start()
    try:
        nc = await connection.connect_following(server.url, "test")
        await ask(nc, "STREAM.CREATE.S", {"name": "S", "subjects": ["s"], "storage": "file"})
        stamps = [(await nc.jetstream().publish("s", b"%d" % number)).seq for number in range(3)]
        plain = await nc.jetstream().pull_subscribe("s", stream="S")
        assert len((await plain.fetch(1))[0].reply.split(".")) == 11
        async with Follower(nc, "S", 1) as follower:
            found = [each async for batch in follower.batches(end=3) for each in batch]
        assert [each.sequence for each in found] == stamps
        assert found == [await message_at(nc, "S", each) for each in stamps]
        await nc.close()
    finally:
        await server.stop()
