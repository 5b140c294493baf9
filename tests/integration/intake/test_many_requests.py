"""Requests over NATS that come faster than they are answered wait, within bounds; none is left without an answer."""

import asyncio
import json
from collections.abc import AsyncIterator

import nats
import pytest
from nats.aio.client import Client

from services.intake import requests
from services.intake.append_service import AppendService
from tests.integration.intake.sending import Sender, call
from tests.ledger import Ledger


@pytest.fixture
async def emitter(empty_ledger: Ledger) -> AsyncIterator[Client]:
    emitter = await nats.connect(empty_ledger.emitter_nats_url)
    yield emitter
    await emitter.close()


async def status(emitter: Client, token: str, id: str) -> str:
    body = json.dumps(call(id)).encode()
    reply = await emitter.request("intake.crm", body, timeout=20, headers={"Daybook-Token": token})
    return (reply.headers or {})["Daybook-Status"]


async def test_more_than_are_answered_at_once_are_answered_all_the_same(
    empty_ledger: Ledger, crm: Sender, emitter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "AT_ONCE", 2)

    answers = await asyncio.gather(*(status(emitter, crm.token, f"c-{number}") for number in range(50)))

    assert set(answers) == {"201"}
    assert await empty_ledger.last_sequence() == 50


async def test_what_there_is_no_memory_for_is_told_to_come_again(
    empty_ledger: Ledger, crm: Sender, emitter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MAX_HELD_BYTES", 1000)
    assert await status(emitter, crm.token, "c-1") == "503"

    monkeypatch.setattr(requests, "MAX_HELD_BYTES", 10_000)
    assert [await status(emitter, crm.token, f"c-{number}") for number in range(20)] == ["201"] * 20
    assert await empty_ledger.last_sequence() == 20


async def test_who_meets_a_fault_of_ours_is_told_so(
    crm: Sender, emitter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(AppendService, "take", fails)

    assert await status(emitter, crm.token, "c-1") == "500"
    response = await crm.send(call("c-1"))
    assert response.status_code == 500
    assert response.json()["type"] == "urn:daybook:problem:internal"
