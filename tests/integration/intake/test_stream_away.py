"""A stream that is full or gone: 503 and nothing half-recorded; what is acknowledged is there afterwards."""

import asyncio
import itertools
import json
from collections.abc import Iterable
from functools import partial

import httpx
import pytest

from services.intake.service import Running
from services.recorder.health import RecorderHealth
from services.stream.read import message_at
from services.stream.state import ask
from tests.integration.intake.sending import Sender, call, calls
from tests.ledger import Ledger
from tests.service import until


async def limit(ledger: Ledger, max_bytes: int) -> None:
    nc = await ledger.nats()
    config = (await ask(nc, f"STREAM.INFO.{ledger.settings.stream}"))["config"]
    answer = await ask(nc, f"STREAM.UPDATE.{ledger.settings.stream}", config | {"max_bytes": max_bytes})
    assert "error" not in answer


@pytest.mark.long
async def test_a_full_stream_takes_nothing_and_says_when_to_come_again(empty_ledger: Ledger, crm: Sender) -> None:
    await limit(empty_ledger, 1_000_000)
    note = "x" * 4000

    statuses = [
        (await crm.send_batch([call(f"c-{round}-{number}", data={"note": note}) for number in range(20)])).status_code
        for round in range(20)
    ]
    taken = statuses.count(201)

    assert statuses == [201] * taken + [503] * (20 - taken)
    assert 0 < taken < 20
    assert await empty_ledger.last_sequence() == 20 * taken
    refused = await crm.send(call("one", data={"note": "x" * 4000, "outcome": "interested"}))
    if refused.status_code == 201:  # there was room for one
        refused = await crm.send_batch([call(f"two-{number}", data={"note": note}) for number in range(20)])
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:daybook:problem:stream-full"
    assert int(refused.headers["retry-after"]) > 0

    await limit(empty_ledger, 50_000_000)
    assert (await crm.send_batch(calls(20))).status_code == 201


async def test_a_duplicate_is_known_even_when_the_stream_is_full(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send(call("c-1"))
    await empty_ledger.recorded()
    await limit(empty_ledger, 1_000)

    assert (await crm.send(call("c-1"))).json() == {"id": "c-1", "sequence": 1, "duplicate": True}


@pytest.mark.long
async def test_nats_killed_while_many_send_loses_nothing_acknowledged_and_doubles_nothing(
    empty_ledger: Ledger, intake: Running, crm: Sender, recorder: RecorderHealth
) -> None:
    receipts: dict[str, int] = {}
    go_on = True

    async def keep_sending(name: str) -> None:
        number = 0
        while go_on:
            number += 1
            event = call(f"{name}-{number}")
            receipt = await crm.send_until_taken(event)
            receipts[event["id"]] = receipt["sequence"]

    async def acknowledged(count: int) -> None:
        async def so_many() -> bool:
            return len(receipts) >= count

        await until(so_many, f"not {count} events acknowledged")

    senders = [asyncio.create_task(keep_sending(f"s{number}")) for number in range(20)]
    for _ in range(2):
        await acknowledged(len(receipts) + 60)
        await empty_ledger.servers.restart_nats(kill=True)
    await acknowledged(len(receipts) + 60)
    go_on = False
    await asyncio.gather(*senders)

    nc = await empty_ledger.nats()
    await empty_ledger.recorded()
    connection = await empty_ledger.connect()
    entries = await connection.fetch("select id, sequence from ledger.journal where disposition = 'entry'")
    assert {row["id"]: row["sequence"] for row in entries} == receipts
    for id, sequence in list(receipts.items())[::50]:
        message = await message_at(nc, empty_ledger.settings.stream, sequence)
        assert message is not None
        assert json.loads(message.data)["id"] == id


@pytest.mark.long
async def test_of_a_batch_without_receipts_the_first_events_count_at_most_and_sending_it_again_adds_the_others(
    empty_ledger: Ledger, intake: Running, crm: Sender, recorder: RecorderHealth
) -> None:
    """Nobody repeats anything until all is over: what a dying server has kept shows."""
    size = 400
    answered: dict[str, int] = {}

    async def keep_sending(name: str) -> None:
        for number in itertools.count(1):
            answered[f"{name}-{number}"] = (await crm.send_batch(calls(size, f"{name}-{number}"))).status_code

    async def took(count: int) -> bool:
        return list(answered.values()).count(201) >= count

    senders = [asyncio.create_task(keep_sending(f"s{number}")) for number in range(3)]
    for _ in range(4):
        wanted = list(answered.values()).count(201) + 3
        await until(partial(took, wanted), f"not {wanted} batches are taken")
        await empty_ledger.servers.restart_nats(kill=True)
    await until(partial(took, list(answered.values()).count(201) + 1), "nothing more is taken")
    for each in senders:
        each.cancel()
    await asyncio.gather(*senders, return_exceptions=True)

    connection = await empty_ledger.connect()
    names = {
        *answered,
        *(f"s{number}-{last + 1}" for number, last in _last(answered).items()),
    }  # sent last, not answered

    async def entries() -> dict[str, list[int]]:
        await empty_ledger.recorded()
        query = "select id, sequence from ledger.journal where disposition = 'entry' order by sequence"
        found: dict[str, list[int]] = {name: [] for name in names}
        for row in await connection.fetch(query):
            batch, _, number = row["id"].rpartition("-")
            found[batch].append(int(number))
        return found

    assert set(answered.values()) <= {201, 503}
    for name, numbers in (await entries()).items():
        assert numbers == list(range(1, len(numbers) + 1)), name
        assert answered.get(name) != 201 or len(numbers) == size, name

    for name in names:
        assert (await crm.send_batch(calls(size, name))).status_code in (200, 201)
    everything = list(range(1, size + 1))
    assert {name: sorted(numbers) for name, numbers in (await entries()).items()} == dict.fromkeys(names, everything)


def _last(answered: Iterable[str]) -> dict[int, int]:
    """The number of the last batch of each sender that was answered."""
    last = dict.fromkeys(range(3), 0)
    for each in answered:
        sender, number = (int(word) for word in each.removeprefix("s").split("-"))
        last[sender] = max(last[sender], number)
    return last


@pytest.mark.long
async def test_while_nats_is_away_the_answer_is_503_and_ready_says_so(
    empty_ledger: Ledger, crm: Sender, client: httpx.AsyncClient
) -> None:
    nats = empty_ledger.servers.nats
    await nats.stop()
    try:
        response = await crm.send(call())
        assert response.status_code == 503
        assert response.json()["type"] == "urn:daybook:problem:stream-away"
        assert "retry-after" in response.headers
        assert (await client.get(f"{crm.url}/ready")).status_code == 503
        assert (await client.get(f"{crm.url}/health")).status_code == 200
    finally:
        await nats.start()
    receipt = await asyncio.wait_for(crm.send_until_taken(call()), 30)
    assert receipt["sequence"] == 1
    assert await empty_ledger.last_sequence() == 1

    async def ready_again() -> bool:
        return (await client.get(f"{crm.url}/ready")).status_code == 200

    await until(ready_again, "intake is not ready again")


@pytest.mark.long_cases
@pytest.mark.parametrize("batched", [False, True])
async def test_intake_killed_while_many_send_loses_nothing_acknowledged(
    empty_ledger: Ledger, client: httpx.AsyncClient, recorder: RecorderHealth, batched: bool
) -> None:
    token = await empty_ledger.source("crm")
    acknowledged: list[dict[str, object]] = []
    async with empty_ledger.process("intake") as process:
        crm = Sender(client, int(process.url.rpartition(":")[2]), token)

        async def keep_sending(name: str) -> None:
            number = 0
            while True:
                number += 1
                batch = calls(10, f"{name}-{number}") if batched else [call(f"{name}-{number}")]
                response = await (crm.send_batch(batch) if batched else crm.send(batch[0]))
                assert response.status_code == 201
                acknowledged.extend(response.json() if batched else [response.json()])

        senders = [asyncio.create_task(keep_sending(f"s{number}")) for number in range(10)]

        async def some() -> bool:
            return len(acknowledged) >= 200

        await until(some, "nothing is acknowledged")
        await process.kill()
        ends = await asyncio.gather(*senders, return_exceptions=True)
        assert all(isinstance(each, httpx.TransportError) for each in ends), ends

    last = await empty_ledger.recorded()
    connection = await empty_ledger.connect()
    rows = await connection.fetch("select id, sequence from ledger.journal where disposition = 'entry'")
    entries = {row["id"]: row["sequence"] for row in rows}
    assert {each["id"]: each["sequence"] for each in acknowledged}.items() <= entries.items()
    assert len(rows) == len(entries) == last  # and nothing is there twice
    if batched:
        assert last % 10 == 0  # what was not acknowledged is whole or absent


async def test_intake_told_to_stop_answers_what_it_has_begun(
    empty_ledger: Ledger, client: httpx.AsyncClient, recorder: RecorderHealth
) -> None:
    token = await empty_ledger.source("crm")
    acknowledged: dict[str, int] = {}
    async with empty_ledger.process("intake") as process:
        crm = Sender(client, int(process.url.rpartition(":")[2]), token)

        async def keep_sending(name: str) -> None:
            for number in itertools.count(1):
                receipt = (await crm.send(call(f"{name}-{number}"))).json()
                acknowledged[receipt["id"]] = receipt["sequence"]

        senders = [asyncio.create_task(keep_sending(f"s{number}")) for number in range(10)]

        async def some() -> bool:
            return len(acknowledged) >= 100

        await until(some, "nothing is acknowledged")
        await process.stop()
        ends = await asyncio.gather(*senders, return_exceptions=True)
        assert all(isinstance(each, httpx.TransportError) for each in ends), ends

    await empty_ledger.recorded()
    connection = await empty_ledger.connect()
    rows = await connection.fetch("select id, sequence from ledger.journal where disposition = 'entry'")
    assert {row["id"]: row["sequence"] for row in rows} == acknowledged


@pytest.mark.long
async def test_nothing_is_taken_into_a_stream_that_the_database_does_not_name(
    empty_ledger: Ledger, intake: Running, crm: Sender
) -> None:
    owner = await empty_ledger.connect()
    await owner.execute("update ledger.identity set stream_name = 'OTHER'")

    async def refuses() -> bool:
        return (await crm.send(call("c-1"))).status_code == 503

    await until(refuses, "it takes events")
    before = await empty_ledger.last_sequence()
    refused = (await crm.send(call("c-2"))).json()
    assert refused["type"] == "urn:daybook:problem:stream-foreign"
    assert await empty_ledger.last_sequence() == before
    await owner.execute("update ledger.identity set stream_name = 'DAYBOOK'")

    async def takes() -> bool:
        return (await crm.send(call("c-2"))).status_code == 201

    await until(takes, "it takes nothing")
