"""No user gets anything into a stream that it may not append to, by whatever it asks and wherever it wants the answer.

The server checks no permission for the subject of a reply, nor for the subject that a consumer delivers to.
"""

import json
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from nats.aio.client import Client

from services.embedded.nats import NatsServer
from services.nats import connection as stream_connection
from services.notary import heads_stream
from services.settings import Settings
from services.stream.append import Appended, Message, append
from services.stream.configuration import provision
from services.stream.read import message_at
from services.stream.state import state
from tests.integration.deploy.own_nats import USERS, OwnNats
from tests.integration.deploy.test_nats_users import PUBLISH
from tests.service import until

HEAD = "notary.head.DAYBOOK"
STREAMS = {"DAYBOOK": "daybook.deal.control", "DAYBOOK_HEADS": HEAD}
OWN = {"appender": {"DAYBOOK"}, "notary": {"DAYBOOK_HEADS"}}
"""Who may append where: what comes there from them is no surprise."""
REPLIES = (
    "daybook.deal.X",
    "daybook.account.X",
    "daybook.playbook.X",
    HEAD,
    "intake.crm",
    "notice.recorded",
    "notice.projected.3",
    "_INBOX.somebody.x",
    *(f"_INBOX_DAYBOOK.{user}.x" for user in USERS),
    "_R_.somebody.x",
    "$JS.API.STREAM.PURGE.DAYBOOK",
    "$JS.API.STREAM.DELETE.DAYBOOK",
    "$JS.API.STREAM.DELETE.DAYBOOK_HEADS",
    "heads.API.STREAM.DELETE.DAYBOOK_HEADS",
    "$JS.ACK.DAYBOOK.x.1.1.1.1.0",
)
LONG = 100
"""What is as long as this makes a consumer or a stream: with one reply is enough."""
PUSHED = tuple(each for each in REPLIES if not each.startswith("$JS.ACK"))
CONSUMER: dict[str, object] = {"ack_policy": "none", "deliver_policy": "all"}


def bodies(subject: str) -> Iterator[str]:
    """Yield requests that can be asked on a subject, in forms that JetStream understands."""
    yield ""
    yield "{}"
    words = subject.split(".")
    stream = "DAYBOOK_HEADS" if "DAYBOOK_HEADS" in words else "DAYBOOK"
    if ".MSG.GET." in subject or ".DIRECT.GET." in subject:
        yield json.dumps({"seq": 1})
        yield json.dumps({"seq": 1, "batch": 10})
    if ".MSG.NEXT." in subject:
        yield json.dumps({"batch": 10, "no_wait": True})
        yield json.dumps({"batch": 10, "expires": 1_000_000_000, "idle_heartbeat": 100_000_000})
    if ".CONSUMER.CREATE." in subject:
        yield json.dumps({"stream_name": stream, "config": CONSUMER | {"name": "x", "inactive_threshold": 10**10}})
        for deliver in PUSHED:
            for more in ({}, {"headers_only": True}, {"flow_control": True, "idle_heartbeat": 100_000_000}):
                yield json.dumps(
                    {"stream_name": stream, "config": CONSUMER | {"deliver_subject": deliver} | more}, sort_keys=True
                )
    if subject.startswith("$JS.API.STREAM.CREATE."):
        name = words[-1]
        yield json.dumps({"name": name, "mirror": {"name": stream}})
        yield json.dumps({"name": name, "sources": [{"name": stream}]})
        yield json.dumps({"name": name, "subjects": ["notice.>"], "republish": {"src": ">", "dest": "daybook.deal.R"}})


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnNats]:
    """The server with the two streams, and a message in each."""
    server = OwnNats(tmp_path_factory.mktemp("nats"))
    try:
        await server.start()
        nc = await stream_connection.connect(server.url("daybook"), "init")
        await _two_streams(nc)
        await nc.close()
        yield server
    finally:
        await server.stop()


@pytest.mark.long_cases
@pytest.mark.parametrize("user", [each for each in USERS if each != "daybook"])
async def test_no_answer_comes_into_a_stream(server: OwnNats, user: str) -> None:
    operator = await stream_connection.connect(server.url("daybook"), "test")
    try:
        before = {name: await state(operator, name) for name in STREAMS}
        async with server.trying(user) as trying:
            for subject, users in PUBLISH.items():
                for reply in REPLIES if user in users else REPLIES[:4]:
                    for body in bodies(subject):
                        if reply == REPLIES[0] or len(body) < LONG:
                            await trying.asks(subject, reply, body)
        for name, subject in STREAMS.items():
            await operator.request(subject, b"the last")
            found = await state(operator, name)
            added = [
                await message_at(operator, name, each + 1)
                for each in range(before[name].last_sequence, found.last_sequence)
            ]
            assert found.created_at == before[name].created_at
            assert (found.configuration, found.first_sequence) == (before[name].configuration, 1)
            if name not in OWN.get(user, ()):
                assert [each and each.data for each in added] == [b"the last"]
    finally:
        await operator.close()


async def test_in_one_account_with_the_streams_an_answer_would_be_stored(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    nc = await stream_connection.connect(server.url, "test")
    try:
        await _two_streams(nc)
        await nc.publish("$JS.API.STREAM.INFO.DAYBOOK", b"", reply="daybook.deal.X")
        wanted = {"stream_name": "DAYBOOK", "config": CONSUMER | {"deliver_subject": HEAD, "idle_heartbeat": 10**8}}
        await nc.request("$JS.API.CONSUMER.CREATE.DAYBOOK", json.dumps(wanted).encode())
        for name in STREAMS:
            await until(partial(_has, nc, name, 2), f"nothing came into {name}", server.log.read_text)
    finally:
        await nc.close()
        await server.stop()


async def _two_streams(nc: Client) -> None:
    made = await provision(nc, Settings(stream_max_bytes=2**24), None)
    await heads_stream.provision(nc, Settings(), made.max_bytes)
    assert await append(nc, "DAYBOOK", [Message("daybook.deal.D-1", "crm:1", b"{}")]) == Appended(range(1, 2))
    await nc.request(HEAD, b"a head")


async def _has(nc: Client, name: str, messages: int) -> bool:
    return (await state(nc, name)).last_sequence >= messages
