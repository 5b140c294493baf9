"""A frozen PostgreSQL keeps its connections and answers nothing: for intake it is away, and no sender waits for it."""

import asyncio
import itertools
import time
from collections.abc import Iterator

import pytest

from tests.freezing import frozen
from tests.integration.intake.sending import Sender, call, calls, invoice
from tests.ledger import Ledger
from tests.service import until

PROMISED_S = 3.0


@pytest.fixture
async def known(crm: Sender) -> Sender:
    """A source that intake knows, with connections to PostgreSQL open."""
    assert (await crm.send(call("before"))).status_code == 201
    return crm


@pytest.fixture
def postgres_frozen(empty_ledger: Ledger, known: Sender) -> Iterator[None]:
    with frozen(empty_ledger.servers.postgres.process):
        yield


async def timed(sender: Sender, event: dict[str, object]) -> float:
    began = time.monotonic()
    response = await sender.send(event)
    assert response.status_code == 201, response.text
    return time.monotonic() - began


async def test_the_first_event_is_taken_within_three_seconds_and_later_ones_at_once(
    crm: Sender, postgres_frozen: None
) -> None:
    first = await timed(crm, call("c-1"))
    assert first < PROMISED_S

    # Long enough for several rounds of asking: none of them is at a sender's expense.
    until_then, slowest, number = time.monotonic() + 6, 0.0, 1
    while time.monotonic() < until_then:
        number += 1
        slowest = max(slowest, await timed(crm, call(f"c-{number}")))
    assert slowest < 1.0


@pytest.mark.long
async def test_many_that_send_at_once_wait_no_longer_than_one(empty_ledger: Ledger, crm: Sender, known: Sender) -> None:
    async def slowest(prefix: str) -> float:
        async def keep_sending(name: int) -> float:
            return max([await timed(crm, call(f"{prefix}{name}-{number}")) for number in range(5)])

        return max(await asyncio.gather(*map(keep_sending, range(20))))

    ordinary = await slowest("o")  # what a busy machine takes anyway
    with frozen(empty_ledger.servers.postgres.process):
        assert await slowest("f") < PROMISED_S + ordinary


@pytest.mark.long
async def test_events_that_arrive_while_the_first_waits_do_not_wait_anew(crm: Sender, postgres_frozen: None) -> None:
    async def later(delay_s: float) -> float:
        await asyncio.sleep(delay_s)  # arrivals spread over the time in which the first look-up fails
        return await timed(crm, call(f"l-{delay_s}"))

    waited = await asyncio.gather(*(later(each / 10) for each in range(30)))
    assert max(waited) < PROMISED_S


@pytest.mark.long
async def test_batches_and_money_are_taken_within_three_seconds(crm: Sender, postgres_frozen: None) -> None:
    began = time.monotonic()
    responses = await asyncio.gather(crm.send_batch(calls(100)), crm.send(invoice("i-1", "10.00")))
    assert [each.status_code for each in responses] == [201, 201]
    assert time.monotonic() - began < PROMISED_S


@pytest.mark.long
async def test_intake_stays_ready_and_says_that_the_journal_does_not_answer(crm: Sender, postgres_frozen: None) -> None:
    async def says_so() -> bool:
        response = await crm.client.get(f"{crm.url}/ready")
        assert response.status_code == 200, response.text
        return response.json()["state"]["journal"] is False

    await until(says_so, "intake does not see that PostgreSQL is frozen", deadline_s=5)


@pytest.mark.long
async def test_a_connection_to_nats_that_is_renewed_meanwhile_holds_nobody_up(
    empty_ledger: Ledger, crm: Sender, known: Sender
) -> None:
    with frozen(empty_ledger.servers.postgres.process):
        await empty_ledger.servers.restart_nats(kill=True)
        await crm.send_until_taken(call("c-1"))
        for number in range(2, 12):
            assert await timed(crm, call(f"c-{number}")) < PROMISED_S


@pytest.mark.long
async def test_a_token_that_is_not_known_is_answered_in_time(crm: Sender, postgres_frozen: None) -> None:
    crm.token = "dbk_" + "A" * 43
    began = time.monotonic()
    response = await crm.send(call("c-1"))
    assert (response.status_code, response.json()["type"]) == (503, "urn:daybook:problem:journal-away")
    assert time.monotonic() - began < PROMISED_S


@pytest.mark.long
async def test_what_became_of_an_event_is_refused_in_time(crm: Sender, postgres_frozen: None) -> None:
    began = time.monotonic()
    assert (await crm.fate("before")).status_code == 503
    assert time.monotonic() - began < PROMISED_S


@pytest.mark.long
async def test_once_it_answers_again_intake_looks_into_the_journal(
    empty_ledger: Ledger, crm: Sender, known: Sender
) -> None:
    with frozen(empty_ledger.servers.postgres.process):
        assert (await crm.send(call("c-1"))).json()["duplicate"] is None
    number = itertools.count(2)

    async def is_sure_again() -> bool:
        return (await crm.send(call(f"c-{next(number)}"))).json()["duplicate"] is False

    await until(is_sure_again, "intake does not look into the journal again", deadline_s=10)
