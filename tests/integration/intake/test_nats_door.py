"""The life of the NATS door, which FastStream serves: what it subscribes to, how it is, how it ends."""

import asyncio
import itertools
import json
import signal
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import nats
import nats.errors
import pytest
from pydantic import SecretStr

from contracts.schemas import ASYNCAPI, documents
from services.intake.nats_intake import QUEUE, NatsDoor
from services.intake.service import Running, running
from services.recorder.health import RecorderHealth
from services.runtime import health
from tests.faults.proxy import Proxy
from tests.freezing import frozen
from tests.integration.intake.sending import Sender, call
from tests.ledger import Ledger
from tests.service import until


async def test_it_is_described_as_in_the_document_and_subscribes_to_that(empty_ledger: Ledger, intake: Running) -> None:
    url = empty_ledger.endpoints.requests_url
    nats_door = NatsDoor(intake.door, url)
    described = nats_door.app.schema.to_specification().to_jsonable()
    document = json.loads(documents()[ASYNCAPI])

    channel, of_document = described["channels"]["intake"], document["channels"]["intake"]
    assert {name: channel[name] for name in ("address", "description")} == {
        name: of_document[name] for name in ("address", "description")
    }
    assert channel["bindings"]["nats"]["queue"] == QUEUE
    (operation,) = described["operations"].values()
    taking = document["operations"]["take"]
    assert (operation["action"], operation["channel"]) == (taking["action"], taking["channel"])
    password = urlsplit(url).password
    assert password
    assert password not in json.dumps(described)

    assert not await nats_door.connected()
    async with nats_door.open() as nc:
        assert await nats_door.connected()
        (subscription,) = nc._subs.values()
        assert (subscription.subject, subscription.queue) == ("intake.*", QUEUE)
    assert nc.is_closed
    assert not await nats_door.connected()


class TestAway:
    @pytest.fixture
    async def between(self, empty_ledger: Ledger) -> AsyncIterator[Proxy]:
        proxy = Proxy("nats door", urlsplit(empty_ledger.endpoints.requests_url).port or 0)
        await proxy.start()
        yield proxy
        await proxy.stop()

    async def test_it_is_told_and_keeps_nobody_from_sending_over_http(
        self, empty_ledger: Ledger, between: Proxy, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "CACHE_S", 0.0)
        token = await empty_ledger.source("crm")
        url = urlsplit(empty_ledger.endpoints.requests_url)
        url = url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{between.port}")
        settings = empty_ledger.settings.model_copy(
            update={"intake_port": 0, "intake_nats_url": SecretStr(url.geturl())}
        )
        async with running(settings) as intake:
            here = f"http://127.0.0.1:{intake.port}"
            is_there = True

            async def is_told() -> bool:
                answer = await client.get(f"{here}/ready")
                assert answer.status_code == 200, answer.text
                return bool(answer.json()["state"]["nats_door"] is is_there)

            await until(is_told, "the door is not open")
            await between.cut()
            is_there = False
            await until(is_told, "nobody is told that it is away")
            assert "daybook_intake_nats_door_away 1.0" in (await client.get(f"{here}/metrics")).text
            assert (await Sender(client, intake.port, token).send(call("c-1"))).status_code == 201

            between.mend()
            is_there = True
            await until(is_told, "it does not come back")
            assert "daybook_intake_nats_door_away 0.0" in (await client.get(f"{here}/metrics")).text
            emitter = await nats.connect(empty_ledger.emitter_nats_url)
            body, headers = json.dumps(call("c-2")).encode(), {"Daybook-Token": token}
            reply = await emitter.request("intake.crm", body, timeout=20, headers=headers)
            assert (reply.headers or {})["Daybook-Status"] == "201"
            await emitter.close()


async def test_told_to_stop_it_answers_what_it_has_begun(empty_ledger: Ledger, recorder: RecorderHealth) -> None:
    token = await empty_ledger.source("crm")
    acknowledged: dict[str, int] = {}
    emitter = await nats.connect(empty_ledger.emitter_nats_url)
    async with empty_ledger.process("intake") as process:

        async def answers() -> bool:
            try:
                return bool(await emitter.request("intake.crm", b"", timeout=5))
            except nats.errors.NoRespondersError:
                return False

        await until(answers, "the door is not open")

        async def keep_sending(name: str) -> None:
            for number in itertools.count(1):
                body, headers = json.dumps(call(f"{name}-{number}")).encode(), {"Daybook-Token": token}
                reply = await emitter.request("intake.crm", body, timeout=20, headers=headers)
                receipt = json.loads(reply.data)
                acknowledged[receipt["id"]] = receipt["sequence"]

        senders = [asyncio.create_task(keep_sending(f"s{number}")) for number in range(10)]

        async def some() -> bool:
            return len(acknowledged) >= 100

        await until(some, "nothing is acknowledged")
        await process.stop()
        ends = await asyncio.gather(*senders, return_exceptions=True)
        assert all(isinstance(each, nats.errors.NoRespondersError | nats.errors.TimeoutError) for each in ends), ends
    await emitter.close()

    await empty_ledger.recorded()
    connection = await empty_ledger.connect()
    rows = await connection.fetch("select id, sequence from ledger.journal where disposition = 'entry'")
    assert {row["id"]: row["sequence"] for row in rows} == acknowledged


@pytest.mark.long
async def test_a_request_that_takes_long_is_answered_after_the_stop(
    empty_ledger: Ledger, recorder: RecorderHealth
) -> None:
    """PostgreSQL is frozen: intake waits two seconds for what it knows, and takes the event without."""
    headers = {"Daybook-Token": await empty_ledger.source("crm")}
    emitter = await nats.connect(empty_ledger.emitter_nats_url)

    async def send(id_: str) -> dict[str, Any]:
        reply = await emitter.request("intake.crm", json.dumps(call(id_)).encode(), timeout=20, headers=headers)
        return dict(json.loads(reply.data))

    async with empty_ledger.process("intake") as process:

        async def answers() -> bool:
            try:
                return bool(await send("before"))
            except nats.errors.NoRespondersError:
                return False

        await until(answers, "the door is not open")
        with frozen(empty_ledger.servers.postgres.process):
            slow = asyncio.create_task(send("slow"))
            await asyncio.sleep(0)
            await emitter.request("intake.crm", b"", timeout=20)  # refused at once; what came before it has begun
            process.process.send(signal.SIGTERM)
            assert (await slow)["id"] == "slow"
        assert await process.ends() == 0
    await emitter.close()
    assert await empty_ledger.recorded() == 2
