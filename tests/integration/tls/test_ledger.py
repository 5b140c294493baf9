"""A whole ledger whose NATS speaks TLS alone: every service gets there by the same settings."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import nats
import pytest
from pydantic import SecretStr

from services.endpoints import Endpoints, endpoints
from services.nats.address import tls
from services.settings import Settings
from services.setup.init import provision
from tests.certificates import Authority
from tests.integration.intake.sending import call
from tests.integration.tls.servers import nats_with_tls
from tests.ledger import Ledger
from tests.servers import Servers
from tests.service import until
from tests.up import daybook


@pytest.fixture
async def files(authority: Authority) -> dict[str, str]:
    """The settings beside the URL."""
    own = authority.issue("daybook", [])
    return {"nats_ca": str(authority.ca), "nats_certificate": str(own.certificate), "nats_key": str(own.key)}


@pytest.fixture
async def secured(
    servers: Servers, authority: Authority, files: dict[str, str], tmp_path: Path
) -> AsyncIterator[Ledger]:
    """A ledger whose stream lies on a NATS server that speaks TLS alone, and asks for our certificate."""
    async with (
        nats_with_tls(tmp_path / "nats", authority.issue("nats"), clients=authority.ca) as port,
        servers.database() as name,
    ):
        settings = Settings(
            nats_url=SecretStr(f"nats://daybook:hush@127.0.0.1:{port}"),
            database_url=SecretStr(servers.postgres.url_of(name, "daybook")),
            **cast("dict[str, Any]", {each: Path(path) for each, path in files.items()}),
        )
        where = endpoints(settings)
        ledger = Ledger(servers, Endpoints(where.nats_url, where.database_url), "", name, tmp_path)
        try:
            await provision(ledger.settings, ledger.endpoints, [])
            yield ledger
        finally:
            await ledger.close()


async def test_events_go_all_the_way(secured: Ledger, files: dict[str, str]) -> None:
    url = secured.endpoints.nats_url.partition("?")[0]
    token = await secured.source("crm")
    plain = {"nats_url": url, "intake_nats_url": url, **files}
    async with (
        secured.process("recorder", **plain) as recorder,
        secured.process("projector", **plain) as projector,
        secured.process("intake", **plain) as intake,
        secured.process("query", **plain, open_reads="true") as query,
        httpx.AsyncClient(timeout=30) as client,
    ):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}
        sent = await client.post(f"{intake.url}/events", content=json.dumps(call("c-1")), headers=headers)
        assert sent.json()["sequence"] == 1
        emitter = await nats.connect(url, tls=tls(secured.endpoints.nats_url))
        reply = await emitter.request(
            "intake.crm", json.dumps(call("c-2")).encode(), timeout=20, headers={"Daybook-Token": token}
        )
        await emitter.close()
        assert json.loads(reply.data)["sequence"] == 2
        await secured.projected(2)
        for each in (recorder, projector):
            await each.ready()

        async def knows_the_stream() -> bool:
            return bool((await client.get(f"{query.url}/status")).json()["stream"]["last_sequence"] == 2)

        await until(knows_the_stream, "query does not see the stream")
    code, output, _ = await daybook(
        "status", "--json", nats_url=url, database_url=secured.endpoints.database_url, **files
    )
    assert (code, json.loads(output)["stream"]["last_sequence"]) == (0, 2)


async def test_without_the_ca_a_service_says_what_is_missing(secured: Ledger) -> None:
    url = secured.endpoints.nats_url.partition("?")[0]
    code, _, complaint = await daybook("serve", "intake", nats_url=url, database_url=secured.endpoints.database_url)
    assert code == 2
    assert "DAYBOOK_NATS_CA" in complaint
