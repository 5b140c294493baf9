"""Rights of each NATS user, and their limits: everything here is tried as every user, on a server of its own.

The table says who may; whoever is not named must be refused, and who is named must not be.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client

from services.nats import connection as stream_connection
from services.notary import heads_stream
from services.settings import Settings
from services.stream.append import Appended, Message, append
from services.stream.configuration import provision
from services.stream.state import ask, state
from tests.integration.deploy.own_nats import USERS, OwnNats

SERVICES = tuple(user for user in USERS if user != "daybook")
READERS = {"appender", "recorder", "query", "auditor"}
FOLLOWERS = {"recorder", "auditor"}

PUBLISH: dict[str, set[str]] = {
    "daybook.deal.D-1": {"appender"},
    "daybook.account.A-1": {"appender"},
    "daybook.playbook.p": {"appender"},
    "daybook.deal.D-1.more": set(),
    "daybook.other.x": set(),
    "intake.crm": {"emitter"},
    "intake.crm.more": set(),
    "notice.recorded": {"recorder"},
    "notice.projected.3": {"projector"},
    "notice.other": set(),
    "notary.head.DAYBOOK": {"notary"},
    "_INBOX.somebody.x": set(),
    "_R_.somebody.x": {"intake"},
    **{f"_INBOX_DAYBOOK.{user}.x": set() for user in USERS},
    "$JS.API.STREAM.INFO.DAYBOOK": READERS,
    "$JS.API.STREAM.MSG.GET.DAYBOOK": READERS,
    "$JS.API.DIRECT.GET.DAYBOOK": set(),
    "$JS.API.DIRECT.GET.DAYBOOK.daybook.deal.D-1": set(),
    "$JS.API.STREAM.INFO.DAYBOOK_HEADS": {"notary", "auditor"},
    "$JS.API.STREAM.MSG.GET.DAYBOOK_HEADS": {"notary", "auditor"},
    "$JS.API.CONSUMER.CREATE.DAYBOOK": FOLLOWERS,
    "$JS.API.CONSUMER.MSG.NEXT.DAYBOOK.x": FOLLOWERS,
    "$JS.API.CONSUMER.DELETE.DAYBOOK.x": FOLLOWERS,
    "$JS.API.CONSUMER.CREATE.DAYBOOK.x": set(),
    "$JS.API.CONSUMER.CREATE.DAYBOOK.x.daybook.deal.D-1": set(),
    "$JS.API.CONSUMER.DURABLE.CREATE.DAYBOOK.x": set(),
    "$JS.API.CONSUMER.CREATE.DAYBOOK_HEADS": {"auditor"},
    "$JS.API.CONSUMER.MSG.NEXT.DAYBOOK_HEADS.x": {"auditor"},
    "$JS.API.CONSUMER.DELETE.DAYBOOK_HEADS.x": {"auditor"},
    "$JS.API.CONSUMER.INFO.DAYBOOK.x": set(),
    "$JS.API.CONSUMER.LIST.DAYBOOK": set(),
    "$JS.API.CONSUMER.PAUSE.DAYBOOK.x": set(),
    "$JS.API.INFO": set(),
    "$JS.API.STREAM.LIST": set(),
    "$JS.API.STREAM.NAMES": set(),
    **{
        f"$JS.API.STREAM.{verb}.{stream}": set()
        for verb in ("CREATE", "UPDATE", "DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE", "LEADER.STEPDOWN")
        for stream in ("DAYBOOK", "DAYBOOK_HEADS", "MINE")
    },
    "$JS.ACK.DAYBOOK.x.1.1.1.1.0": set(),
    "$JS.FC.DAYBOOK.x": set(),
    "$SYS.REQ.SERVER.PING": set(),
    "anything": set(),
}
SUBSCRIBE: dict[str, set[str]] = {
    ">": set(),
    "daybook.>": set(),
    "daybook.deal.*": set(),
    "intake.*": {"intake"},
    "notice.recorded": {"projector", "notary"},
    "notice.projected.*": {"query"},
    "notice.>": set(),
    "notary.head.DAYBOOK": {"auditor"},
    "_INBOX.>": {"emitter"},
    "_INBOX_DAYBOOK.>": set(),
    **{f"_INBOX_DAYBOOK.{user}.>": {user} for user in SERVICES if user not in ("emitter", "intake")},
    "_INBOX_DAYBOOK.daybook.>": set(),
    "$JS.API.>": set(),
    "$JS.EVENT.>": set(),
    "$SYS.>": set(),
    "anything": set(),
}


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnNats]:
    """The server with the two streams, as `daybook init` makes them."""
    server = OwnNats(tmp_path_factory.mktemp("nats"))
    try:
        await server.start()
        nc = await stream_connection.connect(server.url("daybook"), "init")
        made = await provision(nc, Settings(stream_max_bytes=2**24), None)
        await heads_stream.provision(nc, Settings(), made.max_bytes)
        await nc.close()
        yield server
    finally:
        await server.stop()


@pytest.mark.parametrize("user", SERVICES)
async def test_each_user_publishes_what_it_must_and_nothing_else(server: OwnNats, user: str) -> None:
    async with server.trying(user) as trying:
        may = {subject for subject in PUBLISH if await trying.may_publish(subject)}
    assert may == {subject for subject, users in PUBLISH.items() if user in users}
    assert may


@pytest.mark.parametrize("user", SERVICES)
async def test_each_user_hears_what_it_must_and_nothing_else(server: OwnNats, user: str) -> None:
    async with server.trying(user) as trying:
        may = {subject for subject in SUBSCRIBE if await trying.may_subscribe(subject)}
    assert may == {subject for subject, users in SUBSCRIBE.items() if user in users}


async def test_requests_are_taken_by_the_queue_of_intakes_alone(server: OwnNats) -> None:
    for user, may in (("intake", True), ("recorder", False), ("emitter", False)):
        async with server.trying(user) as trying:
            assert await trying.may_subscribe("intake.*", "intake") is may


async def test_only_who_may_append_reaches_the_stream(server: OwnNats) -> None:
    async with connected(server, "daybook") as operator, connected(server, "appender") as appender:
        before = (await state(operator, "DAYBOOK")).last_sequence
        for user in set(SERVICES) - {"appender"}:
            async with server.trying(user) as trying:
                assert not await trying.may_publish("daybook.deal.D-7")
        assert (await state(operator, "DAYBOOK")).last_sequence == before
        messages = [Message("daybook.deal.D-7", f"crm:{number}", b"{}") for number in range(4)]
        assert await append(appender, "DAYBOOK", messages[:1]) == Appended(range(before + 1, before + 2))
        assert await append(appender, "DAYBOOK", messages[1:]) == Appended(range(before + 2, before + 5))


async def test_nobody_but_the_operator_changes_or_removes_a_stream(server: OwnNats) -> None:
    async with connected(server, "daybook") as operator:
        before = await state(operator, "DAYBOOK")
        changed = json.dumps(before.configuration | {"max_age": 1_000_000_000})
        for user in SERVICES:
            async with server.trying(user) as trying:
                for verb, body in (("UPDATE", changed), ("PURGE", ""), ("MSG.DELETE", '{"seq": 1}'), ("DELETE", "")):
                    assert not await trying.may_publish(f"$JS.API.STREAM.{verb}.DAYBOOK", body)
        after = await state(operator, "DAYBOOK")
        assert (after.configuration, after.last_sequence) == (before.configuration, before.last_sequence)


async def test_a_follower_cannot_have_the_stream_published_into_itself(server: OwnNats) -> None:
    wanted = {"ack_policy": "none", "deliver_policy": "all", "deliver_subject": "daybook.deal.D-9"}
    async with connected(server, "recorder") as recorder:
        answer = await ask(recorder, "CONSUMER.CREATE.DAYBOOK", {"stream_name": "DAYBOOK", "config": wanted})
    assert "cycle" in answer["error"]["description"]


async def test_replies_come_to_who_asked(server: OwnNats) -> None:
    for user in ("appender", "recorder", "query", "auditor"):
        async with connected(server, user) as nc:
            assert (await state(nc, "DAYBOOK")).name == "DAYBOOK"


@pytest.mark.long
async def test_the_operator_provisions(tmp_path: Path) -> None:
    server = OwnNats(tmp_path)
    try:
        await server.start()
        nc = await stream_connection.connect(server.url("daybook"), "init")
        made = await provision(nc, Settings(stream_max_bytes=2**24), None)
        grown = await provision(nc, Settings(stream_max_bytes=2**25), None)
        assert (made.max_bytes, grown.max_bytes) == (2**24, 2**25)
        assert (await ask(nc, "STREAM.DELETE.DAYBOOK"))["success"]
        await nc.close()
    finally:
        await server.stop()


async def test_nobody_gets_in_without_a_password(server: OwnNats) -> None:
    for login in ({}, {"user": "recorder"}, {"user": "recorder", "pass": "guessed"}, {"user": "x", "pass": "x"}):
        assert b"Authorization Violation" in await server.says_to(login)


@asynccontextmanager
async def connected(server: OwnNats, user: str) -> AsyncIterator[Client]:
    """A connection as the services make them."""
    nc = await stream_connection.connect(server.url(user), "test")
    try:
        yield nc
    finally:
        await nc.close()
