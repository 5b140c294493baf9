"""TLS with PostgreSQL, by the parameters of DAYBOOK_DATABASE_URL: required means required."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.errors import DaybookError, MissingRights, NotConfigured, Unavailable
from services.postgres import connection as database
from services.postgres.tls import check, may_go_without_tls
from tests.certificates import Authority, Pair
from tests.integration.deploy.own_postgres import WHEEL, installed
from tests.integration.tls.servers import Postgres


@asynccontextmanager
async def postgres(home: Path, pair: Pair | None, clients: Path | None) -> AsyncIterator[Postgres]:
    """With a pair it speaks TLS alone; the wheel's PostgreSQL knows no TLS, so that takes one of this machine's own."""
    programs = WHEEL if pair is None else installed()
    if programs is None:
        pytest.skip("no PostgreSQL 15 or later is installed on this machine beside the wheel's")
    server = Postgres(home, programs, pair, clients)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture(scope="module")
async def server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """One whose certificate is good."""
    async with postgres(tmp_path_factory.mktemp("good"), authority.issue("postgres"), authority.ca) as server:
        yield server


async def speaks_tls(url: str) -> bool:
    connection = await database.connect(url)
    try:
        return bool(await connection.fetchval("select ssl from pg_stat_ssl where pid = pg_backend_pid()"))
    finally:
        await connection.close()


async def refusal(url: str, kind: type[DaybookError] = Unavailable) -> str:
    with pytest.raises(kind) as raised:
        await database.connect(url)
    return str(raised.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_right_ca_lets_us_in(server: Postgres, authority: Authority, host: str) -> None:
    assert await speaks_tls(server.of(host=host, sslmode="verify-full", sslrootcert=authority.ca))


async def test_who_does_not_speak_tls_is_refused(server: Postgres) -> None:
    assert "no encryption" in await refusal(server.of(sslmode="disable"), MissingRights)


async def test_a_certificate_is_as_good_as_a_password(
    server: Postgres, authority: Authority, stranger: Authority
) -> None:
    own, another, foreign = authority.issue("certified", []), authority.issue("x", []), stranger.issue("certified", [])
    full: dict[str, Any] = {"sslmode": "verify-full", "sslrootcert": authority.ca}
    assert await speaks_tls(server.of("certified", **full, sslcert=own.certificate, sslkey=own.key))
    with pytest.raises(DaybookError):
        await database.connect(server.of("certified", **full))
    with pytest.raises(DaybookError):
        await database.connect(server.of("certified", **full, sslcert=another.certificate, sslkey=another.key))
    with pytest.raises(DaybookError):
        await database.connect(server.of("certified", **full, sslcert=foreign.certificate, sslkey=foreign.key))


async def test_another_ca_is_not_trusted(server: Postgres, stranger: Authority) -> None:
    said = await refusal(server.of(sslmode="verify-full", sslrootcert=stranger.ca))
    assert "its sslrootcert has to name the one that issued it" in said


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("case", "words"), [("late", "has expired"), ("elsewhere", "DAYBOOK_DATABASE_URL has to name")]
)
async def test_a_bad_certificate_is_not_trusted(authority: Authority, tmp_path: Path, case: str, words: str) -> None:
    hosts = ["db.example.org"] if case == "elsewhere" else ["127.0.0.1"]
    async with postgres(tmp_path / "bad", authority.issue(case, hosts, ended=case == "late"), authority.ca) as server:
        assert words in await refusal(server.of(sslmode="verify-full", sslrootcert=authority.ca))


async def test_a_server_without_tls_is_not_talked_to(authority: Authority, tmp_path: Path) -> None:
    async with postgres(tmp_path / "open", None, None) as server:
        assert await speaks_tls(server.of(sslmode="prefer")) is False  # it lets in who does not ask for TLS
        said = await refusal(server.of(sslmode="verify-full", sslrootcert=authority.ca))
        assert "rejected SSL upgrade" in said


@pytest.mark.parametrize("mode", ["", "&sslmode=prefer", "&sslmode=allow", "&sslmode=disable"])
async def test_files_for_tls_without_requiring_it_are_a_mistake(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    said = await refusal(f"postgresql://daybook@127.0.0.1:1/daybook?sslrootcert={authority.ca}{mode}", NotConfigured)
    assert "Write sslmode=verify-full" in said


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=r"sslrootcert=.*/missing\.pem cannot be read"):
        check(f"postgresql://db/daybook?sslmode=verify-full&sslrootcert={tmp_path}/missing.pem")


@pytest.mark.parametrize(
    ("url", "open_"),
    [
        ("postgresql://daybook@db.example.org/daybook", True),
        ("postgresql://daybook@127.0.0.1:1,db.example.org:2/daybook", True),
        ("postgresql:///daybook?host=db.example.org", True),
        ("postgresql://daybook@db.example.org/daybook?sslmode=prefer", True),
        ("postgresql://daybook@db.example.org/daybook?sslmode=require", False),
        ("postgresql://daybook@localhost/daybook", False),
        ("postgresql://daybook@[::1]:5432/daybook", False),
        ("postgresql:///daybook?host=/var/run/postgresql", False),
    ],
)
def test_what_goes_in_the_open_is_known(monkeypatch: pytest.MonkeyPatch, url: str, open_: bool) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    assert may_go_without_tls(url) is open_
