"""A receipt says where an event is, and it is there."""

import asyncio
import json

import nats

from contracts.cloudevents.envelope import read_event
from services.recorder.health import RecorderHealth
from services.stream.read import message_at
from tests.integration.intake.sending import Sender, call, calls
from tests.ledger import Ledger


async def test_a_receipt_names_the_sequence_at_which_the_stream_has_the_canonical_bytes(
    empty_ledger: Ledger, crm: Sender
) -> None:
    event = call(actor="王伟", datacontenttype="application/json")

    response = await crm.send(event)

    assert response.status_code == 201
    assert response.json() == {"id": "c-1", "sequence": 1, "duplicate": False}
    message = await message_at(await empty_ledger.nats(), empty_ledger.settings.stream, 1)
    assert message is not None
    assert (message.subject, message.data) == ("daybook.deal.D-1", read_event(event).canonical)


async def test_a_batch_gets_receipts_in_its_order_and_contiguous_sequences(empty_ledger: Ledger, crm: Sender) -> None:
    batch = [call(f"c-{number}", f"D-{number % 7}") for number in range(1000)]

    response = await crm.send_batch(batch)

    assert response.status_code == 201
    assert response.json() == [
        {"id": event["id"], "sequence": number, "duplicate": False} for number, event in enumerate(batch, 1)
    ]
    for number in (1, 500, 1000):
        message = await message_at(await empty_ledger.nats(), empty_ledger.settings.stream, number)
        assert message is not None
        assert message.data == read_event(batch[number - 1]).canonical
    assert await empty_ledger.last_sequence() == 1000


async def test_the_same_event_is_the_same_in_every_mode(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    first = await crm.send(call(actor="王伟"))
    binary = await crm.send_binary(call(actor="%E7%8E%8B%E4%BC%9F"))
    batch = await crm.send_batch([call(actor="王伟")])

    assert first.status_code == 201
    assert (binary.status_code, binary.json()) == (200, {"id": "c-1", "sequence": 1, "duplicate": True})
    assert (batch.status_code, batch.json()) == (200, [{"id": "c-1", "sequence": 1, "duplicate": True}])
    assert await empty_ledger.last_sequence() == 1


async def test_a_request_on_nats_gets_the_same_receipt(empty_ledger: Ledger, crm: Sender) -> None:
    emitter = await nats.connect(empty_ledger.emitter_nats_url)
    try:
        headers = {"Daybook-Token": crm.token}
        one = await emitter.request("intake.crm", json.dumps(call()).encode(), timeout=10, headers=headers)
        many = await emitter.request("intake.crm", json.dumps(calls(3, "n")).encode(), timeout=10, headers=headers)
        refused = await emitter.request("intake.crm", json.dumps(call(type="x")).encode(), timeout=10, headers=headers)
    finally:
        await emitter.close()

    assert json.loads(one.data) == {"id": "c-1", "sequence": 1, "duplicate": False}
    assert json.loads(many.data) == [
        {"id": "n-1", "sequence": 2, "duplicate": False},
        {"id": "n-2", "sequence": 3, "duplicate": False},
        {"id": "n-3", "sequence": 4, "duplicate": False},
    ]
    assert json.loads(refused.data) == (await crm.send(call(type="x"))).json()
    assert [(each.headers or {})["Daybook-Status"] for each in (one, many, refused)] == ["201", "201", "422"]
    assert (refused.headers or {})["content-type"] == "application/problem+json"


async def test_events_of_many_senders_at_once_are_all_there_and_each_receipt_is_true(
    empty_ledger: Ledger, crm: Sender
) -> None:
    singles = calls(60)
    batches = [calls(20, prefix=f"b{number}") for number in range(5)]

    responses = await asyncio.gather(*map(crm.send, singles), *map(crm.send_batch, batches))

    receipts = [
        receipt for each in responses for receipt in (each.json() if isinstance(each.json(), list) else [each.json()])
    ]
    assert sorted(receipt["sequence"] for receipt in receipts) == list(range(1, 161))
    nc = await empty_ledger.nats()
    for receipt in receipts:
        message = await message_at(nc, empty_ledger.settings.stream, receipt["sequence"])
        assert message is not None
        assert json.loads(message.data)["id"] == receipt["id"]
    for each in responses[60:]:
        sequences = [receipt["sequence"] for receipt in each.json()]
        assert sequences == list(range(sequences[0], sequences[0] + 20))
