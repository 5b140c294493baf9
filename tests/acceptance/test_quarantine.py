"""`daybook quarantine`: what does not count is found, sent again when that helps, or left out for good."""

import json
from typing import Any

import pytest

from tests.integration.recorder.events import call, event, stored
from tests.integration.recorder.recording import assert_recorded, dispositions, journal, recorder
from tests.ledger import Ledger
from tests.up import daybook


async def command(ledger: Ledger, *words: str) -> tuple[int, str, str]:
    at = ledger.endpoints
    return await daybook("quarantine", *words, nats_url=at.nats_url, database_url=at.database_url)


async def quarantine(ledger: Ledger, *words: str, code: int = 0) -> Any:
    """The command's JSON, or what it says on standard error when it fails."""
    ended, out, err = await command(ledger, *words, *(() if code else ("--json",)))
    assert ended == code, out + err
    return err if code else json.loads(out)


async def recorded(ledger: Ledger, *messages: tuple[bytes, str]) -> None:
    for message, subject in messages:
        await ledger.publish(message, subject)
    async with recorder(ledger):
        await ledger.recorded()


@pytest.mark.long
async def test_the_list_shows_what_waits_and_show_tells_all_of_it(empty_ledger: Ledger) -> None:
    first, other = call(id="c", note="one"), call(id="c", note="two")
    await recorded(
        empty_ledger,
        (stored(first), "daybook.deal.D-1"),
        (stored(other), "daybook.deal.D-1"),
        (b"\xffgarbage", "daybook.deal.D-2"),
    )
    listed = (await quarantine(empty_ledger, "list"))["quarantined"]
    assert [(each["sequence"], each["disposition"], each["source"], each["id"]) for each in listed] == [
        (2, "conflict", "crm", "c"),
        (3, "unreadable", None, None),
    ]
    conflict = await quarantine(empty_ledger, "show", "2")
    assert conflict["original"] == 1
    assert json.loads(conflict["message"])["data"]["note"] == "said two"
    assert json.loads(conflict["original_message"])["data"]["note"] == "said one"
    assert "data.note" in conflict["reason"]
    unreadable = await quarantine(empty_ledger, "show", "3")
    assert unreadable["message_base64"] == "/2dhcmJhZ2U="
    assert unreadable["stream_subject"] == "daybook.deal.D-2"
    ended, out, _ = await command(empty_ledger, "list")
    assert ended == 0
    assert "crm/c" in out


@pytest.mark.long
async def test_a_dismissed_message_leaves_the_list_and_stays_in_the_journal(empty_ledger: Ledger) -> None:
    await recorded(empty_ledger, (b"garbage", "daybook.deal.D-1"))
    assert "Say why" in await quarantine(empty_ledger, "dismiss", "1", "--reason", " ", code=2)
    decided = await quarantine(empty_ledger, "dismiss", "1", "--reason", "a test", "--by", "Li")
    assert (decided["decision"], decided["reason"], decided["by"]) == ("dismiss", "a test", "Li")
    assert (await quarantine(empty_ledger, "list"))["quarantined"] == []
    assert (await quarantine(empty_ledger, "show", "1"))["decisions"] == [decided]
    assert await dispositions(empty_ledger) == ["unreadable"]
    said = await quarantine(empty_ledger, "retry", "1", code=2)
    assert "was dismissed by Li" in said


@pytest.mark.long
async def test_an_event_not_in_canonical_form_counts_once_it_is_sent_again(empty_ledger: Ledger) -> None:
    await empty_ledger.source("crm")
    said = call("D-1", id="c")
    await recorded(empty_ledger, (json.dumps(said, indent=1).encode(), "daybook.deal.elsewhere"))
    async with recorder(empty_ledger):
        decided = await quarantine(empty_ledger, "retry", "1", "--by", "Li")
        assert (decided["decision"], decided["appended"], decided["by"]) == ("retry", 2, "Li")
        await empty_ledger.recorded()
    assert await dispositions(empty_ledger) == ["unreadable", "entry"]
    assert (await journal(empty_ledger))[1]["message"] == stored(said)
    assert (await quarantine(empty_ledger, "list"))["quarantined"] == []
    assert "was sent again as 2" in await quarantine(empty_ledger, "retry", "1", code=2)
    await assert_recorded(empty_ledger)


async def test_what_is_in_the_ledger_by_now_is_not_sent_twice(empty_ledger: Ledger) -> None:
    await empty_ledger.source("crm")
    said = call("D-1", id="c")
    await recorded(empty_ledger, (json.dumps(said).encode(), "daybook.deal.D-1"), (stored(said), "daybook.deal.D-1"))
    assert (await quarantine(empty_ledger, "retry", "1"))["appended"] == 2
    assert await empty_ledger.last_sequence() == 2


async def test_a_conflict_is_never_sent_again(empty_ledger: Ledger) -> None:
    await recorded(
        empty_ledger,
        (stored(call(id="c", note="one")), "daybook.deal.D-1"),
        (stored(call(id="c", note="two")), "daybook.deal.D-1"),
    )
    said = await quarantine(empty_ledger, "retry", "2", code=2)
    assert "an id is never used twice" in said.replace("\n", " ")
    assert (await quarantine(empty_ledger, "show", "2"))["decisions"] == []


@pytest.mark.long_cases
@pytest.mark.parametrize(
    ("message", "word"),
    [
        (b"garbage", "still cannot be read"),
        (json.dumps(call()).encode(), "no source crm"),
        (json.dumps(event("deal_lost", "deal/D-1", source="telephony")).encode(), "may not send deal_lost"),
        (json.dumps(call(source="telephony") | {"time": "2999-01-01T00:00:00Z"}).encode(), "minutes ahead"),
    ],
)
async def test_the_rules_of_intake_hold_for_what_is_sent_again(empty_ledger: Ledger, message: bytes, word: str) -> None:
    await empty_ledger.source("telephony", "call_made")
    await recorded(empty_ledger, (message, "daybook.deal.D-1"))
    assert word in await quarantine(empty_ledger, "retry", "1", code=2)
    assert await empty_ledger.last_sequence() == 1
    assert len((await quarantine(empty_ledger, "list"))["quarantined"]) == 1


async def test_while_the_stream_remembers_its_id_the_message_has_to_wait(empty_ledger: Ledger) -> None:
    await empty_ledger.source("crm")
    said = call("D-1", id="c")
    await empty_ledger.publish(json.dumps(said).encode(), "daybook.deal.D-1", {"Nats-Msg-Id": "crm:c"})
    await recorded(empty_ledger)
    assert "try again in two minutes" in await quarantine(empty_ledger, "retry", "1", code=2)


@pytest.mark.long
async def test_only_what_is_in_quarantine_is_decided_about(empty_ledger: Ledger) -> None:
    await recorded(empty_ledger, (stored(call()), "daybook.deal.D-1"))
    assert "it is an entry" in await quarantine(empty_ledger, "show", "1", code=2)
    assert "it is an entry" in await quarantine(empty_ledger, "dismiss", "1", "--reason", "x", code=2)
    assert "goes from 1 to 1" in await quarantine(empty_ledger, "retry", "7", code=2)
