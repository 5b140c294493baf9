"""Checks that somebody who floods the NATS door without a source's token keeps no source from being heard."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client

from tests.integration.intake import flooding
from tests.integration.recorder.events import call
from tests.ledger import Ledger

SENDERS, EACH = 16, 10


@asynccontextmanager
async def flooded(url: str, kind: str) -> AsyncIterator[None]:
    """A flood of this kind, from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(flooding.__file__)), url, kind, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"flooding\n"
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.long_cases
@pytest.mark.parametrize("kind", list(flooding.KINDS))
async def test_a_source_is_heard_beside_a_flood(ledger: Ledger, kind: str) -> None:
    token = await ledger.source("crm")
    async with ledger.process("intake"):
        nc = await nats.connect(ledger.emitter_nats_url)
        try:
            async with flooded(ledger.emitter_nats_url, kind):
                await asyncio.gather(*(_send(nc, token, each) for each in range(SENDERS)))
        finally:
            await nc.close()


async def _send(nc: Client, token: str, sender: int) -> None:
    for number in range(EACH):
        body = json.dumps(call(id=f"c-{sender}-{number}")).encode()
        answer = await nc.request("intake.crm", body, timeout=5, headers={"Daybook-Token": token})
        assert answer.headers is not None
        assert answer.headers["Daybook-Status"] == "201", answer.data
