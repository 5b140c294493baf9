"""The embedded NATS server: who may do what, and what it remembers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg

from services.embedded import ports
from services.embedded.nats import NatsServer
from services.errors import ServerFailed
from services.nats import connection

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_KERNELS = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 0


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    server = NatsServer(tmp_path / "nats", tmp_path / "nats.log")
    await server.start()
    yield server
    await server.stop()


async def _refusal(url: str, subject: str) -> str:
    """Return what the server says when this user publishes on the subject."""
    said: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def error(raised: Exception) -> None:
        if not said.done():
            said.set_result(str(raised))

    client = await nats.connect(url, error_cb=error)
    try:
        await client.publish(subject, b"x")
        async with asyncio.timeout(5):
            return await said
    finally:
        await client.close()


async def _echo(message: Msg) -> None:
    await message.respond(message.data)


@pytest.mark.parametrize("subject", ["daybook.deal.D-1", "$JS.API.STREAM.DELETE.DAYBOOK", "notice.recorded"])
async def test_whoever_connects_without_a_name_cannot_reach_the_stream(server: NatsServer, subject: str) -> None:
    assert "permissions violation" in (await _refusal(server.emitter_url, subject)).lower()


async def test_whoever_connects_without_a_name_may_ask_intake(server: NatsServer) -> None:
    intake = await connection.connect(server.intake_url, "test")
    emitter = await nats.connect(server.emitter_url)
    try:
        await intake.subscribe("intake.*", cb=_echo)
        await intake.flush()
        assert (await emitter.request("intake.crm", b"receipt", timeout=5)).data == b"receipt"
    finally:
        await emitter.close()
        await intake.close()


@pytest.mark.parametrize(
    "subject", ["daybook.deal.D-1", "$JS.API.STREAM.PURGE.DAYBOOK", "notice.recorded", "_INBOX_DAYBOOK.x", "intake.crm"]
)
async def test_where_intake_takes_requests_it_can_only_answer(server: NatsServer, subject: str) -> None:
    assert "permissions violation" in (await _refusal(server.intake_url, subject)).lower()


async def test_an_acknowledged_message_is_synced_first(server: NatsServer) -> None:
    assert "sync_interval: always" in (server.directory / "nats-server.conf").read_text()


async def test_only_this_machine_can_connect(server: NatsServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", server.port))  # nobody listens on all addresses, or this would be refused


async def test_secrets_are_for_their_owner_alone(server: NatsServer) -> None:
    for name in ("nats-server.conf", "daybook.json"):
        assert (server.directory / name).stat().st_mode & 0o077 == 0


async def test_address_and_password_outlive_a_restart(server: NatsServer) -> None:
    await server.stop()
    again = NatsServer(server.directory, server.log)
    await again.start()
    await again.stop()
    assert (again.url, again.intake_url) == (server.url, server.intake_url)


@pytest.mark.skipif(ports.CHOICE.stop > _KERNELS, reason="the kernel gives all ports to connections")
async def test_no_connection_is_given_its_port_while_it_restarts(server: NatsServer) -> None:
    assert server.port in ports.CHOICE


async def test_a_port_that_was_taken_meanwhile_is_given_up(server: NatsServer) -> None:
    await server.stop()
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", server.port))
        taker.listen()
        again = NatsServer(server.directory, server.log)
        await again.start()
        await again.stop()
    assert again.port != server.port


@pytest.mark.parametrize(
    "content",
    [b"", b'{"port": 20', b"[]", b"null", b"\xff", b'{"port": "x"}', b'{"port": 70000}', b'{"password": "a} b"}'],
)
async def test_what_it_remembers_is_read_whole_or_said_to_be_broken(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nats").mkdir()
    (tmp_path / "nats" / "daybook.json").write_bytes(content)
    with pytest.raises(ServerFailed, match=r"daybook.json, cannot be read: .* Remove it"):
        NatsServer(tmp_path / "nats", tmp_path / "nats.log")
