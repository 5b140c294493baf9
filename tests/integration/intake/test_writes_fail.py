"""A NATS server that answers and can write nothing, as on a full disk: intake says so, and recovers with the server."""

import resource
from collections.abc import AsyncIterator

import pytest

from tests.integration.intake.sending import Sender, call
from tests.ledger import Ledger
from tests.service import until


@pytest.fixture
async def cannot_write(empty_ledger: Ledger, crm: Sender) -> AsyncIterator[None]:
    """No file of the server may grow any more: each write fails, as with ENOSPC."""
    assert (await crm.send(call("before"))).status_code == 201
    pid = empty_ledger.servers.nats.process.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, most))
    yield
    await empty_ledger.servers.restart_nats(kill=True)


async def codes(crm: Sender) -> list[str]:
    return [each["code"] for each in (await crm.client.get(f"{crm.url}/ready")).json()["reasons"]]


@pytest.mark.long
async def test_intake_is_not_ready_until_an_event_is_taken_again(
    empty_ledger: Ledger, crm: Sender, cannot_write: None
) -> None:
    refused = await crm.send(call("c-1"))
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:daybook:problem:stream-away")

    async def says_so() -> bool:
        return bool(await codes(crm))

    await until(says_so, "intake is ready")
    assert set(await codes(crm)) <= {"stream_refuses", "stream_away"}
    await empty_ledger.servers.restart_nats(kill=True)
    assert (await crm.send_until_taken(call("c-1")))["sequence"] == 2

    async def is_ready() -> bool:
        return await codes(crm) == []

    await until(is_ready, "intake is not ready again")
