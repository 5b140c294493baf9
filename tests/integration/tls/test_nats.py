"""TLS with NATS, by DAYBOOK_NATS_CA and its partners: who is trusted gets our password, and nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from pydantic import SecretStr

from services.endpoints import endpoints
from services.errors import NotConfigured, Unavailable
from services.intake.nats_client import RequestsClient
from services.nats import address, connection
from services.nats.client import FollowingClient, GuardedClient
from services.settings import Settings
from services.stream.state import ask
from tests import ports
from tests.certificates import Authority
from tests.integration.tls.servers import nats_with_tls
from tests.service import until


def url(port: int, ca: Path | None, *own: Path, host: str = "127.0.0.1", scheme: str = "nats") -> str:
    """As `endpoints` gives it for these settings."""
    certificate, key = own or (None, None)
    settings = Settings(
        nats_url=SecretStr(f"{scheme}://daybook:hush@{host}:{port}"),
        database_url=SecretStr("postgresql://unused"),
        nats_ca=ca,
        nats_certificate=certificate,
        nats_key=key,
    )
    return endpoints(settings).nats_url


async def answers(at: str) -> bool:
    nc = await connection.connect(at, "test")
    try:
        return "error" not in await ask(nc, "INFO")
    finally:
        await nc.close()


async def refusal(at: str) -> str:
    with pytest.raises(Unavailable) as raised:
        await connection.connect(at, "test")
    return str(raised.value)


async def test_a_connection_outlives_a_server_that_it_did_not_trust(authority: Authority, tmp_path: Path) -> None:
    good = authority.issue("nats")
    async with nats_with_tls(tmp_path / "first", good) as port:
        nc = await connection.connect(url(port, authority.ca), "test")
    try:
        log = tmp_path / "false" / "nats.log"
        async with nats_with_tls(log.parent, Authority(tmp_path, "another").issue("another"), port=port):
            await until(lambda: _refused(log), "nobody refuses it")
        async with nats_with_tls(tmp_path / "second", good, port=port):
            await until(lambda: _connected(nc), "it does not come back")
            assert "error" not in await ask(nc, "INFO")
    finally:
        await nc.close()


async def _refused(log: Path) -> bool:
    return log.read_text().count("TLS handshake error") >= 3


async def _connected(nc: Client) -> bool:
    return nc.is_connected


async def test_the_right_ca_lets_us_in(authority: Authority, tmp_path: Path) -> None:
    async with nats_with_tls(tmp_path / "nats", authority.issue("nats")) as port:
        assert await answers(url(port, authority.ca))
        assert await answers(url(port, authority.ca, scheme="tls", host="localhost"))
        both = f"{url(port, authority.ca)},{url(ports.free(), authority.ca)}"
        assert await answers(both)
        following = await connection.connect_following(url(port, authority.ca), "test")
        assert "error" not in await ask(following, "INFO")
        await following.close()


async def test_who_does_not_speak_tls_is_refused(authority: Authority, tmp_path: Path) -> None:
    async with nats_with_tls(tmp_path / "nats", authority.issue("nats")) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert b'"tls_required":true' in await reader.readline()
        writer.write(b'CONNECT {"verbose":true,"user":"daybook","pass":"hush"}\r\nPING\r\n')
        said = await reader.read()
        assert b"PONG" not in said
        writer.close()


@pytest.mark.parametrize("case", ["another_ca", "no_ca", "expired", "another_host"])
async def test_whom_we_do_not_trust_we_do_not_talk_to(
    authority: Authority, stranger: Authority, tmp_path: Path, case: str
) -> None:
    issued = {
        "expired": lambda: authority.issue("late", ended=True),
        "another_host": lambda: authority.issue("elsewhere", ["nats.example.org"]),
    }.get(case, lambda: authority.issue("nats"))()
    ca = {"another_ca": stranger.ca, "no_ca": None}.get(case, authority.ca)
    async with nats_with_tls(tmp_path / "nats", issued) as port:
        said = await asyncio.wait_for(refusal(url(port, ca)), 8)
    assert "hush" not in said
    assert {
        "another_ca": "DAYBOOK_NATS_CA has to name the one that issued it",
        "no_ca": "DAYBOOK_NATS_CA has to name the one that issued it",
        "expired": "has expired",
        "another_host": "DAYBOOK_NATS_URL has to name one that it is for",
    }[case] in said


async def test_a_server_that_asks_for_our_certificate_gets_it(
    authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    own, other = authority.issue("daybook", []), stranger.issue("daybook", [])
    async with nats_with_tls(tmp_path / "nats", authority.issue("nats"), clients=authority.ca) as port:
        assert await answers(url(port, authority.ca, own.certificate, own.key))
        for at in (url(port, authority.ca), url(port, authority.ca, other.certificate, other.key)):
            nc = GuardedClient()
            with pytest.raises((OSError, nats.errors.Error)):
                await nc.connect(**(connection.options(at, "test") | {"allow_reconnect": False}))
            await nc.close()
        assert "DAYBOOK_NATS_CERTIFICATE" in await refusal(url(port, authority.ca))


@asynccontextmanager
async def in_the_open() -> AsyncIterator[tuple[int, list[bytes]]]:
    """Stand between us and the server and say that nobody needs TLS here; yields the port, and what is heard there."""
    heard: list[bytes] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        info = {"server_id": "x", "version": "2.15.1", "proto": 1, "max_payload": 1_048_576, "auth_required": True}
        writer.write(b"INFO " + json.dumps(info).encode() + b"\r\n")
        while part := await reader.read(65536):
            heard.append(part)
            writer.write(b"PONG\r\n")
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


@pytest.mark.parametrize("client", [GuardedClient, FollowingClient, RequestsClient])
async def test_where_tls_is_wanted_nothing_is_said_without_it(authority: Authority, client: type) -> None:
    async with in_the_open() as (port, heard):
        nc = client()
        wanted = connection.options(url(port, authority.ca), "test") | {"allow_reconnect": False}
        with pytest.raises(nats.errors.Error, match="does not speak TLS"):
            await nc.connect(**wanted)
        await nc.close()
        assert heard == []
        said = await refusal(url(port, None, scheme="tls"))
        assert "DAYBOOK_NATS_CA or tls://" in said
        assert heard == []
        without = client()  # the same client says who it is where nobody wants TLS
        await without.connect(**connection.options(url(port, None), "test"))
        assert b"hush" in b"".join(heard)
        await without.close()


def test_files_that_are_none_are_named(authority: Authority, tmp_path: Path) -> None:
    own = authority.issue("daybook", [])
    with pytest.raises(NotConfigured, match=r"DAYBOOK_NATS_CA: .*/missing\.pem"):
        address.tls(url(1, tmp_path / "missing.pem"))
    with pytest.raises(NotConfigured, match="DAYBOOK_NATS_CA"):
        address.tls(url(1, own.key))
    with pytest.raises(NotConfigured, match="DAYBOOK_NATS_CERTIFICATE"):
        address.tls(url(1, authority.ca, own.certificate, authority.issue("another", []).key))
    with pytest.raises(ValueError, match="DAYBOOK_NATS_CERTIFICATE and DAYBOOK_NATS_KEY"):
        url(1, authority.ca, own.certificate, None)  # type: ignore[arg-type]
