"""Checks that users of the stream notice when it is no longer the ledger's, and do no harm from then on."""

import asyncio
import os

import httpx
import pytest

from services.errors import StillRecording, StreamMismatch
from services.reconcile.plan import Action
from services.stream import follow
from tests.integration.reconcile.damage import flip, rewind, snapshot
from tests.integration.reconcile.putting_right import applied, assert_whole, looked, recorded
from tests.integration.reconcile.test_killed import dies
from tests.integration.recorder.events import call, stored
from tests.integration.recorder.recording import journal, recorder
from tests.ledger import Ledger
from tests.service import Service, until


@pytest.mark.long
async def test_a_stream_that_was_rewound_and_went_further_than_the_journal_while_nobody_looked(
    empty_ledger: Ledger,
) -> None:
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    await empty_ledger.append(*[call(id=f"other {number}") for number in range(5)])
    other = await snapshot(empty_ledger)
    await rewind(empty_ledger, older)
    before = await recorded(empty_ledger, 3)
    assert len(before) == 4
    async with empty_ledger.process("recorder") as process:  # begins at 5, and nothing has come since

        async def leads() -> bool:
            return "recorder_started" in process.output()

        await until(leads, "it does not lead", process.output)
        await rewind(empty_ledger, other)
        assert await process.ends() == 2
        assert "Message by message: 3 held by other messages: 2-4." in process.output()
    assert [dict(row) for row in await journal(empty_ledger)] == before
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[4:]] == [f"other {number}" for number in (3, 4, 0, 1, 2)]


@pytest.mark.long
async def test_the_same_message_sent_again_at_the_place_where_the_journal_ends(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 1)
    await rewind(empty_ledger, older)
    await empty_ledger.append(call(id="recorded 0"), call(id="later"))
    async with recorder(empty_ledger) as task, asyncio.timeout(30):
        with pytest.raises(StreamMismatch, match="1 taken at another time: 2"):
            await task
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[2:]] == ["later"]


MESSAGES = 200


async def fill_two_blocks(ledger: Ledger) -> None:
    """12 MB of messages; the server's blocks have 8."""
    nc = await ledger.nats()
    for _ in range(0, MESSAGES, 20):
        some = [nc.jetstream().publish("daybook.deal.D-1", os.urandom(60_000), timeout=30) for _ in range(20)]
        await asyncio.gather(*some)


@pytest.mark.long
async def test_a_damaged_message_that_the_server_cannot_read(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "STALLED_S", 1.0)
    await fill_two_blocks(empty_ledger)
    async with recorder(empty_ledger):
        await empty_ledger.recorded(MESSAGES)
    before = [dict(row) for row in await journal(empty_ledger)]
    await flip(empty_ledger, 1)
    found = (await looked(empty_ledger)).look
    ((first, last),) = found.comparison.missing
    assert found.action is Action.MAKE_ANEW
    assert 1 < first == last < MESSAGES
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_a_damaged_message_that_nobody_has_recorded(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "STALLED_S", 1.0)
    await fill_two_blocks(empty_ledger)
    await flip(empty_ledger, 1)
    async with recorder(empty_ledger) as task, asyncio.timeout(60):
        with pytest.raises(StreamMismatch) as raised:
            await task
    before = [dict(row) for row in await journal(empty_ledger)]
    found = (await looked(empty_ledger)).look
    ((first, last),) = found.comparison.lost
    assert f"does not hold the message at sequence {first}:" in str(raised.value)
    assert len(before) < first
    before_it = [(len(before) + 1, first - 1)] if len(before) + 1 < first else []
    assert found.comparison.beyond == [*before_it, (last + 1, MESSAGES)]
    done = await applied(empty_ledger)
    assert ((last + 1, MESSAGES), (first, MESSAGES - 1)) in [(each.old, each.new) for each in done.moved]
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_nothing_is_changed_while_a_recorder_leads(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 2)
    async with recorder(empty_ledger):
        await empty_ledger.append(call(id="second"))
        await empty_ledger.recorded()
        with pytest.raises(StillRecording, match="Stop every recorder"):
            await applied(empty_ledger, patience_s=0.5)
    await rewind(empty_ledger, older)
    await applied(empty_ledger)
    rows = await assert_whole(empty_ledger, before)
    assert rows[-1]["id"] == "second"


async def sent(intake: Service, token: str, id: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(
            f"{intake.url}/events",
            content=stored(call(id=id)),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"},
        )


@pytest.mark.long
async def test_intake_takes_nothing_into_a_stream_that_was_rewound(empty_ledger: Ledger) -> None:
    token = await empty_ledger.source("crm")
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 2)
    async with empty_ledger.process("intake") as intake:
        assert (await sent(intake, token, "taken")).status_code == 201
        await rewind(empty_ledger, older)

        async def answers() -> bool:
            return bool((await sent(intake, token, "refused")).json()["type"] == "urn:daybook:problem:stream-foreign")

        await until(answers, "it does not refuse", intake.output)
        assert await empty_ledger.last_sequence() == 1  # nothing was taken on the way there
        refused = await sent(intake, token, "refused")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        async with httpx.AsyncClient() as client:

            async def is_not_ready() -> bool:  # the answer may be a second old
                return (await client.get(f"{intake.url}/ready")).status_code == 503

            await until(is_not_ready, "it is ready", intake.output)
            (reason,) = (await client.get(f"{intake.url}/ready")).json()["reasons"]
            assert reason["code"] == "stream_foreign"
            assert "its messages 2-3 are missing" in reason["detail"]
        assert (await sent(intake, token, "recorded 0")).json()["duplicate"] is True
        await dies(empty_ledger, "writing", 1, 1)
        assert (await sent(intake, token, "refused")).status_code == 503
        await applied(empty_ledger)
        await intake.ready()
        taken = await sent(intake, token, "refused")
        assert (taken.status_code, taken.json()["sequence"]) == (201, 4)
    rows = await assert_whole(empty_ledger, before)
    assert [row["id"] for row in rows[3:]] == ["refused"]


@pytest.mark.long
async def test_intake_takes_nothing_into_a_stream_whose_numbers_were_used_again(empty_ledger: Ledger) -> None:
    token = await empty_ledger.source("crm")
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    await empty_ledger.append(*[call(id=f"other {number}") for number in range(5)])
    longer = await snapshot(empty_ledger)
    await rewind(empty_ledger, older)
    before = await recorded(empty_ledger, 2)
    async with empty_ledger.process("intake") as intake:
        await rewind(empty_ledger, longer)  # the same stream by its time, without a hole, and longer than the journal

        async def refuses() -> bool:
            return bool((await sent(intake, token, "refused")).json()["type"] == "urn:daybook:problem:stream-foreign")

        await until(refuses, "it does not refuse", intake.output)
        assert await empty_ledger.last_sequence() == 6  # nothing was taken on the way there
        assert "at sequence 3, where the journal ends, it holds another message" in intake.output()
    await applied(empty_ledger)
    await assert_whole(empty_ledger, before)


async def test_what_was_acknowledged_into_a_rewound_stream_is_kept(empty_ledger: Ledger) -> None:
    token = await empty_ledger.source("crm")
    await empty_ledger.append(call(id="first"))
    older = await snapshot(empty_ledger)
    before = await recorded(empty_ledger, 2)
    await rewind(empty_ledger, older)
    assert await empty_ledger.append(call(id="acknowledged")) == [2]  # by an intake that has not looked since
    done = await applied(empty_ledger)
    assert [(each.old, each.new) for each in done.moved] == [((2, 2), (4, 4))]
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
        async with empty_ledger.process("intake") as intake:
            again = await sent(intake, token, "acknowledged")
            assert (again.json()["sequence"], again.json()["duplicate"]) == (4, True)
    await assert_whole(empty_ledger, before)


@pytest.mark.long
async def test_the_stream_knows_what_was_put_back_before_the_recorder_does(empty_ledger: Ledger) -> None:
    before = await recorded(empty_ledger, 2)
    (sequence,) = await empty_ledger.append(call(id="late"))
    await flip_content(empty_ledger)
    await applied(empty_ledger)
    assert await empty_ledger.last_sequence() == 4
    assert await empty_ledger.append(call(id="late")) == [sequence]  # within its window, as before
    assert await empty_ledger.last_sequence() == 4
    await assert_whole(empty_ledger, before)


async def flip_content(ledger: Ledger) -> None:
    from tests.integration.reconcile.damage import exchange

    await exchange(ledger, lambda each: each._replace(data=b"x") if each.sequence == 1 else each)
