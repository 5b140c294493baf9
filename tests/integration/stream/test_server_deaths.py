"""A server's death ends no service: each goes on as soon as the server is back, whatever it was doing."""

import asyncio
import json
from contextlib import AsyncExitStack

import httpx
import pytest

from services.notary.key import ensure
from tests.integration.intake.sending import BATCH, calls
from tests.ledger import Ledger
from tests.service import until

SERVICES = ("recorder", "projector", "intake", "query", "notary")
KILLS = ("nats", "postgres", "nats", "nats")


@pytest.mark.long
async def test_no_service_ends_when_a_server_is_killed_under_load(empty_ledger: Ledger) -> None:
    ensure(empty_ledger.settings)
    token = await empty_ledger.source("crm")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": BATCH}
    async with AsyncExitStack() as stack:
        services = [
            await stack.enter_async_context(empty_ledger.process(each, notary_every_s="0.01")) for each in SERVICES
        ]
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        intake = services[SERVICES.index("intake")]
        for each in services:
            await each.ready()
        begun = {each.name: each.process.pid for each in services}
        acknowledged = 0

        async def sends(name: str) -> None:
            nonlocal acknowledged
            number = 0
            while True:
                number += 1
                body = json.dumps(calls(20, f"{name}-{number}"))
                answer = await client.post(f"{intake.url}/events", content=body, headers=headers)
                assert answer.status_code in (200, 201, 503), answer.text
                acknowledged += answer.status_code == 201

        senders = [asyncio.create_task(sends(f"sender-{each}")) for each in range(4)]
        for server in KILLS:
            before = acknowledged

            async def takes_more(before: int = before) -> bool:
                for sender in senders:
                    if sender.done():
                        sender.result()
                return acknowledged > before + 5

            await until(takes_more, "nothing is taken", intake.output)
            restart = empty_ledger.servers.restart_nats if server == "nats" else empty_ledger.servers.restart_postgres
            await restart(kill=True)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        for each in services:
            await each.ready()
        await empty_ledger.projected()
        assert {each.name: each.process.pid for each in services if each.process.exit_code is None} == begun
        for each in services:
            assert "Traceback" not in each.output(), each.output()
