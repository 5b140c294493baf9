"""A NATS server and a PostgreSQL that speak TLS alone, with the certificates of a test."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from services.embedded import ports
from services.embedded.nats import _binary
from services.embedded.postgres import PostgresServer
from services.embedded.process import Process, Program
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
async def nats_with_tls(home: Path, pair: Pair, clients: Path | None = None) -> AsyncIterator[int]:
    """A NATS server that speaks TLS alone; gives its port. `clients` is the CA of those that it lets in."""
    port = ports.free()
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


class PostgresWithTls(PostgresServer):
    """Over the network it lets in who speaks TLS, `daybook` without a password, and `certified` by its certificate."""

    def __init__(self, home: Path, pair: Pair, clients: Path) -> None:
        super().__init__(home / "postgres", home / "postgres.log")
        self.port = ports.free()
        self._pair = pair
        self._clients = clients

    def of(self, user: str = "daybook", host: str = "127.0.0.1", **parameters: object) -> str:
        """The database over the network."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{user}@{host}:{self.port}/daybook?{query}"

    def program(self) -> Program:
        program = super().program()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "ssl": "on",
            "ssl_cert_file": self._own(self._pair.certificate),
            "ssl_key_file": self._own(self._pair.key),
            "ssl_ca_file": self._own(self._clients),
        }
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write("hostssl daybook daybook 127.0.0.1/32 trust\nhostssl daybook certified 127.0.0.1/32 cert\n")
        more = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return replace(program, command=[*program.command, *more])

    def url_of(self, database: str, role: str = "postgres") -> str:
        """Over the socket, whose name has the port in it."""
        return f"{super().url_of(database, role)}&port={self.port}"

    def _own(self, file: Path) -> Path:
        """A copy that the server's user may read and nobody else, or PostgreSQL will not start."""
        copy = self.data / file.name
        shutil.copy(file, copy)
        copy.chmod(0o600)
        if self._user is not None:
            os.chown(copy, self._user.uid, self._user.gid)
        return copy
