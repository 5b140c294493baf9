"""`GET /events/{source}/{id}` says what became of an event."""

import asyncio
from datetime import datetime
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from contracts.cloudevents.envelope import read_event
from services.intake.journal import Known, Question
from services.intake.service import Running
from services.recorder.health import RecorderHealth
from tests.integration.intake.sending import Sender, call, calls, correction, void
from tests.ledger import Ledger


async def test_an_entry_is_shown_with_its_place(empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth) -> None:
    await crm.send_batch(calls(3))
    await empty_ledger.recorded()

    response = await crm.fate("c-2")

    assert response.status_code == 200
    shown = response.json()
    recorded_at = datetime.fromisoformat(shown.pop("recorded_at"))
    assert recorded_at.utcoffset() is not None
    assert shown == {
        "source": "crm",
        "id": "c-2",
        "sequence": 2,
        "disposition": "entry",
        "type": "daybook.call_made.v1",
        "subject": "deal/D-1",
        "occurred_at": "2026-03-31T01:30:00+00:00",
        "voided_by": None,
        "corrected_by": None,
        "without_effect": None,
        "duplicates": [],
        "conflicts": [],
    }


async def test_of_corrections_and_voids_the_last_that_keeps_the_rules_counts(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send(correction("k-0", "c-1", deal="D-2"))  # before its target, with another subject: no effect
    await crm.send(call("c-1"))
    await crm.send(correction("k-1", "c-1"))
    await crm.send(void("k-2", "c-1"))
    await empty_ledger.recorded()
    voided = (await crm.fate("c-1")).json()

    await crm.send(correction("k-3", "c-1"))
    await empty_ledger.recorded()
    revived = (await crm.fate("c-1")).json()

    assert (voided["voided_by"], voided["corrected_by"]) == (4, None)
    assert (revived["voided_by"], revived["corrected_by"]) == (None, 5)


async def test_what_got_past_intake_is_shown_with_the_original(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send(call("c-1"))
    await empty_ledger.publish(read_event(call("c-1")).canonical, "daybook.deal.D-1")
    await empty_ledger.publish(read_event(call("c-1", data={})).canonical, "daybook.deal.D-1")
    await empty_ledger.recorded()

    shown = (await crm.fate("c-1")).json()

    assert (shown["sequence"], shown["duplicates"]) == (1, [2])
    assert [each["sequence"] for each in shown["conflicts"]] == [3]


async def test_an_id_may_hold_any_printable_character(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    await crm.send(call("a/b?c=%41&d#e f"))
    await empty_ledger.recorded()

    response = await crm.fate(quote("a/b?c=%41&d#e f", safe=""))

    assert response.status_code == 200
    assert response.json()["id"] == "a/b?c=%41&d#e f"


async def test_others_events_are_not_shown_and_unknown_ones_are_not_found(
    empty_ledger: Ledger, crm: Sender, intake: Running, client: httpx.AsyncClient
) -> None:
    auditor = Sender(client, intake.port, await empty_ledger.source("auditor", corrects_others=True))

    assert (await crm.fate("c-1", "telephony")).status_code == 403
    assert (await auditor.fate("c-1", "telephony")).status_code == 404
    assert (await crm.fate("c-1")).status_code == 404
    assert (await client.get(f"{crm.url}/events/crm/c-1")).status_code == 401


@pytest.mark.parametrize("id", ["%00", "c-1%00", "%20c-1", "c%0A1", "%E5%90%88", "%FF", "x" * 129])
async def test_what_cannot_be_an_id_is_not_found(door: Sender, id: str) -> None:
    response = await door.fate(id)

    assert response.status_code == 404
    assert response.json()["type"] == "urn:daybook:problem:not-found"


async def test_what_cannot_be_a_source_is_not_found(
    empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient
) -> None:
    auditor = Sender(client, intake.port, await empty_ledger.source("auditor", corrects_others=True))

    assert (await auditor.fate("c-1", "%00")).status_code == 404


async def test_a_question_that_postgres_refuses_fails_alone(intake: Running) -> None:
    known = Question([("crm", "c-1")])

    answers = await asyncio.gather(
        *(intake.door.journal.look(each) for each in (known, known, Question([("crm", "\0")]), known)),
        return_exceptions=True,
    )

    assert answers[:2] == [Known(), Known()]
    assert isinstance(answers[2], asyncpg.DataError)
    assert answers[3] == Known()
