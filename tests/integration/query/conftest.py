"""The story that the reading tests ask about, told once; and query itself, without a token."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.query.service import running
from tests.integration.query.telling import PLAYBOOKS, Told, tell_first, tell_second
from tests.ledger import fresh_ledger
from tests.servers import Servers


@dataclass
class Api:
    """Query, as a reader on this machine sees it."""

    client: httpx.AsyncClient

    async def get(self, path: str, status: int = 200, headers: dict[str, str] | None = None, **asked: Any) -> Any:
        """The answer as JSON; problems too."""
        answer = await self.client.get(path, params=asked, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture(scope="package")
async def told(servers: Servers) -> AsyncIterator[Told]:
    """The whole story. Nothing changes it: what a test alters, it takes back."""
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = await tell_first(ledger)
        await tell_second(told)
        yield told


@pytest.fixture(scope="package")
async def api(told: Told) -> AsyncIterator[Api]:
    """Query over the whole story."""
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        yield Api(client)
