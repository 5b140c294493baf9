"""The embedded PostgreSQL: one Unix socket, no TCP, data checksums, fsync; known system users only (peer)."""

import asyncio
import hashlib
import os
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import quote

import asyncpg

from services.embedded import readers, stale_locks
from services.embedded.cluster import ENVIRONMENT, binary, prepare
from services.embedded.process import Process, Program, Started, unnoted
from services.embedded.system_user import hand_over, make_readable, open_the_way, server_user
from services.errors import ServerFailed
from services.postgres.statements import script
from services.runtime import private_files

START_S = 600.0
"""How long a start may take: after a crash the log is replayed first."""
_SOCKET_PATH_BYTES = 107

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "reserved_connections": "40",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "autovacuum_naptime": "10s",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_cost_delay": "1ms",
    "logging_collector": "off",
    "log_checkpoints": "off",
}
"""As-of reports read by index only, which vigorous vacuuming keeps possible. Reserved connections are the ledger's own:
whoever else fills up the rest keeps no service from coming back."""


class PostgresServer:
    """A PostgreSQL server on a directory of its own, with the database and the role `daybook`."""

    def __init__(self, directory: Path, log: Path) -> None:
        self.home = directory
        """Holds `data` (the cluster) and `socket`."""
        self.data = directory / "data"
        self.log = log
        self.opened: list[Path] = []
        """Directories that others may now pass through because the server's user must."""
        self._process: Process | None = None
        self._user = server_user()
        self.socket = self._socket_directory()

    @property
    def url(self) -> str:
        """The database `daybook` as its owner `daybook`, who is no superuser."""
        return self.url_of("daybook", "daybook")

    def url_of(self, database: str, role: str = "postgres") -> str:
        """A database of this server, by default as its superuser."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='/')}"

    @property
    def reader_url(self) -> str:
        """URL of the same database for the role of a reader of the views, which can do nothing else."""
        return self.url_of("daybook", "daybook_reader")

    @property
    def process(self) -> Process:
        """The running server."""
        if self._process is None:
            raise ServerFailed("PostgreSQL was not started.")
        return self._process

    async def start(self, started: Started = unnoted) -> Process:
        """Starts the server, made anew if need be, and returns once it has our database. Raises ServerFailed."""
        process = await self.run(started)
        try:
            await self._ensure_database()
        except ServerFailed:
            await process.kill()
            raise
        return process

    async def run(self, started: Started = unnoted) -> Process:
        """Starts the server, made anew if need be, and returns once it answers: a standby too. Raises ServerFailed."""
        try:
            await asyncio.to_thread(self._prepare)
        except OSError as error:
            raise ServerFailed(f"The directory of PostgreSQL cannot be used: {error}") from error
        self._process = await Process.start(self.program())
        started(self._process)
        try:
            await self._ready()
        except ServerFailed:
            await self._process.kill()
            raise
        return self._process

    async def stop(self) -> None:
        """Stops the server: no new connections, open ones are ended, everything written (fast shutdown)."""
        if self._process is not None:
            await self._process.stop(60)
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket, ignore_errors=True)

    def program(self) -> Program:
        """Command that runs the server in the foreground, so that its end is seen."""
        socket = str(self.socket).replace('"', '""')
        command = [str(binary("postgres")), "-D", str(self.data), "-c", f'unix_socket_directories="{socket}"']
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return Program(
            name="postgres",
            command=command,
            log=self.log,
            environment=ENVIRONMENT,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            directory=self.data,
            user=self._user,
        )

    def _prepare(self) -> None:
        private_files.directory(self.home)
        if self._user is not None:
            program = binary("postgres")
            self.home.chmod(0o711)
            self.opened += [*open_the_way(self.home), *open_the_way(program)]
            make_readable(program.parent.parent, program)
        hand_over(self.socket, self._user, shared_parent=self.socket.parent != self.home)
        stale_locks.clear(self.data, self.socket)
        prepare(self.data, self._user)

    async def _ready(self) -> None:
        try:
            async with asyncio.timeout(START_S):
                while self.process.exit_code is None:
                    try:
                        connection = await asyncpg.connect(self.url_of("postgres"), timeout=5)
                    except (OSError, asyncpg.PostgresError, TimeoutError):
                        await asyncio.sleep(0.02)
                    else:
                        await connection.close()
                        return
        except TimeoutError:
            pass
        raise ServerFailed(f"PostgreSQL did not start; {self.log} ends with:\n{self.process.last_words()}")

    async def _ensure_database(self) -> None:
        try:
            connection = await asyncpg.connect(self.url_of("postgres"))
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            raise ServerFailed(f"PostgreSQL lets nobody in: {error}") from error
        try:
            await connection.execute(script("services.embedded", "roles.sql"))
            await readers.limit(connection)
            if not await connection.fetchval("select exists (select from pg_database where datname = 'daybook')"):
                await connection.execute("create database daybook owner daybook")
        finally:
            await connection.close()
        await self.confine("daybook")

    async def confine(self, database: str) -> None:
        """Takes from everybody who may log in to a database what could stop or flood a ledger in it."""
        connection = await asyncpg.connect(self.url_of(database))
        try:
            await connection.execute(script("services.ledger", "confine.sql"))
        finally:
            await connection.close()

    def _socket_directory(self) -> Path:
        """Below the data directory, or in the directory for temporary files when that path is no good for a socket."""
        near = self.home / "socket"
        if _good_for_sockets(near):
            return near
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        far = Path(tempfile.gettempdir()) / f"daybook-{os.geteuid()}-{digest}"
        if not _good_for_sockets(far):
            raise ServerFailed(
                f"PostgreSQL's socket can be neither in {near} nor in {far.parent}: such a path has at most "
                f"{_SOCKET_PATH_BYTES} bytes and no comma. Use a data directory with a shorter name, or set TMPDIR."
            )
        return far


def _good_for_sockets(directory: Path) -> bool:
    """Tell if clients can find a socket there: the system limits its path, and a comma separates hosts in a URL."""
    path = os.fsencode(directory / ".s.PGSQL.5432")
    return len(path) <= _SOCKET_PATH_BYTES and b"," not in path
