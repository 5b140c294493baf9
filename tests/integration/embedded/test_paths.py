"""A data directory may have any name that can be spelt; another one is refused before anything is made."""

import os
import subprocess
from pathlib import Path

import asyncpg
import pytest
from nats.aio.client import Client

from services.embedded.cluster import binary
from services.embedded.nats import NatsServer
from services.embedded.postgres import PostgresServer
from services.errors import ServerFailed
from services.settings import LONGEST_DATA_BYTES
from tests.up import daybook, running_up

_NAMES = ("台账", "e\u0301🧾", "comma,comma", 'quote"', "back\\", " outer ", "$PATH")
_EVERYTHING = """台账 e\u0301🧾 '"\\ $HOME `x` #;&|<>(),*?[x]{y}%20:~=@"""


@pytest.mark.parametrize("name", [*(pytest.param(each, marks=pytest.mark.long) for each in _NAMES), _EVERYTHING])
async def test_both_servers_start_whatever_their_directory_is_called(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    nats, postgres = NatsServer(home / "nats", home / "nats.log"), PostgresServer(home / "postgres", home / "log")
    try:
        await nats.start()
        client = Client()
        await client.connect(nats.url)
        await client.close()
        assert (home / "nats" / "jetstream").is_dir()
        await postgres.start()
        psql = [str(binary("psql")), postgres.url, "-Atc", "select current_database()"]
        assert subprocess.run(psql, capture_output=True, text=True, check=True).stdout.strip() == "daybook"  # noqa: ASYNC221
        connection = await asyncpg.connect(postgres.reader_url)
        await connection.close()
    finally:
        await nats.stop()
        await postgres.stop()


async def test_the_longest_directory_that_is_taken_works(tmp_path: Path) -> None:
    home = tmp_path
    while len(str(home)) < LONGEST_DATA_BYTES - 101:
        home /= "x" * 100
    home /= "y" * (LONGEST_DATA_BYTES - len(str(home)) - 1)
    home.mkdir(parents=True)
    server = PostgresServer(home / "postgres", home / "log")
    try:
        await server.start()
    finally:
        await server.stop()


async def test_where_no_socket_can_be_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("long-" * 20)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(ServerFailed, match="set TMPDIR"):
        PostgresServer(deep / "postgres", deep / "log")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("new\nline", "line break"),
        ("tab\tbed", "control character"),
        ("line\u2028separator", "line break"),
        (os.fsdecode(b"\xff\xfe"), "not UTF-8"),
        ("/".join(["x" * 200] * 5), "shorter name"),
        ("~nobodyhere/ledger", "does not know"),
    ],
)
async def test_a_directory_that_cannot_be_spelt_is_refused_with_the_reason(
    tmp_path: Path, name: str, reason: str
) -> None:
    given = name if name.startswith("~") else str(tmp_path / name)
    for command in ("up", "status"):
        code, _, complaint = await daybook(command, "--data", given)
        assert code == 2
        assert reason in " ".join(complaint.split())
    assert list(tmp_path.iterdir()) == []


async def test_a_link_to_such_a_directory_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "new\nline").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "new\nline")
    code, _, complaint = await daybook("up", "--data", str(tmp_path / "link"))
    assert code == 2
    assert "line break" in complaint


@pytest.mark.long
async def test_a_relative_link_and_any_name_serve_a_whole_ledger(tmp_path: Path) -> None:
    target = tmp_path / _EVERYTHING
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    relative = os.path.relpath(tmp_path / "link")
    settings = {"notary_key": os.path.relpath(tmp_path / "密钥"), "notary_heads": os.path.relpath(tmp_path / "heads")}
    async with running_up(Path(relative), settings=settings) as up:
        assert up.run["ready"]
        code, printed, complaint = await daybook("verify", data=str(target), **settings)
        assert code == 0, printed + complaint
    assert (tmp_path / "密钥").is_file()
