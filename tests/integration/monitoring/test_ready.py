"""/ready means it: servers are taken away and brought back, and each service says what it lacks, and only that."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.errors import Unavailable
from services.intake.service import Running, running
from services.projector import health as projector_condition
from services.projector import progress
from services.projector.health import check as look_at_projector
from services.projector.progress import Progress
from services.projector.projector import Projector
from services.query.service import running as query_running
from services.recorder import health as recorder_condition
from services.recorder import service as recorder_service
from services.recorder.health import RecorderHealth
from services.runtime import health
from services.stream.state import ask
from services.views import generation
from tests.integration.intake.sending import call
from tests.integration.intake.test_stream_away import limit
from tests.integration.projector.turmoil import event
from tests.ledger import Ledger
from tests.service import until


@asynccontextmanager
async def no_database(ledger: Ledger) -> AsyncIterator[None]:
    """PostgreSQL lets nobody into the ledger's database."""
    name = ledger.database
    await ledger.servers.admin(f"alter database {name} allow_connections false")
    try:
        await ledger.servers.admin(
            f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'"
        )
        yield
    finally:
        await ledger.servers.admin(f"alter database {name} allow_connections true")


@asynccontextmanager
async def no_nats(ledger: Ledger) -> AsyncIterator[None]:
    nats = ledger.servers.nats
    await nats.stop()
    try:
        yield
    finally:
        await nats.start()


@asynccontextmanager
async def in_the_background(work: Any) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def codes(check: Any) -> set[str]:
    return {each.code for each in (await check()).reasons}


async def says(check: Any, *wanted: str) -> None:
    """Waits until a look gives exactly these reasons."""
    last: set[str] = set()

    async def gives() -> bool:
        nonlocal last
        last = await codes(check)
        return last == set(wanted)

    await until(gives, f"it does not say {wanted}", lambda: str(last))


class TestIntake:
    @pytest.fixture
    async def intake(self, empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
        monkeypatch.setattr(health, "CACHE_S", 0.0)
        async with running(empty_ledger.settings.model_copy(update={"intake_port": 0})) as intake:
            yield intake

    @pytest.fixture
    async def ask_intake(self, intake: Running) -> AsyncIterator[Any]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{intake.port}", timeout=30) as client:

            async def now() -> dict[str, Any]:
                answer = await client.get("/ready")
                body: dict[str, Any] = answer.json()
                assert answer.status_code == (200 if body["ready"] else 503)
                return body

            yield now

    async def becomes(self, ask_intake: Any, *wanted: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        async def says_so() -> bool:
            nonlocal found
            found = await ask_intake()
            return {each["code"] for each in found["reasons"]} == set(wanted)

        await until(says_so, f"intake does not say {wanted}", lambda: str(found))
        return found

    async def test_it_is_ready_with_a_stream_that_takes_events(self, ask_intake: Any) -> None:
        found = await self.becomes(ask_intake)
        assert found["state"] == {"journal": True, "nats_door": True, "sources": True, "last_sequence": 0}

    async def test_a_full_stream(self, empty_ledger: Ledger, ask_intake: Any) -> None:
        await limit(empty_ledger, 60_000)
        (reason,) = (await self.becomes(ask_intake, "stream_full"))["reasons"]
        assert "DAYBOOK_STREAM_MAX_BYTES" in reason["detail"]
        await limit(empty_ledger, 50_000_000)
        await self.becomes(ask_intake)

    async def test_a_stream_that_would_drop_what_it_has(self, empty_ledger: Ledger, ask_intake: Any) -> None:
        nc, name = await empty_ledger.nats(), empty_ledger.settings.stream
        config = (await ask(nc, f"STREAM.INFO.{name}"))["config"]
        await ask(nc, f"STREAM.UPDATE.{name}", config | {"max_age": 3_600_000_000_000})
        (reason,) = (await self.becomes(ask_intake, "stream_settings"))["reasons"]
        assert "max_age" in reason["detail"]
        await ask(nc, f"STREAM.UPDATE.{name}", config)
        await self.becomes(ask_intake)

    async def test_a_stream_that_is_gone_or_another_one(self, empty_ledger: Ledger, ask_intake: Any) -> None:
        nc, name = await empty_ledger.nats(), empty_ledger.settings.stream
        config = (await ask(nc, f"STREAM.INFO.{name}"))["config"]
        await ask(nc, f"STREAM.DELETE.{name}")
        await self.becomes(ask_intake, "stream_missing")
        await ask(nc, f"STREAM.CREATE.{name}", config)
        (reason,) = (await self.becomes(ask_intake, "stream_foreign"))["reasons"]
        assert "daybook reconcile" in reason["detail"]

    async def test_nats_away_and_back(self, empty_ledger: Ledger, ask_intake: Any) -> None:
        async with no_nats(empty_ledger):
            await self.becomes(ask_intake, "stream_away")
        await self.becomes(ask_intake)

    async def test_postgres_away_keeps_nobody_from_sending(self, empty_ledger: Ledger, ask_intake: Any) -> None:
        async with no_database(empty_ledger):
            found = await self.becomes(ask_intake)
            assert found["state"]["journal"] is False
        assert (await self.becomes(ask_intake))["ready"]


class TestRecorder:
    @pytest.mark.long
    async def test_one_leads_and_the_other_stands_by(self, empty_ledger: Ledger) -> None:
        async with empty_ledger.process("recorder") as one, httpx.AsyncClient(timeout=30) as client:
            await one.ready()
            async with empty_ledger.process("recorder") as other:
                await other.ready()
                roles = [(await client.get(f"{each.url}/ready")).json()["state"]["role"] for each in (one, other)]
                assert roles == ["leading", "standing_by"]
                await one.kill()

                async def leads() -> bool:
                    return bool((await client.get(f"{other.url}/ready")).json()["state"]["role"] == "leading")

                await until(leads, "the standby does not take over", other.output)

    @pytest.mark.long
    async def test_its_servers_away_and_back(self, empty_ledger: Ledger) -> None:
        standing = RecorderHealth()
        work = recorder_service.run(empty_ledger.endpoints, empty_ledger.settings.stream, standing)
        assert await codes(standing.check) == {"not_recording"}
        async with in_the_background(work):
            await says(standing.check)
            async with no_nats(empty_ledger):
                await says(standing.check, "stream_away")
            await says(standing.check)
            async with no_database(empty_ledger):
                await says(standing.check, "not_recording")
                (reason,) = (await standing.check()).reasons
                assert "PostgreSQL" in reason.detail or "lock" in reason.detail
            await says(standing.check)

    async def test_a_recorder_that_does_not_keep_up(
        self, empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recorder_condition, "KEEPS_UP_S", 0.2)
        standing = RecorderHealth()
        owner = await empty_ledger.connect()
        work = recorder_service.run(empty_ledger.endpoints, empty_ledger.settings.stream, standing)
        async with in_the_background(work):
            await says(standing.check)
            async with owner.transaction():
                await owner.execute("lock table ledger.journal in share row exclusive mode")
                await empty_ledger.append(call("c-1"), call("c-2"))
                await says(standing.check, "behind")
                found = await standing.check()
                assert found.state["lag_messages"] == 2
                assert found.figures["daybook_recorder_lag_seconds"] > 0.2
            await says(standing.check)
            assert (await standing.check()).state["lag_messages"] == 0


class TestProjector:
    @asynccontextmanager
    async def projector(self, ledger: Ledger) -> AsyncIterator[Any]:
        told = Progress()
        working = Projector(ledger.endpoints.database_url, generation.own, progress=told)

        async def check() -> health.Health:
            return await look_at_projector(ledger.endpoints.database_url, told)

        async with in_the_background(working.run()):
            await says(check)
            yield check

    async def test_it_is_ready_when_its_lanes_move(self, empty_ledger: Ledger) -> None:
        async with self.projector(empty_ledger) as check:

            async def all_lanes() -> bool:
                return bool((await check()).state["lanes"] == list(range(16)))

            await until(all_lanes, "not all lanes are held")
            assert (await check()).state["role"] == "working"

    async def test_postgres_away_and_back(self, empty_ledger: Ledger) -> None:
        async with self.projector(empty_ledger) as check:
            async with no_database(empty_ledger):
                await says(check, "not_projecting")
            await says(check)

    async def test_views_of_another_version(self, empty_ledger: Ledger) -> None:
        owner = await empty_ledger.connect()
        await owner.execute("update ledger.generation set digest = 'ffffffffffff'")
        told = Progress()
        working = Projector(empty_ledger.endpoints.database_url, generation.own, progress=told)

        async def check() -> health.Health:
            return await look_at_projector(empty_ledger.endpoints.database_url, told)

        async def says_rebuild() -> bool:
            return any("daybook rebuild" in each.detail for each in (await check()).reasons)

        async with in_the_background(working.run()):
            await until(says_rebuild, "it does not say what to do")

    @pytest.mark.long_cases
    @pytest.mark.parametrize(
        ("locked", "reason", "named"),
        [
            ("stage_position", "lane_stuck", "Behind, and not moved for 1 s: lane {lane}."),
            (
                "lane",
                "lane_stopped",
                "Lane {lane} is stopped and tried again: Its row in {schema}.lane is locked by backend {backend}.",
            ),
        ],
        ids=["its rows", "itself"],
    )
    async def test_one_lane_that_hangs_is_named(
        self, empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch, locked: str, reason: str, named: str
    ) -> None:
        for module in (progress, projector_condition):
            monkeypatch.setattr(module, "MOVES_WITHIN_S", 1.0)
        owner = await empty_ledger.connect()
        schema = await owner.fetchval("select schema_name from ledger.generation")
        async with empty_ledger.process("recorder"), self.projector(empty_ledger) as check:
            opened = event("deal_opened", "deal/D-1", datetime(2026, 3, 1, tzinfo=UTC), "o-1", playbook="practice")
            await empty_ledger.append(opened)
            await empty_ledger.projected()
            lane = await owner.fetchval("select lane from ledger.concerns where sequence = 1")
            async with owner.transaction():
                if locked == "lane":
                    await owner.execute(f'select from "{schema}".lane where lane = $1 for update', lane)
                else:
                    await owner.execute(f'select from "{schema}".stage_position for update')
                reassigned = event("deal_reassigned", "deal/D-1", datetime(2026, 3, 2, tzinfo=UTC), "r-1", owner="Han")
                (sequence,) = await empty_ledger.append(reassigned)
                said = named.format(lane=lane, schema=schema, backend=owner.get_server_pid())
                found = await check()

                async def is_named() -> bool:
                    nonlocal found
                    found = await check()
                    return [(each.code, each.detail) for each in found.reasons] == [(reason, said)]

                async def others_go_on() -> bool:
                    rows = await owner.fetch(f'select lane, sequence from "{schema}".lane')
                    return {row["lane"] for row in rows if row["sequence"] < sequence} == {lane}

                await until(others_go_on, "other lanes wait for it")
                await until(is_named, "it is not named", lambda: str(found.reasons))
                assert found.figures["daybook_projector_unprojected_age_seconds"] > 0
            await says(check)
            await empty_ledger.projected()

    async def test_a_lane_that_it_could_not_work_on_is_its_trouble_until_another_does(
        self, empty_ledger: Ledger
    ) -> None:
        url = empty_ledger.endpoints.database_url
        served = await generation.served(await empty_ledger.connect())
        assert served is not None
        stopped = Progress()
        stopped.began(served)
        stopped.stops(3, Unavailable("its row is locked"))

        async def check() -> health.Health:
            stopped.looked({})
            return await look_at_projector(url, stopped)

        (reason,) = (await check()).reasons
        assert (reason.code, reason.detail) == ("lane_stopped", "Lane 3 is stopped and tried again: its row is locked")
        async with in_the_background(Projector(url, generation.own).run()):
            await says(check)
        await says(check, "lane_stopped")

    @pytest.mark.long
    async def test_a_frozen_projector_holds_lanes_that_nobody_can_see_moving(self, empty_ledger: Ledger) -> None:
        async with empty_ledger.process("projector") as process, httpx.AsyncClient(timeout=2) as client:
            await process.ready()
            process.process.send(signal.SIGSTOP)
            with pytest.raises(httpx.TransportError):
                await client.get(f"{process.url}/health")
            process.process.send(signal.SIGCONT)
            await process.ready()


class TestQuery:
    @pytest.mark.long
    async def test_it_says_how_old_its_views_are(self, empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "CACHE_S", 0.0)
        settings = empty_ledger.settings.model_copy(update={"query_port": 0})
        async with (
            query_running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            assert (await client.get("/ready")).json()["state"] == {"recorded": 0, "projected": 0, "views_age_s": 0}
            async with empty_ledger.process("recorder"):
                await empty_ledger.append(call("c-1"))
                await empty_ledger.recorded()
            answer = await client.get("/ready")
            assert answer.status_code == 200  # it can read, and says that what it reads is old
            state = answer.json()["state"]
            assert (state["recorded"], state["projected"]) == (1, 0)
            assert state["views_age_s"] > 0
            async with empty_ledger.process("projector"):
                await empty_ledger.projected()
            assert (await client.get("/ready")).json()["state"]["views_age_s"] == 0

    @pytest.mark.long
    async def test_its_database_away_and_back(self, empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "CACHE_S", 0.0)
        settings = empty_ledger.settings.model_copy(update={"query_port": 0})
        async with (
            query_running(settings) as port,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
        ):
            async with no_database(empty_ledger):
                away = (await client.get("/ready")).json()
                assert [each["code"] for each in away["reasons"]] == ["database_away"]
            async with no_nats(empty_ledger):
                assert (await client.get("/ready")).status_code == 200


async def test_asking_often_costs_the_servers_one_look(empty_ledger: Ledger) -> None:
    looks = 0

    async def check() -> health.Health:
        nonlocal looks
        looks += 1
        await (await empty_ledger.connect()).fetchval("select pg_sleep(0.05)")
        return health.Health()

    looked = health.HealthCheck(check)
    await asyncio.gather(*(looked.now() for _ in range(100)))
    assert looks == 1


async def test_a_look_that_hangs_or_fails_is_a_reason_itself(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "TIMEOUT_S", 0.1)
    connection = await empty_ledger.connect()

    async def hang() -> health.Health:
        await connection.execute("select pg_sleep(10)")
        return health.Health()

    async def fail() -> health.Health:
        await (await empty_ledger.connect()).execute("select 1/0")
        return health.Health()

    assert [each.code for each in (await health.HealthCheck(hang).now()).reasons] == ["no_answer"]
    assert [each.code for each in (await health.HealthCheck(fail).now()).reasons] == ["look_failed"]
