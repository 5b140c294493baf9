"""Told to stop, every service ends with 0 and a log without errors, whatever it is doing."""

import asyncio
import json
import signal
from contextlib import AsyncExitStack
from typing import Any

import httpx
import nats
import nats.errors
import pytest

from services.notary import key as notary_key
from services.runtime.shutdown import _CANCEL_AGAIN_S
from tests.integration.intake.sending import BATCH, call, calls
from tests.ledger import Ledger
from tests.service import Service

_SERVICES = ("recorder", "projector", "notary", "query", "intake")


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("number", "busy"),
    [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGHUP, True)],
)
async def test_a_stop_leaves_no_error_in_any_log(ledger: Ledger, number: signal.Signals, busy: bool) -> None:
    notary_key.ensure(ledger.settings)
    token = await ledger.source("crm")
    async with AsyncExitStack() as stack:
        processes = [ledger.process(name, log_json="true", open_reads="true") for name in _SERVICES]
        running = {each.name: each for each in await asyncio.gather(*map(stack.enter_async_context, processes))}
        await asyncio.gather(*(each.ready() for each in running.values()))
        load = asyncio.create_task(_load(ledger, running, token)) if busy else None
        if load is not None:
            await ledger.recorded(500)
        for service in running.values():
            service.process.send(number)
        for service in running.values():
            assert await service.ends() == 0, service.output()
        if load is not None:
            load.cancel()
            await asyncio.wait([load])
    for service in running.values():
        assert _complaints(service) == []


async def test_a_request_under_way_is_answered_after_the_stop(ledger: Ledger) -> None:
    token = await ledger.source("crm")
    body = json.dumps(call("under-way")).encode()
    head = (
        f"POST /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/cloudevents+json\r\nExpect: 100-continue\r\n\r\n"
    )
    async with ledger.process("intake") as intake:
        await intake.ready()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(intake.url.rpartition(":")[2]))
        writer.write(head.encode())
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        intake.process.send(signal.SIGTERM)
        await asyncio.sleep(3 * _CANCEL_AGAIN_S)  # what is told to end is cancelled again meanwhile
        writer.write(body)
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 201")
        writer.close()
        assert await intake.ends() == 0
    assert "Traceback" not in intake.output()


async def _load(ledger: Ledger, running: dict[str, Service], token: str) -> None:
    """Events by batches, one by one and over NATS, and reports, as fast as they are answered, until nobody answers."""
    headers = {"authorization": f"Bearer {token}"}
    emitter = await nats.connect(ledger.emitter_nats_url)

    async def batches(client: httpx.AsyncClient) -> None:
        for number in range(1_000_000):
            body = json.dumps(calls(200, f"b{number}"))
            await client.post(
                f"{running['intake'].url}/events", content=body, headers=headers | {"content-type": BATCH}
            )

    async def singles(client: httpx.AsyncClient, prefix: str) -> None:
        for number in range(1_000_000):
            await client.post(
                f"{running['intake'].url}/events", json=call(f"{prefix}-{number}", f"D-{prefix}"), headers=headers
            )

    async def requests(prefix: str) -> None:
        for number in range(1_000_000):
            body = json.dumps(call(f"{prefix}-{number}", f"D-{prefix}")).encode()
            await emitter.request("intake.crm", body, timeout=5, headers={"Daybook-Token": token})

    async def reports(client: httpx.AsyncClient) -> None:
        while True:
            await client.get(f"{running['query'].url}/pipeline")
            await client.get(f"{running['notary'].url}/checkpoint")

    async with httpx.AsyncClient(timeout=10) as client:
        work: list[Any] = [batches(client), reports(client)]
        work += [singles(client, f"s{each}") for each in range(8)] + [requests(f"n{each}") for each in range(8)]
        await asyncio.gather(*work, return_exceptions=True)
    await emitter.close()


def _complaints(service: Service) -> list[str]:
    """Lines of a log that are errors, or that no log wrote."""
    found = []
    for line in service.output().splitlines():
        try:
            if json.loads(line)["level"] not in ("error", "critical") and "Traceback" not in line:
                continue
        except ValueError:
            pass
        found.append(line)
    return found
