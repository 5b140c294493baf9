"""With PostgreSQL away the stream alone decides: single events are taken, and what cannot be told is not guessed."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.integration.intake.sending import Sender, call, calls, invoice
from tests.ledger import Ledger
from tests.service import until


@pytest.fixture
async def postgres_away(empty_ledger: Ledger, crm: Sender) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Nobody gets into the ledger's database any more, once the source is known; gives the way back."""
    await crm.send(call("before"))
    admin, database = empty_ledger.servers.admin, empty_ledger.database

    async def back() -> None:
        await admin(f"alter database {database} allow_connections true")

    await admin(f"alter database {database} allow_connections false")
    await admin(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'")
    yield back
    await back()


async def test_single_events_are_taken_and_nobody_claims_that_they_are_new(
    empty_ledger: Ledger, crm: Sender, postgres_away: object
) -> None:
    response = await crm.send(call("c-1"))

    assert (response.status_code, response.json()) == (201, {"id": "c-1", "sequence": 2, "duplicate": None})


async def test_within_its_window_the_stream_knows_a_single_duplicate_and_its_content(
    empty_ledger: Ledger, crm: Sender, postgres_away: object
) -> None:
    same, other = await crm.send(call("before")), await crm.send(call("before", data={}))

    assert (same.status_code, same.json()) == (200, {"id": "before", "sequence": 1, "duplicate": True})
    assert other.status_code == 409
    assert other.json()["errors"][0]["sequence"] == 1
    assert await empty_ledger.last_sequence() == 1


async def test_a_batch_without_duplicates_is_taken_whole(
    empty_ledger: Ledger, crm: Sender, postgres_away: object
) -> None:
    response = await crm.send_batch(calls(3))

    assert response.status_code == 201
    assert [(each["sequence"], each["duplicate"]) for each in response.json()] == [(2, None), (3, None), (4, None)]


async def test_a_batch_with_a_duplicate_cannot_be_resolved_and_comes_again(
    empty_ledger: Ledger, crm: Sender, postgres_away: Callable[[], Awaitable[None]]
) -> None:
    batch = [*calls(3), call("before")]
    refused = await crm.send_batch(batch)

    assert refused.status_code == 503
    assert "retry-after" in refused.headers
    assert refused.json()["type"] == "urn:daybook:problem:unresolved"
    assert await empty_ledger.last_sequence() == 1

    await postgres_away()
    async with empty_ledger.process("recorder"):

        async def taken() -> bool:
            return (await crm.send_batch(batch)).status_code == 201

        await until(taken, "the batch is not taken")
    assert await empty_ledger.last_sequence() == 4


async def test_faults_are_still_named_and_strangers_are_not_told_that_they_are_unknown(
    crm: Sender, postgres_away: object
) -> None:
    assert (await crm.send(invoice("i-1", 1.5))).status_code == 422
    crm.token = "dbk_" + "A" * 43
    stranger = await crm.send(call("c-1"))
    assert stranger.status_code == 503
    assert stranger.json()["type"] == "urn:daybook:problem:journal-away"


async def test_what_became_of_an_event_cannot_be_said(crm: Sender, postgres_away: object) -> None:
    response = await crm.fate("before")

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"


async def test_intake_recovers_by_itself(
    empty_ledger: Ledger, crm: Sender, postgres_away: Callable[[], Awaitable[None]]
) -> None:
    assert (await crm.send(call("c-1"))).json()["duplicate"] is None
    await postgres_away()
    number = 0

    async def is_sure_again() -> bool:
        nonlocal number
        number += 1
        return (await crm.send(call(f"n-{number}"))).json()["duplicate"] is False

    await until(is_sure_again, "intake does not look into the journal again")


async def test_postgres_killed_while_many_send_stops_nobody(empty_ledger: Ledger, crm: Sender) -> None:
    taken: list[int] = []
    restarted = asyncio.Event()

    async def keep_sending(name: str) -> None:
        for number in itertools.count(1):
            response = await crm.send(call(f"{name}-{number}"))
            assert response.status_code == 201, response.text
            taken.append(response.json()["sequence"])
            if restarted.is_set() and response.json()["duplicate"] is False:
                return

    await crm.send(call("before"))
    senders = [asyncio.create_task(keep_sending(f"s{number}")) for number in range(10)]
    await empty_ledger.servers.restart_postgres(kill=True)
    restarted.set()
    await asyncio.gather(*senders)

    assert sorted(taken) == list(range(2, len(taken) + 2))
