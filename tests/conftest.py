"""Fixtures for everything that touches NATS or PostgreSQL. They are real; each test has a ledger of its own."""

import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers, running_servers

os.environ.pop("COLUMNS", None)  # how wide the runner's terminal is is nothing to the commands under test
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what it runs in the background deaf to Ctrl-C


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all cases but the first of a test with `long_cases` as long."""
    first: set[str] = set()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if item.get_closest_marker("long_cases") is not None:
            if name in first:
                item.add_marker(pytest.mark.long)
            first.add(name)


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Restore after each test the configuration of logs, which a command that runs in this process replaces."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
async def servers() -> AsyncIterator[Servers]:
    """The NATS server and the PostgreSQL of this run. `daybook up` has PostgreSQL wait for the disk; databases are made
    and dropped by the hundred here."""
    async with running_servers(synced=False) as servers:
        yield servers


@pytest.fixture
async def ledger(servers: Servers) -> AsyncIterator[Ledger]:
    """A ledger as `daybook init` leaves it: tables, roles, a promoted generation, the shipped playbooks published."""
    async with fresh_ledger(servers) as ledger:
        yield ledger


@pytest.fixture
async def empty_ledger(servers: Servers) -> AsyncIterator[Ledger]:
    """A ledger as `daybook init` leaves it, but without playbooks: the stream is empty, the next sequence is 1."""
    async with fresh_ledger(servers, []) as ledger:
        yield ledger
