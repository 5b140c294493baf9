"""The real services, each as its own NATS user and its own PostgreSQL login: from an event sent to a view read."""

import json

import httpx
import nats
import pytest

from tests.integration.deploy.conftest import Ready
from tests.service import until


@pytest.mark.long
async def test_an_event_that_is_sent_is_seen(ready: Ready) -> None:
    deployment = ready.deployment
    async with deployment.serving("recorder", "projector", "intake", "query", "notary") as services:
        async with httpx.AsyncClient(timeout=20) as client:
            sent = await client.post(
                f"{services['intake'].url}/events",
                json=_opened("D-1"),
                headers={
                    "Authorization": f"Bearer {ready.source_token}",
                    "Content-Type": "application/cloudevents+json",
                },
            )
            assert sent.status_code == 201, sent.text
            emitter = await nats.connect(deployment.nats.url("emitter"))
            token = {"Daybook-Token": ready.source_token}
            answer = await emitter.request("intake.crm", json.dumps(_opened("D-2")).encode(), headers=token, timeout=10)
            await emitter.close()
            receipt = json.loads(answer.data)
            assert answer.headers is not None
            assert (answer.headers["Daybook-Status"], receipt["sequence"]) == ("201", sent.json()["sequence"] + 1)
            reading = {"Authorization": f"Bearer {ready.reader_token}"}

            async def seen() -> bool:
                read = await client.get(f"{services['query'].url}/deals/D-2/history", headers=reading)
                return read.status_code == 200 and len(read.json()["entries"]) == 1

            async def signed() -> bool:
                head = await client.get(f"{services['notary'].url}/checkpoint")
                return head.status_code == 200 and f"\n{receipt['sequence']}\n" in head.text

            await until(seen, "the event is not seen", services["projector"].output)
            await services["notary"].ready()
            await until(signed, "no head is signed", services["notary"].output)
            pipeline = await client.get(f"{services['query'].url}/pipeline", headers=reading)
            assert pipeline.status_code == 200, pipeline.text
        verified = json.loads(await deployment.daybook("verify", "--json"))
        assert (verified["ok"], verified["sequence"]) == (True, receipt["sequence"])
        assert verified["heads"] > 0
        status = json.loads(await deployment.daybook("status", "--json"))
        assert status["stream"]["last_sequence"] == receipt["sequence"]
        await deployment.daybook("backup", "--out", str(deployment.home / "backup"))
        assert "as it was written" in await deployment.daybook("backup", "--check", str(deployment.home / "backup"))
    for each in services.values():
        assert "ermission" not in each.output(), each.output()


@pytest.mark.long
async def test_the_owner_restores_what_was_backed_up(ready: Ready) -> None:
    deployment = ready.deployment
    backup = deployment.home / "to-restore"
    async with deployment.serving("recorder"):
        await deployment.daybook("backup", "--out", str(backup))
    owner = await deployment.postgres.connect("owner")
    schemas = await owner.fetch("select nspname from pg_namespace where nspname ~ '^(ledger|reporting|gen_.*)$'")
    for row in schemas:
        await owner.execute(f'drop schema "{row["nspname"]}" cascade')
    await owner.close()
    done = json.loads(await deployment.daybook("restore", str(backup), "--json"))
    assert (done["loaded"], done["stream"]) == (True, "none")
    verified = json.loads(await deployment.daybook("verify", "--json"))
    assert (verified["ok"], verified["sequence"]) == (True, done["sequence"])


def _opened(deal: str) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"opened-{deal}",
        "source": "crm",
        "type": "daybook.deal_opened.v1",
        "subject": f"deal/{deal}",
        "time": "2026-03-02T09:00:00+08:00",
        "data": {"playbook": "project", "owner": "Li", "amount": "10.00", "currency": "CNY"},
    }
