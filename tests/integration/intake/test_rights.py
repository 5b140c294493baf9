"""Rights of a source: its own name, its events, ids under its prefix, corrections of its own events."""

import json
from typing import Any

import httpx
import nats
import pytest

from services.intake.service import Running
from services.ledger import sources
from services.recorder.health import RecorderHealth
from tests.integration.intake.sending import (
    Sender,
    call,
    calls,
    correction,
    invoice,
    kinds,
    publication,
    target,
    void,
    withdrawal,
)
from tests.ledger import Ledger
from tests.service import until


async def test_a_source_sends_only_the_events_it_was_added_for(
    empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient
) -> None:
    telephony = Sender(client, intake.port, await empty_ledger.source("telephony", "call_made"))

    taken = await telephony.send(call(source="telephony"))
    refused = await telephony.send_batch([call("c-2", source="telephony"), invoice("i-1", "1", source="telephony")])

    assert taken.status_code == 201
    assert refused.status_code == 403
    assert kinds(refused) == [(1, "type", "type-not-allowed")]


async def test_a_source_added_for_all_sends_all(
    empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient
) -> None:
    token = await sources.add(await empty_ledger.connect(), "crm", ["all"])

    assert (await Sender(client, intake.port, token).send_batch([call(), invoice("i-1", "1")])).status_code == 201


async def test_all_leaves_out_what_decides_where_deals_stand(
    empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient, recorder: RecorderHealth
) -> None:
    connection = await empty_ledger.connect()
    crm = Sender(client, intake.port, await sources.add(connection, "crm", ["all"]))
    kept = await sources.add(connection, "policy", ["all", "playbook_published", "playbook_withdrawn"])
    policy = Sender(client, intake.port, kept)

    for event in (publication(1), withdrawal(1)):
        refused = await crm.send(event)
        assert refused.status_code == 403
        assert kinds(refused) == [(0, "type", "type-not-allowed")]
        assert (await policy.send(event | {"source": "policy"})).status_code == 201
    assert (await policy.send(call(source="policy"))).status_code == 201
    assert (await crm.send(target("t-1", source="crm"))).status_code == 201


async def test_a_version_follows_the_one_before_it(crm: Sender, recorder: RecorderHealth) -> None:
    async def refused(*events: dict[str, Any]) -> list[tuple[int, str, str]]:
        answer = await crm.send_batch(list(events))
        assert answer.status_code == 422
        return kinds(answer)

    far, version = "data.playbook.version", "wrong-version"
    assert await refused(publication(2**31 - 1)) == [(0, far, version)]
    assert await refused(publication(1), publication(3)) == [(1, far, version)]
    assert await refused(withdrawal(1)) == [(0, "data.playbook_version", version)]
    assert (await crm.send_batch([publication(1), publication(2)])).status_code == 201
    assert (await crm.send(publication(3))).status_code == 201
    assert await refused(publication(5)) == [(0, far, version)]
    assert (await crm.send(publication(2))).json()["duplicate"] is True
    assert (await crm.send(withdrawal(3))).status_code == 201
    assert (await crm.send(publication(4))).status_code == 201


async def test_a_target_is_recorded_and_is_no_publication(
    empty_ledger: Ledger, client: httpx.AsyncClient, intake: Running, recorder: RecorderHealth
) -> None:
    """A right to targets is no right to playbooks, and no version has to be published for one."""
    token = await sources.add(await empty_ledger.connect(), "ops", ["target_set"])
    ops = Sender(client, intake.port, token)
    told = [target("t-1"), target("t-2", "playbook/never_published"), target("t-3", "account/A-1")]

    assert (await ops.send_batch(told)).status_code == 201
    assert (await ops.send(publication(1) | {"source": "ops"})).status_code == 403

    await empty_ledger.recorded()
    connection = await empty_ledger.connect()
    found = await connection.fetch("select subject, type, disposition from ledger.journal order by sequence")
    assert [tuple(row) for row in found] == [(each["subject"], "daybook.target_set.v1", "entry") for each in told]
    assert await connection.fetchval("select count(*) from reporting.playbook") == 0


async def test_after_a_version_that_jumped_the_sales_process_goes_on(
    empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
) -> None:
    """A version that jumped is recorded where intake of an older release took it."""
    await empty_ledger.append(publication(1), publication(2**31 - 1))
    assert (await crm.send(withdrawal(2**31 - 1))).status_code == 201
    assert (await crm.send(publication(2))).status_code == 201
    await empty_ledger.recorded()
    connection = await empty_ledger.connect("daybook_reader")
    found = await connection.fetch("select version, withdrawn, skips from reporting.playbook order by version")
    assert [tuple(row) for row in found] == [(1, None, False), (2, None, False), (2**31 - 1, 3, True)]


@pytest.mark.long
async def test_nothing_is_published_that_cannot_be_held_to_the_journal(
    empty_ledger: Ledger, crm: Sender, intake: Running
) -> None:
    """No recorder runs: the journal does not say what the stream's end holds."""
    await empty_ledger.append(publication(1))
    refused = await crm.send(publication(2))
    assert refused.status_code == 503
    assert refused.json()["type"].endswith("journal-away")


async def test_a_source_sends_under_its_own_name(crm: Sender) -> None:
    refused = await crm.send(call(source="telephony"))

    assert refused.status_code == 403
    assert kinds(refused) == [(0, "source", "wrong-source")]


async def test_on_nats_a_source_asks_on_its_own_subject(empty_ledger: Ledger, crm: Sender) -> None:
    emitter = await nats.connect(empty_ledger.emitter_nats_url)
    try:
        answers = [
            await emitter.request(subject, json.dumps(call()).encode(), timeout=10, headers=headers)
            for subject, headers in (
                ("intake.telephony", {"Daybook-Token": crm.token}),
                ("intake.crm", {"Daybook-Token": "dbk_" + "A" * 43}),
                ("intake.crm", None),
            )
        ]
    finally:
        await emitter.close()

    assert [json.loads(each.data)["status"] for each in answers] == [403, 401, 401]
    assert await empty_ledger.last_sequence() == 0


async def test_a_disabled_source_may_not_send_and_a_rotated_token_is_another(empty_ledger: Ledger, crm: Sender) -> None:
    connection = await empty_ledger.connect()
    await sources.disable(connection, "crm")

    async def refused_with(status: int) -> bool:
        return (await crm.send(call())).status_code == status

    await until(lambda: refused_with(403), "a disabled source still sends")

    old, crm.token = crm.token, await sources.rotate(connection, "crm")
    assert (await crm.send(call())).status_code in (200, 201)
    crm.token = old
    assert (await crm.send(call())).status_code == 401


class TestPrefix:
    """Issuers prefix the ids that they are the first to name."""

    @pytest.fixture
    async def telephony(self, empty_ledger: Ledger, intake: Running, client: httpx.AsyncClient) -> Sender:
        return Sender(client, intake.port, await empty_ledger.source("telephony", id_prefix="tel-"))

    async def test_new_ids_carry_the_prefix(self, telephony: Sender, recorder: RecorderHealth) -> None:
        data = {"playbook": "project", "account_id": "A-1"}
        opened = call("c-3", "tel-D-2", "telephony", type="daybook.deal_opened.v1", data=data)

        taken = await telephony.send(call("c-1", "tel-D-1", "telephony"))
        refused = await telephony.send_batch([call("c-2", "D-1", "telephony"), opened])

        assert taken.status_code == 201
        assert refused.status_code == 403
        assert kinds(refused) == [(0, "subject", "id-prefix"), (1, "data.account_id", "id-prefix")]

    async def test_ids_that_others_named_before_are_free_to_use(
        self, crm: Sender, telephony: Sender, recorder: RecorderHealth
    ) -> None:
        await crm.send(call("c-1", "D-1"))

        taken = await telephony.send(call("c-1", "D-1", "telephony"))

        assert taken.status_code == 201

    async def test_without_the_journal_only_ids_that_are_known_to_be_there_are_free_to_use(
        self, empty_ledger: Ledger, crm: Sender, telephony: Sender, recorder: RecorderHealth
    ) -> None:
        await crm.send_batch([call("c-1", "D-1"), call("c-2", "D-2")])
        assert (await telephony.send(call("c-1", "D-1", "telephony"))).status_code == 201
        admin, database = empty_ledger.servers.admin, empty_ledger.database
        await admin(f"alter database {database} allow_connections false")
        await admin(f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'")
        try:
            answers = [
                (await telephony.send(call(f"a-{deal}", deal, "telephony"))).status_code
                for deal in ("tel-D-9", "D-1", "D-2", "D-3")
            ]
            batch = await telephony.send_batch([call("b-1", "D-1", "telephony"), call("b-2", "D-3", "telephony")])
        finally:
            await admin(f"alter database {database} allow_connections true")
        assert answers == [201, 201, 503, 503]
        assert batch.json()["type"].endswith("journal-away")

    async def test_who_has_no_prefix_names_what_it_likes(self, crm: Sender) -> None:
        assert (await crm.send(call("c-1", "tel-D-1"))).status_code == 201


class TestCorrections:
    """Corrections and voids reach the sender's own events; those of others by a right of its own."""

    async def test_of_other_sources_need_the_right(
        self, empty_ledger: Ledger, crm: Sender, intake: Running, client: httpx.AsyncClient
    ) -> None:
        auditor = Sender(client, intake.port, await empty_ledger.source("auditor", corrects_others=True))

        refused = await crm.send(correction("k-1", "c-1", source="telephony"))
        taken = await auditor.send(correction("k-1", "c-1", source="crm") | {"source": "auditor"})

        assert refused.status_code == 403
        assert kinds(refused) == [(0, "data.target.source", "corrects-others")]
        assert taken.status_code == 201

    async def test_say_of_a_known_target_what_it_is(
        self, empty_ledger: Ledger, crm: Sender, recorder: RecorderHealth
    ) -> None:
        await crm.send(call("c-1", "D-1"))
        await empty_ledger.recorded()

        response = await crm.send_batch(
            [
                correction("k-1", "c-1"),
                correction("k-2", "c-1", deal="D-2"),
                correction(
                    "k-3",
                    "c-1",
                    target_type="daybook.visit_done.v1",
                    replacement={"time": "2026-03-30T09:30:00Z", "data": {"purpose": "survey"}},
                ),
                void("k-4", "c-1", deal="D-2"),
                call("n-1", "D-3"),
                void("k-5", "n-1", deal="D-4"),
            ]
        )

        assert response.status_code == 422
        assert kinds(response) == [
            (1, "subject", "wrong-target"),
            (2, "data.target_type", "wrong-target"),
            (3, "subject", "wrong-target"),
            (5, "subject", "wrong-target"),
        ]

    async def test_of_what_is_not_known_yet_are_taken(self, crm: Sender) -> None:
        assert (await crm.send_batch([void("k-1", "later"), *calls(1)])).status_code == 201

    async def test_do_not_move_an_event_into_the_future(self, crm: Sender) -> None:
        ahead = {"time": "2999-01-01T00:00:00Z", "data": {}}

        refused = await crm.send(correction("k-1", "c-1", replacement=ahead))

        assert kinds(refused) == [(0, "data.replacement.time", "future-time")]
