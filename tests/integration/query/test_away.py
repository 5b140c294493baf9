"""Query while one of the servers is away, and once it is back."""

from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from services.query.service import running
from tests import ports
from tests.integration.query.conftest import Api
from tests.integration.query.telling import Told
from tests.service import until
from tests.up import daybook


@pytest.mark.long
async def test_with_postgres_away_there_is_no_answer_and_it_says_so(api: Api, told: Told) -> None:
    servers, database = told.ledger.servers, told.ledger.database
    cut = f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'"
    await servers.admin(f"alter database {database} allow_connections false")
    try:
        await servers.admin(cut)
        answer = await api.client.get("/pipeline")
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:daybook:problem:away"
        assert answer.headers["retry-after"] == "2"
        ready = await api.get("/ready", status=503)
        assert [each["code"] for each in ready["reasons"]] == ["database_away"]
        assert (await api.get("/health")) == {"alive": True}
    finally:
        await servers.admin(f"alter database {database} allow_connections true")
    await api.get("/pipeline")

    async def ready_again() -> bool:
        return (await api.client.get("/ready")).status_code == 200

    await until(ready_again, "query is not ready again")


async def test_with_nats_away_reports_are_answered_and_the_streams_figures_unknown(told: Told) -> None:
    nowhere = SecretStr(f"nats://127.0.0.1:{ports.free()}")
    settings = told.ledger.settings.model_copy(update={"open_reads": True, "query_port": 0, "nats_url": nowhere})
    async with (
        running(settings) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        api = Api(client)
        status = await api.get("/status")
        assert status["stream"] == {"last_sequence": None, "bytes": None, "max_bytes": None}
        assert {lane["lag"] for lane in status["lanes"]} == {None}
        assert status["recorded"] == told.last
        await api.get("/pipeline", after=told.last)
        connection = await told.ledger.connect("daybook_query")
        ends = await connection.fetchval("select max(recorded_at) from ledger.journal")
        earlier = (ends - timedelta(microseconds=1)).isoformat()
        await api.get("/pipeline", known_at=earlier)
        unknown = await api.get("/pipeline", status=503, known_at=ends.isoformat())
        assert "known_at: the journal ends at" in unknown["detail"]
        await api.get("/pipeline", known_at="9000-01-01")


async def test_nats_that_comes_back_is_heard_again(api: Api, told: Told) -> None:
    await told.ledger.servers.restart_nats(kill=True)

    async def knows() -> bool:
        return bool((await api.get("/status"))["stream"]["last_sequence"] == told.last)

    await until(knows, "query does not see the stream again")


async def test_query_alone_ends_cleanly_and_needs_no_other_service(told: Told) -> None:
    async with told.ledger.process("query", open_reads="true") as query:
        async with httpx.AsyncClient(base_url=query.url, timeout=30) as client:
            assert (await client.get("/pipeline")).status_code == 200
        await query.stop()
        assert "query_started" in query.output()
        assert "query_stopped" in query.output()


async def test_open_reads_are_never_offered_to_other_machines(told: Told) -> None:
    settings = {name.removeprefix("DAYBOOK_").lower(): value for name, value in told.ledger.environment.items()}
    code, _, said = await daybook("serve", "query", **settings, open_reads="true", query_host="0.0.0.0")
    assert code == 2
    assert "Unset DAYBOOK_OPEN_READS" in said
