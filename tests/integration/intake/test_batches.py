"""A batch gets receipts for all of its events or for none, and a refusal names every fault."""

import json

import pytest

from tests.integration.intake.sending import BATCH, Sender, call, calls, invoice, kinds, void
from tests.ledger import Ledger

FAR_AHEAD = "2999-01-01T00:00:00Z"


async def test_every_fault_of_every_event_is_named_and_nothing_is_recorded(empty_ledger: Ledger, crm: Sender) -> None:
    batch = [
        call("c-0"),
        call("c-1", type="daybook.phone_rang.v1"),
        call("c-2", data={"outcome": "great", "duration_s": "long"}),
        call("c-3", time="yesterday"),
        invoice("c-4", 1200.5),
        invoice("c-5", "1200.505"),
        call("c-6", time=FAR_AHEAD),
        call("c-7", source="telephony"),
        void("c-8", "x-1", source="telephony"),
        "c-9",
        call("c 10\n"),
        call("c-11"),
    ]

    response = await crm.send_batch(batch)

    assert response.status_code == 422
    assert response.json()["type"] == "urn:daybook:problem:several"
    assert kinds(response) == [
        (1, "type", "unknown-type"),
        (2, "data.duration_s", "invalid"),
        (2, "data.outcome", "invalid"),
        (3, "time", "invalid"),
        (4, "data.amount", "invalid"),
        (5, "data.amount", "invalid"),
        (6, "time", "future-time"),
        (7, "source", "wrong-source"),
        (8, "data.target.source", "corrects-others"),
        (9, "", "unreadable"),
        (10, "id", "invalid"),
    ]
    assert all(each["reason"] for each in response.json()["errors"])
    assert await empty_ledger.last_sequence() == 0


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"[]", 400, "empty-batch"),
        (b"{}", 400, "unreadable"),
        (b"[{]", 400, "unreadable"),
        (b"", 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (b"[" * 100_000, 400, "unreadable"),
        (json.dumps(calls(1001)).encode(), 413, "too-large"),
        (b" " * (8 * 1024 * 1024 + 1), 413, "too-large"),
    ],
    ids=["empty", "no list", "broken", "nothing", "no UTF-8", "too deep", "1001 events", "too many bytes"],
)
async def test_a_body_that_is_no_batch_is_refused(door: Sender, body: bytes, status: int, kind: str) -> None:
    response = await door.post(body, BATCH)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"urn:daybook:problem:{kind}"


async def test_a_batch_may_hold_a_thousand_events(empty_ledger: Ledger, crm: Sender) -> None:
    assert (await crm.send_batch(calls(1000))).status_code == 201
    assert await empty_ledger.last_sequence() == 1000


async def test_a_batch_may_be_large(empty_ledger: Ledger, crm: Sender) -> None:
    note = "合" * 4000
    batch = [call(f"c-{number}", data={"note": note}) for number in range(500)]

    response = await crm.post(json.dumps(batch, ensure_ascii=False).encode(), BATCH)

    assert response.status_code == 201
    assert await empty_ledger.last_sequence() == 500


async def test_one_event_that_is_too_large_refuses_the_batch_and_is_named(empty_ledger: Ledger, crm: Sender) -> None:
    large = call("c-2", data={"note": "x" * 3000, "padding": "y" * 50_000})

    response = await crm.send_batch([call("c-1"), large])

    assert response.status_code == 413
    assert kinds(response) == [(1, "", "too-large")]
    assert await empty_ledger.last_sequence() == 0
