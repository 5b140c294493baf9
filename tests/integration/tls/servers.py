"""A NATS server and a PostgreSQL that speak TLS alone, with the certificates of a test."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg

from services.embedded.cluster import ENVIRONMENT
from services.embedded.nats import _binary
from services.embedded.process import Process, Program
from services.embedded.system_user import hand_over, open_the_way, server_user
from tests import ports
from tests.certificates import Pair
from tests.service import until

_NATS = """\
server_name: tls
listen: "127.0.0.1:{port}"
max_payload: 8MB
jetstream {{ store_dir: {store}, sync_interval: always }}
feature_flags {{ js_ack_fc_v2: false }}
tls {{ cert_file: {certificate}, key_file: {key}{clients} }}
authorization {{ users = [ {{ user: daybook, password: hush }} ] }}
"""


@asynccontextmanager
async def nats_with_tls(
    home: Path, pair: Pair, clients: Path | None = None, port: int | None = None
) -> AsyncIterator[int]:
    """A NATS server that speaks TLS alone; gives its port. `clients` is the CA of those that it lets in."""
    port = ports.free() if port is None else port
    verified = f", ca_file: {json.dumps(str(clients))}, verify: true" if clients else ""
    home.mkdir()
    configuration = home / "nats.conf"
    configuration.write_text(
        _NATS.format(
            port=port,
            store=json.dumps(str(home)),
            certificate=json.dumps(str(pair.certificate)),
            key=json.dumps(str(pair.key)),
            clients=verified,
        )
    )
    program = Program(
        "nats", [_binary(), "-c", str(configuration)], home / "nats.log", {"PATH": "/usr/bin:/bin"}, signal.SIGINT,
        signal.SIGKILL,
    )  # fmt: skip
    process = await Process.start(program)
    try:
        await until(lambda: _listens(port), "NATS does not listen", process.last_words)
        yield port
    finally:
        await process.stop()


async def _listens(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    said = await reader.readline()
    writer.close()
    return said.startswith(b"INFO")


class Postgres:
    """A PostgreSQL of this machine that lets in, over loopback, `daybook` without a password and `certified` by its
    certificate: over TLS alone with a certificate, and with none without TLS."""

    def __init__(self, home: Path, programs: Path, pair: Pair | None, clients: Path | None) -> None:
        self._home, self._programs, self._pair, self._clients = home, programs, pair, clients
        self._data = home / "data"
        self._port = ports.free()
        self._user = server_user()
        self._process: Process | None = None

    def of(self, user: str = "daybook", host: str = "127.0.0.1", **parameters: object) -> str:
        """The database."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{user}@{host}:{self._port}/daybook?{query}"

    async def start(self) -> None:
        """Returns once it has the database."""
        hand_over(self._home, self._user)
        open_the_way(self._home)
        await asyncio.to_thread(self._make)
        hba = "local all postgres trust\nhost daybook daybook 127.0.0.1/32 trust\n"
        if self._pair is not None:
            hba = hba.replace("host ", "hostssl ") + "hostssl daybook certified 127.0.0.1/32 cert\n"
        (self._data / "pg_hba.conf").write_text(hba)
        self._process = await Process.start(self._program())
        await until(self._made, "PostgreSQL does not start", self._process.last_words)

    async def stop(self) -> None:
        """Stops it."""
        if self._process is not None:
            await self._process.stop(30)

    def _make(self) -> None:
        user = self._user
        subprocess.run(
            [self._programs / "initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync"],
            env=ENVIRONMENT,
            cwd="/",
            check=True,
            capture_output=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )

    def _program(self) -> Program:
        settings: dict[str, object] = {
            "listen_addresses": "127.0.0.1", "port": self._port, "unix_socket_directories": self._home, "fsync": "off",
        }  # fmt: skip
        if self._pair is not None and self._clients is not None:
            settings |= {
                "ssl": "on",
                "ssl_cert_file": self._own(self._pair.certificate),
                "ssl_key_file": self._own(self._pair.key),
                "ssl_ca_file": self._own(self._clients),
            }
        more = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            "postgres",
            [str(self._programs / "postgres"), "-D", str(self._data), *more],
            self._home.with_suffix(".log"),
            ENVIRONMENT,
            signal.SIGINT,
            signal.SIGINT,
            user=self._user,
        )

    async def _made(self) -> bool:
        try:
            connection = await asyncpg.connect(
                f"postgresql://postgres@/postgres?host={quote(str(self._home))}&port={self._port}"
            )
        except (OSError, asyncpg.PostgresError):
            return False
        for role in ("daybook", "certified"):
            await connection.execute(f"create role {role} login")
        await connection.execute("create database daybook owner daybook")
        await connection.close()
        return True

    def _own(self, file: Path) -> Path:
        """A copy that the server's user may read and nobody else, or PostgreSQL does not start."""
        copy = self._data / file.name
        shutil.copy(file, copy)
        copy.chmod(0o600)
        if self._user is not None:
            os.chown(copy, self._user.uid, self._user.gid)
        return copy
