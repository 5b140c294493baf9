"""An intake in this process on an empty ledger, and a source `crm` that may send everything."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.intake.service import Running, running
from services.recorder import service as recorder_service
from services.recorder.health import RecorderHealth
from services.settings import Settings
from tests.integration.intake.sending import Sender
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import Service, at_work, until


def on_a_free_port(settings: Settings) -> Settings:
    return settings.model_copy(update={"intake_port": 0})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=200)) as client:
        yield client


@pytest.fixture
async def intake(empty_ledger: Ledger) -> AsyncIterator[Running]:
    async with running(on_a_free_port(empty_ledger.settings)) as intake:
        yield intake


@pytest.fixture
async def crm(empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient) -> Sender:
    return Sender(client, intake.port, await empty_ledger.source("crm"))


@pytest.fixture(scope="module")
async def door(servers: Servers) -> AsyncIterator[Sender]:
    """The source crm at an intake that a file's tests share: for those that leave nothing that others could see."""
    async with (
        fresh_ledger(servers, []) as ledger,
        running(on_a_free_port(ledger.settings)) as intake,
        httpx.AsyncClient(timeout=30) as client,
    ):
        yield Sender(client, intake.port, await ledger.source("crm"))


@pytest.fixture
async def recorder(empty_ledger: Ledger) -> AsyncIterator[RecorderHealth]:
    """A recorder in this process, which leads."""
    standing = RecorderHealth()

    async def leads() -> bool:
        return not (await standing.check()).reasons

    async with at_work(recorder_service.run(empty_ledger.endpoints, empty_ledger.settings.stream, standing)):
        await until(leads, "the recorder does not lead")
        yield standing


@pytest.fixture
async def recorder_process(empty_ledger: Ledger) -> AsyncIterator[Service]:
    """A recorder as a process of its own, which leads."""
    async with empty_ledger.process("recorder") as recorder:
        await recorder.ready()
        yield recorder
