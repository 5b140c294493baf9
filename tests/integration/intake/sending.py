"""A source that sends over HTTP, and the events that it sends."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import httpx

from services.intake.service import Running
from tests.playbooks import PRACTICE

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


def call(id: str = "c-1", deal: str = "D-1", source: str = "crm", **changes: Any) -> dict[str, Any]:
    """A call that was made; `changes` are attributes, `data` the whole data."""
    event = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": "daybook.call_made.v1",
        "subject": f"deal/{deal}",
        "time": "2026-03-31T09:30:00+08:00",
        "data": {"outcome": "interested"},
    }
    return event | changes


def calls(count: int, prefix: str = "c") -> list[dict[str, Any]]:
    """Different ones: `c-1`, `c-2`, …"""
    return [call(f"{prefix}-{number}") for number in range(1, count + 1)]


def invoice(id: str, amount: Any, **changes: Any) -> dict[str, Any]:
    """An invoice to account A-1."""
    data = {"invoice": id, "amount": amount, "currency": "CNY", "due_on": "2026-04-30"}
    return call(id, type="daybook.invoice_issued.v1", subject="account/A-1", data=data) | changes


def void(id: str, target: str, source: str = "crm", deal: str = "D-1", by: str = "crm") -> dict[str, Any]:
    """`target` never happened."""
    data = {"target": {"source": source, "id": target}, "reason": "sent by mistake", "approver": "王伟"}
    return call(id, deal, by, type="daybook.event_voided.v1", data=data)


def correction(id: str, target: str, source: str = "crm", deal: str = "D-1", **changes: Any) -> dict[str, Any]:
    """`target` was another call."""
    data = {
        "target": {"source": source, "id": target},
        "target_type": "daybook.call_made.v1",
        "replacement": {"time": "2026-03-30T09:30:00+08:00", "data": {"outcome": "callback"}},
        "reason": "wrong day",
        "approver": "王伟",
    }
    return call(id, deal, type="daybook.event_corrected.v1", data=data | changes)


def publication(version: int) -> dict[str, Any]:
    """A version of the playbook practice."""
    playbook = PRACTICE.model_copy(update={"version": version}).model_dump(mode="json")
    about = {"type": "daybook.playbook_published.v1", "subject": "playbook/practice"}
    return call(f"published-{version}", **about, data={"playbook": playbook})


def withdrawal(version: int) -> dict[str, Any]:
    """A version of it is withdrawn."""
    about = {"type": "daybook.playbook_withdrawn.v1", "subject": "playbook/practice"}
    return call(f"withdrawn-{version}", **about, data={"playbook_version": version, "reason": "a mistake"})


def target(id: str, subject: str = "playbook/practice", source: str = "ops") -> dict[str, Any]:
    """A target of a playbook or of an account."""
    data = {"target": id, "metric": "signed_amount", "period": "2026-Q1", "value": "1000000.00", "currency": "CNY"}
    return call(id, source=source, type="daybook.target_set.v1", subject=subject, data=data)


class Sender:
    """One source over HTTP."""

    def __init__(self, client: httpx.AsyncClient, port: int, token: str) -> None:
        self.client = client
        self.url = f"http://127.0.0.1:{port}"
        self.token = token

    async def post(self, content: Any, content_type: str = STRUCTURED, **headers: str) -> httpx.Response:
        """Any body, under this source's token."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, **headers}
        return await self.client.post(f"{self.url}/events", content=content, headers=sent)

    async def send(self, event: dict[str, Any]) -> httpx.Response:
        """One event in structured mode."""
        return await self.post(json.dumps(event))

    async def send_batch(self, events: Sequence[Any]) -> httpx.Response:
        """A batch."""
        return await self.post(json.dumps(events), BATCH)

    async def send_binary(self, event: dict[str, Any]) -> httpx.Response:
        """One event in binary mode."""
        headers = {f"ce-{name}": value for name, value in event.items() if name != "data"}
        return await self.post(json.dumps(event["data"]), "application/json", **headers)

    async def send_until_taken(self, event: dict[str, Any]) -> dict[str, Any]:
        """As a careful source does: again, unchanged, until there is a receipt."""
        while True:
            try:
                response = await self.send(event)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if response.status_code in (200, 201):
                return dict(response.json())
            assert response.status_code == 503, response.text
            await asyncio.sleep(0.05)

    async def fate(self, id: str, source: str = "crm") -> httpx.Response:
        """Ask intake what became of an event."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.client.get(f"{self.url}/events/{source}/{id}", headers=headers)


def sender(client: httpx.AsyncClient, intake: Running, token: str) -> Sender:
    """A source at an intake of this process."""
    return Sender(client, intake.port, token)


def kinds(response: httpx.Response) -> list[tuple[int, str, str]]:
    """Return what a refusal names: (index, field, kind) of each fault."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"].startswith("urn:daybook:problem:")
    return [(each["index"], each["field"], each["kind"]) for each in problem["errors"]]
