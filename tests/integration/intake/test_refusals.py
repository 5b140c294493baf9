"""Refusals at the HTTP door: what is refused, with which status, and before what."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.intake import append_service, decode
from services.intake.decode import Batches, Sent
from tests.integration.intake.sending import BATCH, STRUCTURED, Sender, call, invoice, kinds


@pytest.mark.parametrize(
    ("event", "field", "kind"),
    [
        (call(type="daybook.phone_rang.v1"), "type", "unknown-type"),
        (call(type="daybook.call_made.v9"), "type", "unknown-type"),
        ({name: value for name, value in call().items() if name != "subject"}, "subject", "invalid"),
        (call(specversion="0.3"), "specversion", "invalid"),
        (call(subject="playbook/A-1"), "subject", "invalid"),
        (call(subject="deal/D 1"), "subject", "invalid"),
        (call(time="2026-03-31T09:30:00"), "time", "invalid"),
        (call(color="blue"), "color", "invalid"),
        (call(data={"outcome": "interested", "mood": "good"}), "data.mood", "invalid"),
        (invoice("i", 12), "data.amount", "invalid"),
        (invoice("i", 12.5), "data.amount", "invalid"),
        (invoice("i", "12,50"), "data.amount", "invalid"),
        (invoice("i", "-1.00"), "data.amount", "invalid"),
        (invoice("i", "1.005"), "data.amount", "invalid"),
        (call(time="2999-01-01T00:00:00Z"), "time", "future-time"),
    ],
)
async def test_a_single_event_is_refused_with_its_field(
    door: Sender, event: dict[str, Any], field: str, kind: str
) -> None:
    response = await door.send(event)

    assert response.status_code == 422
    assert kinds(response) == [(0, field, kind)]
    assert response.json()["type"] == f"urn:daybook:problem:{kind}"


async def test_binary_mode_names_attributes_and_data_alike(door: Sender) -> None:
    response = await door.send_binary(call(time="yesterday", data={"duration_s": 1.5}))

    assert response.status_code == 422
    assert (0, "data.duration_s", "invalid") in kinds(response)


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("text/plain", {}),
        ("application/json", {}),
        ("application/xml", {"ce-id": "1"}),
        ("application/cloudevents+json; charset=gb18030", {}),
        ("application/cloudevents+json", {"content-encoding": "gzip"}),
    ],
)
async def test_other_media_are_unsupported(door: Sender, content_type: str, headers: dict[str, str]) -> None:
    response = await door.post(json.dumps(call()), content_type, **headers)

    assert response.status_code == 415
    assert response.json()["type"] == "urn:daybook:problem:unsupported-media-type"


@pytest.mark.parametrize("content_type", [f"{STRUCTURED}; charset=UTF-8", "Application/CloudEvents+JSON"])
async def test_a_content_type_is_read_as_http_reads_it(door: Sender, content_type: str) -> None:
    assert (await door.post(json.dumps(call(content_type[0])), content_type)).status_code == 201


async def test_a_header_that_stands_twice_is_refused(door: Sender) -> None:
    headers = [("Authorization", f"Bearer {door.token}"), ("Content-Type", "application/json")]
    attributes = [(f"ce-{name}", value) for name, value in call().items() if name != "data"]

    response = await door.client.post(
        f"{door.url}/events", content=b"{}", headers=[*headers, *attributes, ("ce-id", "another")]
    )

    assert response.status_code == 400


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Basic YTpi", "Bearer nonsense", "Bearer dbk_" + "A" * 43]
)
async def test_without_a_known_token_nothing_is_read(door: Sender, authorization: Any) -> None:
    headers = {"Content-Type": STRUCTURED} | ({} if authorization is None else {"Authorization": authorization})

    response = await door.client.post(f"{door.url}/events", content=b"{" * 10, headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["type"] == "urn:daybook:problem:unauthenticated"


@pytest.mark.parametrize("media", [STRUCTURED, BATCH, "application/json"])
@pytest.mark.parametrize("known", [True, False])
async def test_an_endless_body_is_cut_off_while_it_streams(door: Sender, media: str, known: bool) -> None:
    token = door.token if known else "dbk_" + "A" * 43
    _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(door.url).port)
    writer.write(
        f"POST /events HTTP/1.1\r\nHost: daybook\r\nAuthorization: Bearer {token}\r\nce-id: 1\r\n"
        f"Content-Type: {media}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    sent = 0

    async def keep_sending() -> None:
        nonlocal sent
        while sent < 64 * 1024 * 1024:
            writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            await writer.drain()
            sent += 65536

    with pytest.raises(ConnectionError):
        await keep_sending()
    assert sent < 32 * 1024 * 1024


@pytest.mark.parametrize("media", [STRUCTURED, BATCH, "application/json"])
async def test_a_body_beyond_the_limit_is_too_large(door: Sender, media: str) -> None:
    async def chunks() -> Any:
        yield b" " * (8 * 1024 * 1024)
        yield b" "

    response = await door.post(chunks() if media == BATCH else b" " * (384 * 1024 + 1), media, **{"ce-id": "1"})

    assert response.status_code == 413
    assert response.json()["type"] == "urn:daybook:problem:too-large"


async def test_a_declared_length_is_refused_before_the_body_comes(door: Sender) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(door.url).port)
    writer.write(
        f"POST /events HTTP/1.1\r\nHost: daybook\r\nAuthorization: Bearer {door.token}\r\n"
        f"Content-Type: {BATCH}\r\nContent-Length: 999999999\r\n\r\n".encode()
    )

    assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/event", 404), ("DELETE", "/events", 405)])
async def test_what_does_not_exist_is_a_problem_too(door: Sender, method: str, path: str, status: int) -> None:
    response = await door.client.request(method, door.url + path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


async def test_an_event_five_minutes_ahead_is_taken(door: Sender) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=4, seconds=50)).isoformat()
    late = (datetime.now(UTC) + timedelta(minutes=5, seconds=10)).isoformat()

    assert (await door.send(call("t-1", time=soon))).status_code == 201
    assert (await door.send(call("t-2", time=late))).status_code == 422


async def test_nothing_surprising_is_refused(door: Sender) -> None:
    """A ledger records: a payment of nothing owed, a visit without appointment, a stage out of nowhere."""
    payment = {"payment": "P-1", "amount": "999999999999999.99", "currency": "CNY"}
    events = [
        call("r-1", type="daybook.payment_received.v1", subject="account/nobody", data=payment),
        call("r-2", type="daybook.visit_done.v1", data={"purpose": "survey"}),
        call("r-3", type="daybook.stage_claimed.v1", data={"stage": "99"}),
        call("r-4", type="daybook.deal_won.v1", time="1970-01-01T00:00:00Z", data={}),
    ]

    assert (await door.send_batch(events)).status_code == 201


async def test_more_at_once_than_fits_in_memory_is_told_to_come_again(
    door: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(append_service, "MAX_IN_PROGRESS_BYTES", 10)

    response = await door.send(call("busy-1"))

    assert response.status_code == 503
    assert response.json()["type"] == "urn:daybook:problem:busy"
    assert int(response.headers["retry-after"]) > 0


async def test_batches_that_wait_to_be_read_take_up_room_too(door: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = [call("held-1")], [call("held-2")]
    read, is_read, may_go_on = Batches.read, asyncio.Event(), asyncio.Event()

    async def read_later(batches: Batches, text: bytes) -> Sent:
        is_read.set()
        await may_go_on.wait()
        return await read(batches, text)

    monkeypatch.setattr(Batches, "read", read_later)
    monkeypatch.setattr(decode, "MAX_HELD_BYTES", len(json.dumps(first)) * 3)
    waiting = asyncio.create_task(door.send_batch(first))
    await asyncio.wait_for(is_read.wait(), 10)
    refused = await door.send_batch(second)
    may_go_on.set()

    assert (refused.status_code, refused.json()["type"]) == (503, "urn:daybook:problem:busy")
    assert (await waiting).status_code == 201
    assert (await door.send_batch(second)).status_code == 201


async def test_a_body_that_does_not_arrive_is_not_waited_for_for_ever(
    door: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "TIMEOUT_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(door.url).port)
    writer.write(
        f"POST /events HTTP/1.1\r\nHost: daybook\r\nAuthorization: Bearer {door.token}\r\n"
        f"Content-Type: {STRUCTURED}\r\nContent-Length: 100\r\n\r\n{{".encode()
    )

    assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()
