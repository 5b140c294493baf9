"""Checks of the services' metrics, and that metrics say nothing of deals and people."""

import json

import httpx
import pytest

from services.intake import metrics as intake_metrics
from services.intake.service import running
from tests.integration.intake.sending import STRUCTURED, call
from tests.integration.monitoring.conftest import SERVICES, Watched
from tests.ledger import Ledger


@pytest.mark.long
async def test_events_are_counted_where_they_pass(told: Watched) -> None:
    ledger = told.ledger
    last = await ledger.last_sequence()
    intake, recorder = await told.metrics("intake"), await told.metrics("recorder")
    projector, query = await told.metrics("projector"), await told.metrics("query")
    by_crm = {
        outcome: intake.value("daybook_intake_events_total", source="crm", outcome=outcome)
        for outcome in ("recorded", "duplicate", "refused")
    }
    assert by_crm == {"recorded": 3, "duplicate": 1, "refused": 1}
    assert intake.value("daybook_intake_refusals_total", door="http", kind="unauthenticated") == 1
    assert intake.value("daybook_intake_refusals_total", door="http", kind="future_time") == 1
    assert intake.value("daybook_intake_group_messages_sum") == 3
    assert intake.value("daybook_intake_append_seconds_count") == 1
    assert intake.value("daybook_http_request_seconds_count", route="/events", status="201") == 1
    assert intake.value("daybook_stream_last_sequence") == last
    assert 0 < intake.value("daybook_stream_bytes") < intake.value("daybook_stream_max_bytes")

    assert recorder.value("daybook_recorder_messages_total", disposition="entry") == last - 1
    assert recorder.value("daybook_recorder_messages_total", disposition="unreadable") == 1
    assert recorder.value("daybook_recorder_position") == last
    assert recorder.value("daybook_recorder_leading") == 1
    assert recorder.value("daybook_recorder_lag_messages") == recorder.value("daybook_recorder_lag_seconds") == 0

    assert projector.value("daybook_projector_lanes") == 16
    assert {projector.value("daybook_projector_lane_position", lane=str(lane)) for lane in range(16)} == {last}
    assert projector.value("daybook_projector_arrivals_total") == 3
    assert projector.value("daybook_projector_row_versions_total") > 0
    assert projector.value("daybook_projector_unprojected_age_seconds") == 0
    assert projector.value("daybook_projector_lanes_unheld") == 0

    assert query.value("daybook_ledger_recorded") == query.value("daybook_ledger_projected") == last
    assert query.value("daybook_ledger_quarantined") == 1
    assert query.value("daybook_ledger_stale_subjects") == 0
    assert query.value("daybook_http_request_seconds_count", route="/deals/{id}", status="401") == 1

    assert projector.value("daybook_projector_refolds_total") == 0
    await ledger.append(call("private-late", time="2020-01-01T00:00:00Z"))
    await ledger.projected()
    assert (await told.metrics("projector")).value("daybook_projector_refolds_total") == 1


async def test_nothing_is_said_of_deals_events_and_people(told: Watched) -> None:
    for name in SERVICES:
        scraped = await told.metrics(name)
        assert "private" not in scraped.text.lower()
        assert scraped.value("daybook_ready") == 1
        assert scraped.value("process_start_time_seconds") > 0
        assert scraped.value("process_resident_memory_bytes") > 0


async def test_routes_are_templates_and_unknown_paths_are_one(told: Watched) -> None:
    for path in ("/nothing", "/nothing/else", "/accounts/D-1/history", "/accounts/D-2/history"):
        await told.client.get(f"{told.url('query')}{path}")
    found = await told.metrics("query")
    routes = {each.labels["route"] for each in found.samples if each.name == "daybook_http_request_seconds_count"}
    assert {"none", "/accounts/{id}/history"} <= routes
    assert not any("D-1" in each or "nothing" in each for each in routes)


@pytest.mark.long
async def test_other_machines_need_the_token(ledger: Ledger) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        async with ledger.process("recorder") as recorder:
            await recorder.ready()
            assert (await client.get(f"{recorder.url}/metrics")).status_code == 200
            elsewhere = await client.get(f"{recorder.url}/metrics", headers={"Host": "ledger.example.org"})
            assert elsewhere.status_code == 403
            assert "daybook_" not in elsewhere.text
            assert (
                await client.get(f"{recorder.url}/ready", headers={"Host": "ledger.example.org"})
            ).status_code == 200
        async with ledger.process("recorder", metrics_token="let-me-read-these") as recorder:
            await recorder.ready()
            for token, status in ((None, 401), ("let-you", 401), ("let-me-read-these", 200)):
                headers = {"Authorization": f"Bearer {token}", "Host": "ledger.example.org"} if token else {}
                answer = await client.get(f"{recorder.url}/metrics", headers=headers)
                assert answer.status_code == status
                assert ("daybook_ready" in answer.text) is (status == 200)


async def test_what_cannot_be_read_has_no_value_rather_than_an_old_one(told: Watched) -> None:
    ledger = told.ledger
    assert (await told.metrics("query")).value("daybook_ledger_quarantined") == 1
    database = ledger.database
    await ledger.servers.admin(f"alter database {database} allow_connections false")
    try:
        await ledger.servers.admin(
            f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'"
        )
        await told.says("query", "database_away")
        found = await told.metrics("query")
        assert found.value("daybook_ready") == 0
        assert "daybook_ledger_quarantined" not in found.labels
    finally:
        await ledger.servers.admin(f"alter database {database} allow_connections true")


@pytest.mark.long
async def test_sources_beyond_a_limit_share_a_series(empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_metrics, "MAX_SOURCES", 2)
    monkeypatch.setattr(intake_metrics, "_known", set())
    async with (
        running(empty_ledger.settings.model_copy(update={"intake_port": 0})) as intake,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{intake.port}", timeout=30) as client,
    ):
        for name in ("bounded-1", "bounded-2", "bounded-3", "bounded-4"):
            headers = {"Authorization": f"Bearer {await empty_ledger.source(name)}", "Content-Type": STRUCTURED}
            sent = await client.post("/events", content=json.dumps(call(name, source=name)), headers=headers)
            assert sent.status_code == 201
        text = (await client.get("/metrics")).text
    assert 'source="bounded-2"' in text
    assert 'source="bounded-3"' not in text
    assert f'source="{intake_metrics.OTHERS}"' in text
