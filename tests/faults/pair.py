"""Two PostgreSQL servers, one the streaming replica of the other, which can take its place."""

import asyncio
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg

from services.embedded.cluster import ENVIRONMENT, binary
from services.embedded.postgres import PostgresServer
from services.embedded.system_user import server_user
from services.errors import ServerFailed
from tests.freezing import freeze, thaw
from tests.service import until

READY_S = 60.0


class Pair:
    """`primary` takes writes, `standby` follows it. With `synchronous` nothing is committed that is not on both."""

    def __init__(self, home: Path, *, synchronous: bool) -> None:
        self.synchronous = synchronous
        self.primary, self.standby = (
            PostgresServer(home / name, home / f"{name}.log") for name in ("postgres-1", "postgres-2")
        )
        self._both = (self.primary, self.standby)

    @property
    def url(self) -> str:
        """The ledger's database as its owner, on whichever of both takes writes."""
        sockets = ",".join(quote(str(each.socket), safe="/") for each in self._both)
        return f"postgresql://daybook@/daybook?host={sockets}&target_session_attrs=read-write"

    async def start(self) -> None:
        """Both, once the standby follows."""
        await self.primary.start()
        await self.follow()

    async def stop(self) -> None:
        """Both, frozen or not, running or not."""
        for each in self._both:
            with suppress(ServerFailed):  # it was never started
                thaw(each.process)
            await each.stop()

    async def follow(self) -> None:
        """Makes the standby anew from a base backup of the primary; returns once it follows."""
        await self.standby.stop()
        await asyncio.to_thread(shutil.rmtree, self.standby.data, ignore_errors=True)
        await _let_in(self.primary)
        name = self.standby.home.name
        source = f"host={self.primary.socket} user=postgres application_name={name}"
        await base_backup(source, self.standby.data, "--write-recovery-conf")
        await self.standby.run()
        await _let_in(self.standby)
        await until(self._follows, "the standby does not follow", deadline_s=READY_S)
        if self.synchronous:
            await _tell(self.primary, f"alter system set synchronous_standby_names = '\"{name}\"'")
            await _tell(self.primary, "select pg_reload_conf()")

    async def cut_off_standby(self) -> None:
        """Stops the standby from hearing the primary, which goes on alone: only where nothing waits for the standby."""
        assert not self.synchronous, "every commit would wait"
        await _tell(self.standby, "alter system set primary_conninfo = ''")
        await _tell(self.standby, "select pg_reload_conf()")
        await until(self._is_alone, "the standby still follows", deadline_s=READY_S)

    async def fail_over(self, *, frozen: bool) -> None:
        """The primary is killed, or freezes and is killed only later; the standby takes its place."""
        if frozen:
            freeze(self.primary.process)
        else:
            await self.primary.process.kill()
        await _tell(self.standby, "select pg_promote(true, 60)")
        self.primary, self.standby = self.standby, self.primary

    async def bury(self) -> None:
        """Ends who was the primary for good: it may never take writes again."""
        thaw(self.standby.process)
        await self.standby.process.kill()

    async def _follows(self) -> bool:
        wanted = "select exists (select from pg_stat_replication where state = 'streaming' and application_name = $1)"
        connection = await asyncpg.connect(self.primary.url_of("postgres"))
        try:
            return bool(await connection.fetchval(wanted, self.standby.home.name))
        finally:
            await connection.close()

    async def _is_alone(self) -> bool:
        return not await self._follows()


async def base_backup(source: str, directory: Path, *options: str) -> None:
    """A base backup of a running server, complete in itself."""
    command = [str(binary("pg_basebackup")), "-d", source, "-D", str(directory), "--checkpoint=fast", *options]
    made = await asyncio.to_thread(
        subprocess.run,
        command,
        env=ENVIRONMENT | {"HOME": str(directory.parent)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_S,
    )
    assert made.returncode == 0, made.stderr


async def _let_in(server: PostgresServer) -> None:
    """Let a standby log in as the servers' system user. Holds until the next start of the server that it follows."""
    user = server_user()
    if user is None:
        return  # who we are
    with (server.data / "pg_ident.conf").open("a") as file:
        file.write(f'daybook "{user.name}" postgres\n')
    os.chown(server.data / "pg_ident.conf", user.uid, user.gid)
    await _tell(server, "select pg_reload_conf()")


async def _tell(server: PostgresServer, statement: str) -> None:
    """As its superuser."""
    connection = await asyncpg.connect(server.url_of("postgres"), command_timeout=READY_S)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
