"""Receipts warn of a playbook that is not published: the event is recorded, and its deal is at no stage."""

import json
from collections.abc import AsyncIterator
from typing import Any

import nats
import pytest

from services.intake import look_ups
from services.intake.service import running
from services.recorder import service as recorder_service
from services.recorder.health import RecorderHealth
from tests.integration.intake.conftest import on_a_free_port
from tests.integration.intake.sending import Sender, call, correction, publication
from tests.ledger import Ledger, fresh_ledger
from tests.playbooks import PRACTICE
from tests.servers import Servers
from tests.service import at_work


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to leave a warning out."""
    monkeypatch.setattr(look_ups, "TIMEOUT_S", 30.0)
    monkeypatch.setattr(look_ups, "SLOW_S", 30.0)


@pytest.fixture
async def published(servers: Servers) -> AsyncIterator[Ledger]:
    """A ledger on which version 1 of the playbook practice is recorded."""
    async with (
        fresh_ledger(servers, [PRACTICE]) as ledger,
        at_work(recorder_service.run(ledger.endpoints, ledger.settings.stream, RecorderHealth())),
    ):
        await ledger.recorded()
        yield ledger


@pytest.fixture
async def crm(published: Ledger, client: Any) -> AsyncIterator[Sender]:
    """The source crm at an intake of that ledger, which may publish playbooks, too."""
    async with running(on_a_free_port(published.settings)) as intake:
        token = await published.source("crm")
        yield Sender(client, intake.port, token)


def opened(id: str, playbook: str, **data: Any) -> dict[str, Any]:
    return call(id, f"D-{id}", type="daybook.deal_opened.v1", data={"playbook": playbook, **data})


def revised(id: str, playbook: str) -> dict[str, Any]:
    return call(id, "D-1", type="daybook.deal_revised.v1", data={"playbook": playbook})


def warnings(receipt: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and field of each warning of a receipt."""
    return [(each["kind"], each["field"]) for each in receipt.get("warnings", ())]


async def test_a_deal_on_a_mistyped_playbook_is_recorded_and_its_sender_is_told(crm: Sender) -> None:
    answer = await crm.send(opened("1", "practise"))

    receipt = answer.json()
    assert (answer.status_code, receipt["duplicate"]) == (201, False)
    (warning,) = receipt["warnings"]
    assert warning == {
        "kind": "unknown-playbook",
        "field": "data.playbook",
        "reason": "no version of the playbook practise is published; published are practice; did you mean practice? "
        "The event is recorded; the deal is at no stage until a version of it is published. If it is mistyped, correct "
        "this event.",
        "source": None,
        "id": None,
        "sequence": receipt["sequence"],
    }


async def test_a_deal_on_a_published_playbook_gets_no_warning(crm: Sender) -> None:
    for event in (opened("1", "practice"), opened("2", "practice", playbook_version=1), revised("3", "practice")):
        assert "warnings" not in (await crm.send(event)).json()


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (revised("1", "nobody"), "data.playbook"),
        (opened("1", "practice", playbook_version=9), "data.playbook_version"),
        (
            correction(
                "1",
                "o-1",
                target_type="daybook.deal_opened.v1",
                replacement={"time": "2026-03-30T09:30:00+08:00", "data": {"playbook": "nobody"}},
            ),
            "data.replacement.data.playbook",
        ),
    ],
)
async def test_a_revision_a_version_and_a_correction_are_warned_of_alike(
    crm: Sender, event: dict[str, Any], field: str
) -> None:
    assert warnings((await crm.send(event)).json()) == [("unknown-playbook", field)]


async def test_each_event_of_a_batch_has_its_own_warning(crm: Sender) -> None:
    receipts = (await crm.send_batch([opened("1", "practice"), opened("2", "nobody"), call("3")])).json()

    assert [warnings(each) for each in receipts] == [[], [("unknown-playbook", "data.playbook")], []]


async def test_a_playbook_that_is_published_afterwards_is_warned_of_no_more(crm: Sender, published: Ledger) -> None:
    assert warnings((await crm.send(opened("1", "practice", playbook_version=2))).json())

    assert (await crm.send(publication(2))).status_code == 201

    assert not warnings((await crm.send(opened("2", "practice", playbook_version=2))).json())


async def test_what_another_intake_published_is_known_once_it_is_recorded(crm: Sender, published: Ledger) -> None:
    assert warnings((await crm.send(opened("1", "practice", playbook_version=2))).json())
    await published.append(publication(2))
    await published.recorded()

    assert not warnings((await crm.send(opened("2", "practice", playbook_version=2))).json())


async def test_a_request_on_nats_is_warned_too(crm: Sender, published: Ledger) -> None:
    emitter = await nats.connect(published.emitter_nats_url)
    try:
        request = json.dumps(opened("1", "practise")).encode()
        reply = await emitter.request("intake.crm", request, timeout=10, headers={"Daybook-Token": crm.token})
    finally:
        await emitter.close()

    assert reply.headers is not None
    assert reply.headers["Daybook-Status"] == "201"
    assert warnings(json.loads(reply.data)) == [("unknown-playbook", "data.playbook")]


async def test_nobody_waits_for_a_warning_while_postgres_does_not_answer(
    crm: Sender, published: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_ups, "TIMEOUT_S", 0.1)
    owner = await published.connect()

    async with owner.transaction():
        await owner.execute("lock table ledger.concerns in access exclusive mode")
        answer = await crm.send(opened("1", "practise"))

    assert answer.status_code == 201
    assert "warnings" not in answer.json()


async def test_nothing_is_warned_of_before_the_first_playbook_is_recorded(servers: Servers, client: Any) -> None:
    async with fresh_ledger(servers, []) as ledger, running(on_a_free_port(ledger.settings)) as intake:
        sender = Sender(client, intake.port, await ledger.source("crm"))

        assert "warnings" not in (await sender.send(opened("1", "practise"))).json()
