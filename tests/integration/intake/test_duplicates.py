"""Checks that the same event sent again counts once, and that its receipt names the original."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.intake.service import Running, running
from services.recorder.health import RecorderHealth
from services.stream.state import ask
from tests.integration.intake.conftest import on_a_free_port
from tests.integration.intake.sending import BATCH, Sender, call, calls, kinds
from tests.ledger import Ledger
from tests.service import Service, until


async def entries(ledger: Ledger) -> list[str]:
    """Ids of the entries of the journal, in order, when it holds all of the stream."""
    await ledger.recorded()
    connection = await ledger.connect()
    rows = await connection.fetch("select id from ledger.journal where disposition = 'entry' order by sequence")
    return [row["id"] for row in rows]


async def forget_identities(ledger: Ledger) -> None:
    """Let the stream's duplicate window end: from now on the journal alone knows."""
    nc = await ledger.nats()
    config = (await ask(nc, f"STREAM.INFO.{ledger.settings.stream}"))["config"]
    answer = await ask(nc, f"STREAM.UPDATE.{ledger.settings.stream}", config | {"duplicate_window": 100_000_000})
    assert "error" not in answer
    await asyncio.sleep(0.3)  # the window itself is time


async def test_beyond_the_streams_window_the_journal_knows_the_original(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send_batch(calls(3))
    await empty_ledger.recorded()
    await forget_identities(empty_ledger)

    again = await crm.send(call("c-2"))

    assert (again.status_code, again.json()) == (200, {"id": "c-2", "sequence": 2, "duplicate": True})
    assert await empty_ledger.last_sequence() == 3


async def test_other_content_under_the_same_id_is_a_conflict_that_names_the_original(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send_batch(calls(3))
    await empty_ledger.recorded()

    other = await crm.send_batch([call("c-9"), call("c-2", data={"outcome": "callback"})])

    assert other.status_code == 409
    assert kinds(other) == [(1, "id", "conflict")]
    assert other.json()["errors"][0]["sequence"] == 2
    assert await empty_ledger.last_sequence() == 3


async def test_a_batch_with_one_duplicate_inside_adds_the_others_as_one(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send(call("c-3"))
    await empty_ledger.recorded()

    response = await crm.send_batch(calls(5))

    assert response.status_code == 201
    assert [(each["sequence"], each["duplicate"]) for each in response.json()] == [
        (2, False),
        (3, False),
        (1, True),
        (4, False),
        (5, False),
    ]
    assert await entries(empty_ledger) == ["c-3", "c-1", "c-2", "c-4", "c-5"]


@pytest.mark.long
async def test_what_the_stream_has_and_the_journal_has_not_yet_is_waited_for(
    empty_ledger: Ledger, crm: Sender, recorder_process: Service
) -> None:
    await crm.send(call("c-0"))
    await empty_ledger.recorded()
    os.kill(recorder_process.process.pid, signal.SIGSTOP)
    try:
        await crm.send(call("c-3"))
        sending = asyncio.create_task(crm.send_batch(calls(5)))
        await asyncio.sleep(0)
    finally:
        os.kill(recorder_process.process.pid, signal.SIGCONT)
    response = await sending

    assert response.status_code == 201
    assert [each["sequence"] for each in response.json()] == [3, 4, 2, 5, 6]
    assert await entries(empty_ledger) == ["c-0", "c-3", "c-1", "c-2", "c-4", "c-5"]


@pytest.mark.long
async def test_without_a_recorder_a_batch_that_cannot_be_resolved_is_refused_for_now(
    empty_ledger: Ledger, crm: Sender
) -> None:
    await crm.send(call("c-3"))

    response = await crm.send_batch(calls(5))

    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    assert response.json()["type"] == "urn:daybook:problem:unresolved"
    assert await empty_ledger.last_sequence() == 1


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("data", "status", "sequence"), [({"outcome": "interested"}, 200, 1), ({"outcome": "callback"}, 409, None)]
)
async def test_without_a_recorder_the_stream_tells_about_a_single_event(
    crm: Sender, data: dict[str, Any], status: int, sequence: int | None
) -> None:
    await crm.send(call())

    again = await crm.send(call(data=data))

    assert again.status_code == status
    assert again.json().get("sequence") == sequence


async def test_a_batch_whose_reply_was_lost_is_recorded_once(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    body = json.dumps(calls(200)).encode()
    head = (
        f"POST /events HTTP/1.1\r\nHost: daybook\r\nAuthorization: Bearer {crm.token}\r\nContent-Type: {BATCH}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(crm.url).port)
    writer.write(head.encode() + body)

    async def all_in_the_stream() -> bool:
        return await empty_ledger.last_sequence() == 200

    await until(all_in_the_stream, "the batch is not in the stream")
    writer.transport.abort()

    again = await crm.send_batch(calls(200))

    assert again.status_code == 200
    assert [(each["sequence"], each["duplicate"]) for each in again.json()] == [(n, True) for n in range(1, 201)]
    assert await entries(empty_ledger) == [each["id"] for each in calls(200)]


async def test_the_same_event_twice_in_a_batch_counts_once(empty_ledger: Ledger, crm: Sender) -> None:
    response = await crm.send_batch([call("c-1"), call("c-2"), call("c-1")])

    assert response.status_code == 201
    assert [(each["sequence"], each["duplicate"]) for each in response.json()] == [(1, False), (2, False), (1, True)]
    assert await empty_ledger.last_sequence() == 2


async def test_one_id_for_two_events_of_a_batch_is_a_conflict(empty_ledger: Ledger, crm: Sender) -> None:
    response = await crm.send_batch([call("c-1"), call("c-2"), call("c-1", data={})])

    assert response.status_code == 409
    assert kinds(response) == [(2, "id", "conflict")]
    assert await empty_ledger.last_sequence() == 0


async def test_sources_do_not_share_ids(
    empty_ledger: Ledger, intake: Running, crm: Sender, client: httpx.AsyncClient
) -> None:
    other = Sender(client, intake.port, await empty_ledger.source("telephony"))

    first, second = await crm.send(call()), await other.send(call(source="telephony"))

    assert [first.json()["sequence"], second.json()["sequence"]] == [1, 2]
    assert (first.json()["duplicate"], second.json()["duplicate"]) == (False, False)


class TestRaces:
    """Races of one identity, sent many times at the same moment."""

    @pytest.fixture
    async def crm_elsewhere(
        self, empty_ledger: Ledger, crm: Sender, client: httpx.AsyncClient
    ) -> AsyncIterator[Sender]:
        """The source of `crm` at a second intake."""
        async with running(on_a_free_port(empty_ledger.settings)) as other:
            yield Sender(client, other.port, crm.token)

    async def test_fifty_senders_of_one_event_make_one_entry(
        self, empty_ledger: Ledger, crm: Sender, crm_elsewhere: Sender, recorder: RecorderHealth
    ) -> None:
        doors = [crm, crm_elsewhere]

        responses = await asyncio.gather(*(doors[number % 2].send(call()) for number in range(50)))

        assert {each.json()["sequence"] for each in responses} == {1}
        assert sorted(each.status_code for each in responses) == [200] * 49 + [201]
        assert await empty_ledger.last_sequence() == 1
        assert await entries(empty_ledger) == ["c-1"]

    async def test_of_fifty_contents_under_one_id_one_counts_and_the_others_are_told(
        self, empty_ledger: Ledger, crm: Sender, crm_elsewhere: Sender, recorder: RecorderHealth
    ) -> None:
        doors = [crm, crm_elsewhere]
        contents = [call(data={"duration_s": number}) for number in range(50)]

        responses = await asyncio.gather(*(doors[number % 2].send(each) for number, each in enumerate(contents)))

        assert sorted(each.status_code for each in responses) == [201] + [409] * 49
        assert {each.json()["errors"][0]["sequence"] for each in responses if each.status_code == 409} == {1}
        assert await empty_ledger.last_sequence() == 1

    async def test_overlapping_batches_are_each_whole(
        self, empty_ledger: Ledger, crm: Sender, crm_elsewhere: Sender, recorder: RecorderHealth
    ) -> None:
        doors = [crm, crm_elsewhere]
        all_calls = calls(100)
        batches = [all_calls[start : start + 40] for start in range(0, 61, 10)]

        responses = await asyncio.gather(*(doors[number % 2].send_batch(each) for number, each in enumerate(batches)))

        assert {each.status_code for each in responses} <= {200, 201}
        where: dict[str, set[int]] = {}
        for receipt in (receipt for each in responses for receipt in each.json()):
            where.setdefault(receipt["id"], set()).add(receipt["sequence"])
        assert {len(each) for each in where.values()} == {1}
        assert await empty_ledger.last_sequence() == 100
        assert sorted(await entries(empty_ledger)) == sorted(each["id"] for each in all_calls)
