"""The console over the story that the reading tests ask about, by HTTP and in a real browser."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from services.console.routes import router
from services.query.service import running
from tests.browser import NODE, executable
from tests.integration.query.telling import PLAYBOOKS, Told, tell_first, tell_second
from tests.ledger import fresh_ledger
from tests.servers import Servers


@dataclass
class Console:
    """Console that runs, and how it is asked."""

    told: Told
    address: str
    client: httpx.AsyncClient

    @property
    def pinned(self) -> str:
        """Both times, as parameters of an address."""
        return f"as_of=2026-02-28&known_at={self.told.last}"


@pytest.fixture(scope="package")
async def console(servers: Servers) -> AsyncIterator[Console]:
    """The console over the whole story, open to this machine."""
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        told = await tell_first(ledger)
        await tell_second(told)
        settings = ledger.settings.model_copy(update={"open_reads": True, "query_port": 0})
        async with running(settings, router) as port:
            address = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=address, timeout=60) as client:
                yield Console(told, address, client)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A browser; the tests are skipped where there is none, but not in CI."""
    try:
        path = executable()
    except LookupError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()
