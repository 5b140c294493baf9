"""Every message becomes one row, at its sequence, with the disposition that is due to it."""

import json

import pytest

from tests.integration.recorder.events import call, event, payment, stored
from tests.integration.recorder.recording import assert_recorded, concerned, dispositions, journal, recorder
from tests.ledger import Ledger


async def test_the_journal_is_the_stream_in_order(ledger: Ledger) -> None:
    await ledger.append(*[call(f"D-{number % 7}") for number in range(40)], payment())
    async with recorder(ledger):
        await ledger.append(*[call(f"D-{number % 5}") for number in range(40)])
        await ledger.recorded()
    await assert_recorded(ledger)
    rows = await journal(ledger)
    assert rows[0]["subject"].startswith("playbook/")
    assert rows[-1]["message"] == stored(json.loads(rows[-1]["message"]))


async def test_an_entry_concerns_all_that_it_names(empty_ledger: Ledger) -> None:
    await empty_ledger.append(payment("A-1", deal="D-9"))
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert await concerned(empty_ledger, 1) == {"account/A-1", "deal/D-9"}


@pytest.mark.parametrize("apart", [1, 2500])
async def test_an_identity_counts_once(empty_ledger: Ledger, apart: int) -> None:
    first, other = call(id="the same", note="one"), call(id="the same", note="two")
    between = [stored(call()) for _ in range(apart)]
    await empty_ledger.publish(stored(first), "daybook.deal.D-1")
    nc = await empty_ledger.nats()
    for message in between:
        await nc.publish("daybook.deal.D-1", message)
    await nc.flush()
    for said in (first, other, first):
        await empty_ledger.publish(stored(said), "daybook.deal.D-1")
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    await assert_recorded(empty_ledger)
    rows = (await journal(empty_ledger))[-3:]
    assert [(row["disposition"], row["original"]) for row in rows] == [
        ("duplicate", 1),
        ("conflict", 1),
        ("duplicate", 1),
    ]
    assert rows[1]["reason"] == "entry 1 has this identity: they differ in data.note"


async def test_the_same_id_of_two_sources_names_two_events(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(id="1"), call(id="1", source="telephony"))
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert await dispositions(empty_ledger) == ["entry", "entry"]


@pytest.mark.parametrize(
    ("message", "subject", "reason"),
    [
        (b"", "daybook.deal.D-1", "not JSON"),
        (b"\x00\xff garbage", "daybook.deal.D-1", "not UTF-8"),
        (b"x" * 60_000, "daybook.deal.D-1", "not JSON"),
        (stored(call(note="x" * 3000)).replace(b"x" * 3000, b"x" * 60_000), "daybook.deal.D-1", "49152"),
        (json.dumps(call()).encode(), "daybook.deal.D-1", "not in canonical form"),
        (stored(call("D-1")), "daybook.deal.D-2", "under the stream's subject daybook.deal.D-2"),
        (stored(call("D-1")), "daybook.deal.not for us:\x00?", "under the stream's subject"),
        (stored(call()).replace(b".v1", b".v7"), "daybook.deal.D-1", "unknown event type"),
    ],
    ids=["nothing", "bytes", "long", "too_large", "not_canonical", "elsewhere", "odd_subject", "unknown_type"],
)
async def test_an_unreadable_message_is_kept_with_the_reason(
    empty_ledger: Ledger, message: bytes, subject: str, reason: str
) -> None:
    odd = subject.replace(" ", "_")
    nc = await empty_ledger.nats()
    await nc._send_publish(odd, "", message, len(message), None)
    await empty_ledger.append(call())
    async with recorder(empty_ledger):
        await empty_ledger.recorded(2)
    await assert_recorded(empty_ledger)
    rows = await journal(empty_ledger)
    assert [row["disposition"] for row in rows] == ["unreadable", "entry"]
    assert reason in rows[0]["reason"]
    assert rows[0]["message"] == message
    assert rows[0]["source"] is None


async def test_headers_of_messages_are_of_no_account(empty_ledger: Ledger) -> None:
    await empty_ledger.publish(stored(event("deal_lost", "deal/D-1")), "daybook.deal.D-1", {"Status": "404", "X": "é?"})
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert await dispositions(empty_ledger) == ["entry"]
