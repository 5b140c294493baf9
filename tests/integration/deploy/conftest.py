"""A ledger on servers of one's own, as `deploy/` configures them."""

import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.deploy.deployment import Deployment, running_deployment
from tests.integration.deploy.own_postgres import WHEEL, installed


@dataclass
class Ready:
    """A deployment, and who may send and read."""

    deployment: Deployment
    source_token: str
    reader_token: str


@pytest.fixture(scope="package", params=["wheel", pytest.param("installed", marks=pytest.mark.long)])
async def ready(request: pytest.FixtureRequest) -> AsyncIterator[Ready]:
    programs = WHEEL if request.param == "wheel" else installed()
    if programs is None:
        pytest.skip("no PostgreSQL 15 or later is installed on this machine beside the wheel's")
    with tempfile.TemporaryDirectory(prefix="daybook-deploy-") as home:
        async with running_deployment(Path(home), programs) as deployment:
            source = json.loads(await deployment.daybook("source", "add", "crm", "--events", "all", "--json"))
            reader = json.loads(await deployment.daybook("reader", "add", "dashboard", "--json"))
            await deployment.daybook("notary", "key", "--make")
            yield Ready(deployment, source["token"], reader["token"])


@pytest.fixture
def deployment(ready: Ready) -> Deployment:
    return ready.deployment
