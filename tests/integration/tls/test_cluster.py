"""deploy/nats with its lines for TLS: three servers that trust one CA keep a stream, and let in nobody else."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.embedded.nats import _binary
from services.embedded.process import Process, Program
from services.endpoints import endpoints
from services.errors import Unavailable
from services.nats import connection
from services.settings import Settings
from services.stream.state import ask
from tests import ports
from tests.certificates import Authority, Pair
from tests.service import until
from tests.up import REPOSITORY

DEPLOYED = REPOSITORY / "deploy" / "nats"
PASSWORD = "p-of-the-tests"
WANTED = {"name": "S", "subjects": ["s"], "storage": "memory", "num_replicas": 3}


def with_tls(file: str, home: Path) -> Path:
    """The file as it is deployed, but for the lines for TLS, which are no comment any more."""
    lines, within = [], False
    for line in (DEPLOYED / file).read_text().splitlines():
        within = within or re.fullmatch(r"\s*# tls \{", line) is not None
        lines.append(line.replace("# ", "", 1) if within else line)
        within = within and re.fullmatch(r"\s*# \}", line) is None
    written = home / file
    written.write_text("\n".join(lines) + "\n")
    assert written.read_text().count("cert_file") == (DEPLOYED / file).read_text().count("cert_file")
    (home / "users.conf").write_text((DEPLOYED / "users.conf").read_text())
    return written


@dataclass
class Server:
    """One of them."""

    port: int
    process: Process


@asynccontextmanager
async def running(home: Path, pairs: Sequence[Pair], ca: Path) -> AsyncIterator[list[Server]]:
    """A server for each certificate."""
    home.mkdir()
    configuration = with_tls("cluster.conf", home)
    listening, routes = [ports.free() for _ in pairs], [ports.free() for _ in pairs]
    passwords = {f"{name}_PASSWORD" for name in re.findall(r"\$([A-Z]+)_PASSWORD", (home / "users.conf").read_text())}
    servers: list[Server] = []
    try:
        for number, pair in enumerate(pairs):
            others = [port for place, port in enumerate(routes) if place != number]
            said = {
                "NATS_LISTEN": f"127.0.0.1:{listening[number]}",
                "NATS_ADVERTISE": f"127.0.0.1:{listening[number]}",
                "NATS_CLUSTER_LISTEN": f"127.0.0.1:{routes[number]}",
                "NATS_CLUSTER_ADVERTISE": f"127.0.0.1:{routes[number]}",
                "NATS_STORE": str(home / f"store-{number}"),
                "NATS_CERTIFICATE": str(pair.certificate),
                "NATS_KEY": str(pair.key),
                "NATS_CA": str(ca),
                **{
                    f"NATS_ROUTE_{place}": f"nats-route://route:{PASSWORD}@127.0.0.1:{port}"
                    for place, port in enumerate(others, 1)
                },
            }
            environment = {
                "PATH": "/usr/bin:/bin",
                "NATS_NAME": f"nats-{number + 1}",
                **{name: json.dumps(value) for name, value in said.items()},
                **dict.fromkeys({*passwords, "ROUTE_PASSWORD"}, PASSWORD),
            }
            program = Program(
                f"nats-{number + 1}",
                [_binary(), "-c", str(configuration)],
                home / f"nats-{number + 1}.log",
                environment,
                signal.SIGINT,
                signal.SIGKILL,
            )
            servers.append(Server(listening[number], await Process.start(program)))
        yield servers
    finally:
        await asyncio.gather(*(each.process.stop() for each in servers))


async def places_three_copies(servers: Sequence[Server], ca: Path | None) -> bool:
    """Tell if the servers, asked as a service asks them, keep a stream in three copies."""
    url = ",".join(f"nats://daybook:{PASSWORD}@127.0.0.1:{each.port}" for each in servers)
    settings = Settings(nats_url=SecretStr(url), database_url=SecretStr("postgresql://unused"), nats_ca=ca)
    try:
        nc = await connection.connect(endpoints(settings).nats_url, "test")
    except Unavailable:
        return False
    try:
        return "error" not in await ask(nc, "STREAM.CREATE.S", WANTED)
    except Unavailable:
        return False
    finally:
        await nc.close()


@pytest.mark.long
async def test_three_servers_keep_a_stream_over_tls(authority: Authority, tmp_path: Path) -> None:
    pairs = [authority.issue(f"cluster-{number}") for number in range(3)]
    async with running(tmp_path / "nats", pairs, authority.ca) as servers:

        async def placed() -> bool:
            return await places_three_copies(servers, authority.ca)

        await until(placed, "three copies are not placed", servers[0].process.last_words)
        assert not await places_three_copies(servers, None)  # who does not speak TLS


@pytest.mark.long
async def test_a_server_that_the_others_do_not_trust_is_no_part_of_it(
    authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    pairs = [authority.issue("cluster-1"), authority.issue("cluster-2"), stranger.issue("cluster-3")]
    async with running(tmp_path / "nats", pairs, authority.ca) as servers:

        async def refused() -> bool:
            return "unknown authority" in servers[0].process.program.log.read_text()

        await until(refused, "nobody refuses it", servers[0].process.last_words)
        assert not await places_three_copies(servers[:2], authority.ca)
