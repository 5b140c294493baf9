"""A PostgreSQL of one's own as `deploy/postgres` sets it up: the logins of roles.sql, who gets in as pg_hba.conf says.

Run twice: with the programs of the wheel, which know no TLS, so there `hostssl` reads `host`; and with those that are
installed on this machine, where there are any, over TLS.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from services.embedded.cluster import ENVIRONMENT, binary
from services.embedded.process import Process, Program
from services.embedded.system_user import hand_over, open_the_way, server_user
from tests import ports
from tests.integration.deploy.certificates import self_signed
from tests.service import until
from tests.up import REPOSITORY

FILES = REPOSITORY / "deploy" / "postgres"
LOGINS = ("owner", "intake", "recorder", "projector", "query", "notary", "backup", "reader")
WHEEL = binary("postgres").parent
_TOO_OLD = ("9", "10", "11", "12", "13", "14")


def installed() -> Path | None:
    """Directory of the programs of this machine's own PostgreSQL, if it has one that Daybook supports."""
    found = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    return next((each for each in found if each.parent.name not in _TOO_OLD and each != WHEEL), None)


class OwnPostgres:
    """One server on loopback, with the database `daybook`."""

    def __init__(self, home: Path, programs: Path) -> None:
        self.tls = programs != WHEEL
        self._programs = programs
        self._home = home
        self._data = home / "data"
        self._log = home.with_suffix(".log")
        self._hba = home / "pg_hba.conf"
        self._port = ports.free()
        self._user = server_user()
        self._process: Process | None = None
        self.verifiers: list[str] = []
        """What the server keeps of passwords."""

    def url(self, login: str) -> str:
        """As one of the logins."""
        name = "daybook" if login == "owner" else f"daybook_{login}_login"
        return self.url_of(name, password(login))

    def url_of(self, name: str, password: str, database: str = "daybook", tls: bool = True) -> str:
        """As anybody."""
        trusted = f"?sslmode=verify-full&sslrootcert={quote(str(self._home / 'server.crt'))}"
        query = (trusted if tls else "?sslmode=disable") if self.tls else ""
        return f"postgresql://{name}:{password}@127.0.0.1:{self._port}/{database}{query}"

    async def connect(self, login: str, **options: Any) -> asyncpg.Connection:
        """As one of the logins."""
        return await asyncpg.connect(self.url(login), timeout=10, **options)

    async def start(self) -> None:
        """Returns once the logins get in."""
        hand_over(self._home, self._user)
        open_the_way(self._home)
        self._certify()
        self._run(
            "initdb", "-D", str(self._data), "-U", "postgres", "--encoding=UTF8", "--locale=C", "--data-checksums"
        )
        self._put("pg_hba.conf", "local all postgres trust\n")
        self._process = await Process.start(self._program())
        await until(self._made, "PostgreSQL does not start", self._words)
        for _ in range(2):  # a second time changes nothing
            self._psql("-d", "daybook", "-f", str(FILES / "roles.sql"))
        self.verifiers = self._psql("-d", "daybook", "-A", "-t", "-c", "select rolpassword from pg_authid").split()
        said = (FILES / "pg_hba.conf").read_text()
        self._put("pg_hba.conf", said if self.tls else said.replace("hostssl", "host   "))
        self._process.send(signal.SIGHUP)
        await until(self._lets_in, "PostgreSQL lets nobody in", self._words)

    async def stop(self) -> None:
        """Stops it."""
        if self._process is not None:
            await self._process.stop(30)

    async def _made(self) -> bool:
        try:
            self._psql("-d", "postgres", "-c", "create database daybook")
        except subprocess.CalledProcessError:
            return False
        return True

    async def _lets_in(self) -> bool:
        try:
            await (await self.connect("owner")).close()
        except (OSError, asyncpg.PostgresError):
            return False
        return True

    def _psql(self, *words: str) -> str:
        client = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self._home), "-p", str(self._port), "-U", "postgres")
        passwords = {f"{login.upper()}_PASSWORD": password(login) for login in LOGINS}
        command = [str(self._programs / "psql"), *client, *words]
        done = subprocess.run(command, env=ENVIRONMENT | passwords, check=True, capture_output=True, text=True)
        return done.stdout

    def _program(self) -> Program:
        settings: dict[str, Any] = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": self._home,
            "hba_file": self._hba,
        }
        if self.tls:
            settings |= {
                "ssl": "on",
                "ssl_cert_file": self._home / "server.crt",
                "ssl_key_file": self._home / "server.key",
            }
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        return Program(
            name="postgres",
            command=command + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")],
            log=self._log,
            environment=ENVIRONMENT,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            user=self._user,
        )

    def _certify(self) -> None:
        certificate, key = self_signed(self._home)
        certificate.rename(self._home / "server.crt")
        key.rename(self._home / "server.key")
        self._own(self._home / "server.crt")
        self._own(self._home / "server.key")

    def _run(self, program: str, *words: str) -> None:
        user = self._user
        subprocess.run(
            [str(self._programs / program), *words],
            env=ENVIRONMENT,
            cwd="/",
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            check=True,
            capture_output=True,
        )

    def _put(self, name: str, text: str) -> None:
        (self._home / name).write_text(text)
        self._own(self._home / name)

    def _own(self, path: Path) -> None:
        path.chmod(0o600)
        if self._user is not None:
            os.chown(path, self._user.uid, self._user.gid)

    def _words(self) -> str:
        return self._log.read_text()


def password(login: str) -> str:
    """Of a login."""
    return f"pg-secret-of-{login}"
