"""Programs that know CloudEvents and NATS, and nothing of Daybook."""

import json
from datetime import UTC, datetime

import nats
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracts.cloudevents.envelope import read_event
from services.stream.read import message_at
from tests.integration.intake.sending import BATCH, Sender, call
from tests.ledger import Ledger


def event(id: str) -> CloudEvent:
    return CloudEvent(
        {
            "type": "daybook.call_made.v1",
            "source": "crm",
            "id": id,
            "subject": "deal/D-1",
            "time": datetime(2026, 3, 31, 1, 30, tzinfo=UTC),
            "datacontenttype": "application/json",
            "actor": "王伟",
        },
        {"outcome": "interested", "note": "a “quoted” word"},
    )


async def post(crm: Sender, message: HTTPMessage) -> dict[str, object]:
    headers = {name: str(value) for name, value in message.headers.items()} | {"Authorization": f"Bearer {crm.token}"}
    response = await crm.client.post(f"{crm.url}/events", content=message.body, headers=headers)
    assert response.status_code in (200, 201), response.text
    return dict(response.json())


async def test_the_cloudevents_sdk_sends_the_same_event_in_both_modes(empty_ledger: Ledger, crm: Sender) -> None:
    structured = await post(crm, to_structured_event(event("e-1")))
    binary = await post(crm, to_binary_event(event("e-2")))

    assert (structured["sequence"], binary["sequence"]) == (1, 2)
    nc = await empty_ledger.nats()
    first, second = [await message_at(nc, empty_ledger.settings.stream, each) for each in (1, 2)]
    assert first is not None
    assert second is not None
    assert first.data == second.data.replace(b'"id":"e-2"', b'"id":"e-1"')
    assert json.loads(first.data)["actor"] == "王伟"


async def test_binary_mode_without_a_content_type_is_json(crm: Sender) -> None:
    message = to_binary_event(event("e-1"))
    headers = {name: value for name, value in message.headers.items() if name != "content-type"}

    receipt = await post(crm, HTTPMessage(headers, message.body))

    assert receipt["sequence"] == 1


async def test_a_batch_of_the_sdks_events_is_taken(crm: Sender) -> None:
    batch = b"[" + b",".join(bytes(JSONFormat().write(event(f"e-{number}"))) for number in range(3)) + b"]"

    response = await crm.post(batch, BATCH)

    assert [each["sequence"] for each in response.json()] == [1, 2, 3]


async def test_a_plain_nats_client_sends_and_gets_a_receipt(empty_ledger: Ledger, crm: Sender) -> None:
    emitter = await nats.connect(empty_ledger.emitter_nats_url)
    try:
        body = json.dumps(call(), indent=2).encode()
        reply = await emitter.request("intake.crm", body, timeout=10, headers={"daybook-token": crm.token})
    finally:
        await emitter.close()

    assert json.loads(reply.data) == {"id": "c-1", "sequence": 1, "duplicate": False}
    message = await message_at(await empty_ledger.nats(), empty_ledger.settings.stream, 1)
    assert message is not None
    assert message.data == read_event(call()).canonical
