"""Commands on a database that `daybook init` has not seen, or that has gone, say so in a sentence."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from asyncpg import Connection

from services.cli.context import on_database
from services.errors import Unavailable
from services.settings import Settings
from tests.servers import Servers
from tests.up import daybook


@pytest.fixture(scope="module")
async def bare(servers: Servers) -> AsyncIterator[dict[str, str]]:
    """Settings that name an empty database."""
    await servers.admin("create database bare owner daybook")
    with servers.account() as (nats_url, *_):
        yield {"nats_url": nats_url, "database_url": servers.postgres.url_of("bare", "daybook")}
    await servers.admin("drop database bare with (force)")


@pytest.mark.parametrize(
    "words",
    [
        ("source", "list"),
        ("source", "add", "telephony", "--events", "all"),
        ("reader", "rotate", "dashboard"),
        ("quarantine", "list"),
        ("quarantine", "dismiss", "1", "--reason", "a test"),
        ("import", "invoices-csv", "invoices.csv", "--currency", "USD", "--intake", "http://127.0.0.1:1"),
        ("pipeline",),
        ("rebuild",),
        ("verify",),
    ],
    ids=" ".join,
)
async def test_a_database_that_is_not_set_up_is_named(
    bare: dict[str, str], words: tuple[str, ...], tmp_path: Path
) -> None:
    code, output, complaint = await daybook(*words, data=str(tmp_path), **bare)
    assert (code, output) == (2, ""), complaint
    assert complaint.lstrip().startswith("The database")
    assert complaint.endswith("Run `daybook init`.\n")
    assert "Traceback" not in complaint


async def test_a_database_that_goes_away_is_named(bare: dict[str, str]) -> None:
    async def goes_away(connection: Connection) -> None:
        await connection.execute("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Unavailable, match=r"PostgreSQL stopped answering: .+\. Try again\."):
        await asyncio.to_thread(on_database, Settings.model_validate(bare), goes_away)
