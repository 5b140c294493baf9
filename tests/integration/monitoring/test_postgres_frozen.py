"""A frozen PostgreSQL: no service waits for it for long, neither when it is asked how it is nor when it is to end."""

import asyncio
import time

import httpx
import pytest

from services.notary import key
from tests.freezing import frozen
from tests.integration.intake.sending import call
from tests.ledger import Ledger
from tests.service import Service, until

ANSWERS_S = 4.0
"""How long `/ready` may take: a look has failed after three seconds."""
ENDS_S = 5.0


async def ready(client: httpx.AsyncClient, service: Service) -> int:
    began = time.monotonic()
    response = await client.get(f"{service.url}/ready")
    assert time.monotonic() - began < ANSWERS_S, f"{service.name} took {time.monotonic() - began:.1f} s"
    return response.status_code


@pytest.mark.parametrize(
    "name",
    ["recorder", "query", *(pytest.param(each, marks=pytest.mark.long) for each in ("intake", "projector", "notary"))],
)
async def test_a_service_says_how_it_is_and_ends_when_it_is_told_to(ledger: Ledger, name: str) -> None:
    key.ensure(ledger.settings)
    async with (
        httpx.AsyncClient(timeout=30) as client,
        ledger.process("recorder"),
        ledger.process(name) as service,
    ):
        await ledger.append(call("before"))
        await ledger.recorded()
        await service.ready()
        with frozen(ledger.servers.postgres.process):
            await ledger.append(call("c-1"))  # the recorder is to write it now
            for _ in range(4):
                await ready(client, service)
                await asyncio.sleep(1)  # a second apart, because an answer is remembered for one
            began = time.monotonic()
            assert await service.process.stop(20) == 0, service.output()
            assert time.monotonic() - began < ENDS_S, f"{name} took {time.monotonic() - began:.1f} s to end"


@pytest.mark.long
async def test_whoever_asks_query_is_refused_and_answered_again_afterwards(ledger: Ledger) -> None:
    async with (
        httpx.AsyncClient(timeout=90) as client,
        ledger.process("query", open_reads="true") as query,
        ledger.process("projector") as projector,
        ledger.process("recorder") as recorder,
    ):
        await ledger.append(call("before"))
        await ledger.recorded()
        with frozen(ledger.servers.postgres.process):
            asked = [asyncio.create_task(client.get(f"{query.url}/deals/D-1/history")) for _ in range(20)]
            await ledger.append(call("c-1"))

            async def is_refused() -> bool:  # the answer of a moment before is remembered
                return await ready(client, query) == 503

            await until(is_refused, "query says that it is ready")
        assert {(await each).status_code for each in asked} <= {200, 503, 404}
        for service in (query, recorder, projector):

            async def is_ready(service: Service = service) -> bool:
                return await ready(client, service) == 200

            await until(is_ready, f"{service.name} is not ready again", service.output)
        await ledger.projected()
