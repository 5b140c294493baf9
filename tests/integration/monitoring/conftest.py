"""Every service as a process of its own on one ledger, and what each answers about itself."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from services.notary.key import ensure
from tests.integration.intake.sending import BATCH, STRUCTURED, call, calls
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import Service, until

SERVICES = ("recorder", "projector", "intake", "query", "notary")


class Scraped:
    """One answer of /metrics: samples by name, and their labels."""

    def __init__(self, text: str) -> None:
        from prometheus_client.parser import text_string_to_metric_families

        self.text = text
        self.samples = [each for family in text_string_to_metric_families(text) for each in family.samples]

    @property
    def labels(self) -> dict[str, set[str]]:
        """Names of labels by the name of their samples."""
        found: dict[str, set[str]] = {}
        for each in self.samples:
            found.setdefault(each.name, set()).update(each.labels)
        return found

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples that have these labels."""
        found = [each.value for each in self.samples if each.name == name and labels.items() <= each.labels.items()]
        assert found, f"{name}{labels} is not there"
        return sum(found)


class Watched:
    """Services, and a client that asks them."""

    def __init__(self, ledger: Ledger, services: Mapping[str, Service], client: httpx.AsyncClient) -> None:
        self.ledger = ledger
        self.services = services
        self.client = client

    def url(self, name: str) -> str:
        return self.services[name].url

    async def ready(self, name: str) -> dict[str, Any]:
        """Return the answer of a service on /ready; the status must be 200 exactly when the answer says yes."""
        answer = await self.client.get(f"{self.url(name)}/ready")
        body: dict[str, Any] = answer.json()
        assert (answer.status_code == 200) is body["ready"] is (body["reasons"] == [])
        return body

    async def becomes_ready(self, *names: str) -> None:
        for name in names or tuple(self.services):
            await self.services[name].ready()

    async def says(self, name: str, *codes: str) -> None:
        """Waits until /ready gives one of these reasons."""

        async def gives() -> bool:
            return any(each["code"] in codes for each in (await self.ready(name))["reasons"])

        await until(gives, f"{name} does not say {codes}", self.services[name].output)

    async def metrics(self, name: str) -> Scraped:
        answer = await self.client.get(f"{self.url(name)}/metrics")
        assert answer.status_code == 200, answer.text
        return Scraped(answer.text)


@pytest.fixture(scope="module")
async def watched(servers: Servers) -> AsyncIterator[Watched]:
    """All services on a ledger of their own, ready."""
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(fresh_ledger(servers))
        ensure(ledger.settings)
        services = {name: await stack.enter_async_context(ledger.process(name)) for name in SERVICES}
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        found = Watched(ledger, services, client)
        await found.becomes_ready()
        yield found


@pytest.fixture(scope="module")
async def told(watched: Watched) -> Watched:
    """Three events of `crm`, one of them twice, one refused; one message that is none; all of it projected."""
    ledger = watched.ledger
    token = await ledger.source("crm", "call_made")
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{watched.url('intake')}/events"
    for events, status in ((calls(3, "private-id"), 201), (calls(1, "private-id"), 200)):
        batch = {**headers, "Content-Type": BATCH}
        sent = await watched.client.post(url, content=json.dumps(events), headers=batch)
        assert sent.status_code == status
        await ledger.recorded()
    single = {**headers, "Content-Type": STRUCTURED}
    late = call("private-late", time="2099-01-01T00:00:00Z", deal="PRIVATE-DEAL", actor="Private Person")
    assert (await watched.client.post(url, content=json.dumps(late), headers=single)).status_code == 422
    assert (await watched.client.post(url, content=b"{}", headers={"Content-Type": STRUCTURED})).status_code == 401
    await ledger.publish(b"garbage", "daybook.deal.PRIVATE-DEAL")
    await ledger.projected()
    assert (await watched.client.get(f"{watched.url('query')}/deals/PRIVATE-DEAL")).status_code == 401
    return watched
