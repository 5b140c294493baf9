"""The embedded PostgreSQL: who gets in, as whom it runs, and what it makes of odd directories."""

import asyncio
import os
import pwd
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from services.embedded import readers
from services.embedded.cluster import binary
from services.embedded.postgres import PostgresServer
from services.embedded.readers import LIMITS, keep
from services.errors import ServerFailed
from tests.servers import Servers
from tests.service import until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to act as another system user")


def _refusal(system_user: str, url: str) -> str:
    """Return what PostgreSQL's own client says when this user of the machine connects."""
    user = pwd.getpwnam(system_user)
    done = subprocess.run(
        [binary("psql"), "-c", "select 1", url],
        user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    return done.stderr


@asynccontextmanager
async def _started(home: Path) -> AsyncIterator[PostgresServer]:
    server = PostgresServer(home / "postgres", home / "postgres.log")
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def test_it_is_durable_and_off_the_network(tmp_path: Path) -> None:
    wanted = {"listen_addresses": "", "fsync": "on", "data_checksums": "on", "synchronous_commit": "on"}
    async with _started(tmp_path) as server:
        connection = await asyncpg.connect(server.url)
        assert {name: await connection.fetchval("select current_setting($1)", name) for name in wanted} == wanted
        await connection.close()


async def test_the_ledger_is_not_run_by_a_superuser(servers: Servers) -> None:
    connection = await asyncpg.connect(servers.postgres.url)
    assert await connection.fetchval("select rolsuper from pg_roles where rolname = current_user") is False
    await connection.close()


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_a_reader_has_no_other_database(servers: Servers, database: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(servers.postgres.url_of(database, "daybook_reader"))


async def test_a_reader_may_not_hold_what_the_services_wait_for(servers: Servers) -> None:
    connection = await asyncpg.connect(servers.postgres.reader_url)
    for statement in ("select pg_advisory_lock(1)", "select lo_create(0)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


@as_root
@pytest.mark.parametrize("role", ["postgres", "daybook"])
async def test_another_user_of_the_machine_does_not_get_in(servers: Servers, role: str) -> None:
    url = servers.postgres.url_of("postgres", role)
    assert "Permission denied" in await asyncio.to_thread(_refusal, "nobody", url)
    assert "Peer authentication failed" in await asyncio.to_thread(_refusal, "pgserver", url)


@as_root
async def test_started_by_root_it_runs_as_another_user(servers: Servers) -> None:
    owner = Path(f"/proc/{servers.postgres.process.pid}").stat().st_uid
    assert pwd.getpwuid(owner).pw_name == "pgserver"


@as_root
async def test_started_by_root_only_the_right_to_pass_is_given(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with _started(closed) as server:
        assert closed in server.opened
        assert stat.S_IMODE(closed.stat().st_mode) == 0o701
        assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700


async def test_a_cluster_made_by_half_and_a_long_path_are_no_trouble(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 20)
    (home / "postgres" / "data.new").mkdir(parents=True)
    (home / "postgres" / "data.new" / "PG_VERSION").write_text("18")
    async with _started(home) as server:
        assert not server.socket.is_relative_to(tmp_path)
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("select current_database()") == "daybook"
        await connection.close()
    assert not server.socket.exists()


async def test_a_cluster_of_another_version_is_left_alone(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "postgres", tmp_path / "postgres.log")
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServerFailed, match="was made by PostgreSQL 16"):
        await server.start()


@as_root
async def test_a_socket_directory_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 20)
    server = PostgresServer(home / "postgres", home / "postgres.log")
    server.socket.mkdir()
    try:
        os.chown(server.socket, pwd.getpwnam("nobody").pw_uid, -1)
        with pytest.raises(ServerFailed, match="belongs to somebody else"):
            await server.start()
    finally:
        server.socket.rmdir()


@as_root
async def test_files_whose_user_got_another_number_are_put_right(tmp_path: Path) -> None:
    async with _started(tmp_path) as server:
        pass
    for each in (server.data, server.socket, *server.data.rglob("*")):
        os.chown(each, 4242, 4242)
    async with _started(tmp_path) as server:
        assert server.data.stat().st_uid == pwd.getpwnam("pgserver").pw_uid


async def test_lock_files_that_name_a_process_of_another_kind_are_no_trouble(tmp_path: Path) -> None:
    async with _started(tmp_path) as server:
        locks = {each: each.read_text() for each in (server.data / "postmaster.pid", *server.socket.glob(".s*.lock"))}
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=server.data.stat().st_uid)  # noqa: ASYNC220 - ends below
    for each, text in locks.items():
        each.write_text(text.replace(text.split()[0], str(stranger.pid), 1))
    try:
        assert len(locks) == 2
        await server.start()
        await server.stop()
    finally:
        stranger.kill()
        stranger.wait()


async def test_what_the_log_says_is_said_when_it_does_not_start(tmp_path: Path) -> None:
    async with _started(tmp_path) as server:
        pass
    server.data.joinpath("global", "pg_control").write_bytes(b"")
    with pytest.raises(ServerFailed, match="pg_control"):
        await server.start()


async def _connect(held: AsyncExitStack, url: str, number: int) -> None:
    """So many connections, which are held."""
    for _ in range(number):
        held.push_async_callback((await asyncpg.connect(url)).close)


async def test_readers_leave_room_for_services_and_cannot_lift_that(tmp_path: Path) -> None:
    async with _started(tmp_path) as server, AsyncExitStack() as held:
        reader = await asyncpg.connect(server.reader_url)
        held.push_async_callback(reader.close)
        await reader.execute("set default_transaction_read_only = off")  # which he may: rights alone must hold
        for statement in ("set temp_file_limit = -1", "alter role daybook_reader connection limit -1"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await reader.execute(statement)
        assert await reader.fetchval("select current_setting('temp_file_limit')") == "1GB"
        with pytest.raises(asyncpg.PostgresError):
            await _connect(held, server.reader_url, 90)
        await _connect(held, server.url, 60)


@pytest.mark.parametrize(
    ("limit", "holds"),
    [
        ("statement_timeout", "select pg_sleep(600)"),
        ("idle_in_transaction_session_timeout", "begin"),
        pytest.param("idle_session_timeout", "select 1", marks=pytest.mark.long),
        pytest.param("transaction_timeout", "begin; select pg_sleep(600)", marks=pytest.mark.long),
    ],
)
async def test_a_reader_who_lifts_a_limit_of_time_is_ended_all_the_same(
    tmp_path: Path, limit: str, holds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "POLL_INTERVAL_S", 1.0)
    async with _started(tmp_path) as server:
        admin, owner = await asyncpg.connect(server.url_of("daybook")), await asyncpg.connect(server.url)
        reader = await asyncpg.connect(server.reader_url)
        await reader.execute(f"set {limit} = 0")
        held = asyncio.create_task(reader.execute(holds))
        looking = asyncio.create_task(keep(server.url_of("daybook"), LIMITS | {limit: "1s"}))

        async def is_ended() -> bool:
            await owner.execute("select 1")
            return reader.is_closed()

        await until(is_ended, "the reader holds on")
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await held
        looking.cancel()
        for each in (admin, owner):
            await each.close()


async def test_what_a_reader_changes_of_his_own_role_is_put_right(tmp_path: Path) -> None:
    settings = "select setconfig from pg_db_role_setting where setrole = 'daybook_reader'::regrole"
    async with _started(tmp_path) as server:
        admin, reader = await asyncpg.connect(server.url_of("daybook")), await asyncpg.connect(server.reader_url)
        before = await admin.fetch(settings)
        await reader.execute(
            "begin read write; alter role daybook_reader reset all; alter role daybook_reader set search_path = x;"
            "alter role daybook_reader in database daybook set statement_timeout = 1;"
            "alter role daybook_reader password 'x'; commit"
        )
        assert await admin.fetch(settings) != before
        looking = asyncio.create_task(keep(server.url_of("daybook")))

        async def is_right() -> bool:
            password = await admin.fetchval("select rolpassword from pg_authid where rolname = 'daybook_reader'")
            return password is None and await admin.fetch(settings) == before

        await until(is_right, "the role keeps what a reader gave it")
        looking.cancel()
        for each in (admin, reader):
            await each.close()


async def test_connections_are_reserved_for_services_whoever_holds_the_rest(tmp_path: Path) -> None:
    async with _started(tmp_path) as server, AsyncExitStack() as held:
        admin = await asyncpg.connect(server.url_of("daybook"))
        held.push_async_callback(admin.close)
        await admin.execute("alter role daybook_reader connection limit -1")
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await _connect(held, server.reader_url, 90)
        await _connect(held, server.url, 30)
