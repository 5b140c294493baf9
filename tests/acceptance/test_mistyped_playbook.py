"""A deal on a mistyped playbook: the receipt warns, status counts it, data_quality lists it, a correction mends it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from contracts.playbooks.shipped import shipped
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.up import daybook


@dataclass
class People:
    """A sender over HTTP, and whoever asks by commands and over HTTP."""

    ledger: Ledger
    intake: httpx.AsyncClient
    query: httpx.AsyncClient

    async def send(self, id: str, name: str, **data: Any) -> dict[str, Any]:
        """Send an event on deal D-1 and wait until the views have it; its receipt."""
        event = {
            "specversion": "1.0",
            "id": id,
            "source": "crm",
            "type": f"daybook.{name}.v1",
            "subject": "deal/D-1",
            "time": "2026-03-02T09:00:00+08:00",
            "data": data,
        }
        answer = await self.intake.post("/events", json=event, headers={"content-type": "application/cloudevents+json"})
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.json()
        await self.query.get("/status", params={"after": receipt["sequence"]})
        return receipt

    async def command(self, *words: str) -> str:
        settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in self.ledger.environment.items()}
        code, output, complaint = await daybook(*words, **settings)
        assert code == 0, complaint
        return output

    async def flags(self) -> dict[str, int]:
        """Flags that stand, as GET /status counts them."""
        counted: dict[str, int] = (await self.query.get("/status")).json()["flags"]
        return counted


@pytest.fixture
async def people(servers: Servers) -> AsyncIterator[People]:
    async with fresh_ledger(servers) as ledger, AsyncExitStack() as stack:
        intake, _, _, query = [
            await stack.enter_async_context(ledger.process(name, open_reads="true"))
            for name in ("intake", "recorder", "projector", "query")
        ]
        await ledger.recorded()
        sender = {"authorization": f"Bearer {await ledger.source('crm')}"}
        yield People(
            ledger,
            await stack.enter_async_context(httpx.AsyncClient(base_url=intake.url, headers=sender, timeout=30)),
            await stack.enter_async_context(httpx.AsyncClient(base_url=query.url, timeout=30)),
        )


async def test_it_is_told_at_once_counted_listed_and_gone_once_it_is_corrected(people: People) -> None:
    receipt = await people.send("1", "deal_opened", playbook="projct")

    (warning,) = receipt["warnings"]
    assert (warning["kind"], warning["field"]) == ("unknown-playbook", "data.playbook")
    published = ", ".join(sorted({each.key for each in shipped()}))
    assert f"published are {published}; did you mean project?" in warning["reason"]
    assert "The event is recorded" in warning["reason"]

    assert await people.flags() == {"unknown_playbook": 1}
    status = await people.command("status")
    assert "1 to look at: daybook report data_quality --checks flags" in status
    assert "unknown_playbook 1" in status
    listed = await people.command("report", "data_quality", "--csv")
    assert f"deal/D-1,stage_position,unknown_playbook,{receipt['sequence']},projct" in listed

    replacement = {"time": "2026-03-02T09:00:00+08:00", "data": {"playbook": "project"}}
    corrected = await people.send(
        "2",
        "event_corrected",
        target={"source": "crm", "id": "1"},
        target_type="daybook.deal_opened.v1",
        replacement=replacement,
        reason="mistyped",
        approver="王伟",
    )

    assert "warnings" not in corrected
    assert await people.flags() == {}
