"""Clocks of stream and services that differ: nothing is appended and nothing recorded; and the way back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from services.audit.verify import verify
from services.errors import ClockDiffers
from services.intake.service import running
from services.nats.connection import connect
from services.reconcile import reconcile
from services.reconcile.plan import Action
from services.recorder.journal_rows import classified
from services.recorder.write import Writer
from services.settings import Settings
from services.stream.read import message_at
from tests.clocks import Clock
from tests.integration.intake.conftest import on_a_free_port
from tests.integration.intake.sending import Sender, call
from tests.integration.projector.working import projecting
from tests.integration.query.test_verify import Heard as Checked
from tests.integration.reconcile.putting_right import Heard
from tests.ledger import Ledger
from tests.service import Service, until


@pytest.fixture
async def clock(empty_ledger: Ledger) -> AsyncIterator[Clock]:
    async with Clock(empty_ledger.endpoints.nats_url).running() as clock:
        yield clock


def through(clock: Clock, ledger: Ledger) -> Settings:
    """The ledger as those see it who reach NATS through that clock."""
    seen = {"nats_url": SecretStr(clock.url(ledger.endpoints.nats_url))}
    return on_a_free_port(ledger.settings).model_copy(update=seen)


@pytest.fixture
async def crm(empty_ledger: Ledger, clock: Clock, client: httpx.AsyncClient) -> AsyncIterator[Sender]:
    async with running(through(clock, empty_ledger)) as intake:
        yield Sender(client, intake.port, await empty_ledger.source("crm"))


@asynccontextmanager
async def recorder(ledger: Ledger, clock: Clock) -> AsyncIterator[Service]:
    async with ledger.process("recorder", nats_url=clock.url(ledger.endpoints.nats_url)) as service:
        yield service


async def reasons(client: httpx.AsyncClient, url: str) -> list[str]:
    return [each["code"] for each in (await client.get(f"{url}/ready")).json()["reasons"]]


@pytest.mark.long_cases
@pytest.mark.parametrize("ahead", [timedelta(days=3650), timedelta(minutes=10), timedelta(minutes=-10)])
async def test_intake_refuses_everything_until_the_clocks_agree_again(
    empty_ledger: Ledger, clock: Clock, crm: Sender, ahead: timedelta
) -> None:
    assert (await crm.send(call("before"))).status_code == 201
    clock.jump(ahead)

    async def refuses() -> bool:
        return (await crm.send(call("before"))).status_code == 503

    await until(refuses, "intake does not see the jump", deadline_s=10)
    taken = await empty_ledger.last_sequence()
    # An honest event of now lies in the future for a clock that is behind: that is no fault of its sender.
    now = (datetime.now(UTC) + max(-ahead, timedelta())).isoformat()
    for event in (call("c-1"), call("c-2", time=now), call("c-3", data={"wrong": 1})):
        refused = await crm.send(event)
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:daybook:problem:clock-differs")
        assert refused.headers["retry-after"]
    assert (await crm.send_batch([call("c-1"), call("c-2")])).json()["type"] == "urn:daybook:problem:clock-differs"
    assert await empty_ledger.last_sequence() == taken

    async def says_so() -> bool:
        return await reasons(crm.client, crm.url) == ["clock_differs"]

    await until(says_so, "intake is ready", deadline_s=5)
    metrics = (await crm.client.get(f"{crm.url}/metrics")).text
    (line,) = [each for each in metrics.splitlines() if each.startswith("daybook_intake_clock_ahead_seconds")]
    assert float(line.split()[1]) == pytest.approx(ahead.total_seconds(), abs=30)

    clock.jump(timedelta())

    async def takes() -> bool:
        return (await crm.send(call("c-1"))).status_code in (200, 201)

    await until(takes, "intake does not go on", deadline_s=10)


@pytest.mark.long_cases
@pytest.mark.parametrize("ahead", [timedelta(seconds=40), timedelta(seconds=-40)])
async def test_clocks_that_differ_by_less_than_a_minute_are_borne(clock: Clock, crm: Sender, ahead: timedelta) -> None:
    clock.jump(ahead)

    async def is_seen() -> bool:
        text = (await crm.client.get(f"{crm.url}/metrics")).text
        (line,) = [each for each in text.splitlines() if each.startswith("daybook_intake_clock_ahead_seconds")]
        return abs(float(line.split()[1])) > 30

    await until(is_seen, "intake does not see the clock", deadline_s=10)
    assert (await crm.send(call("c-1"))).status_code == 201
    assert await reasons(crm.client, crm.url) == []


@pytest.mark.long
async def test_what_a_wrong_clock_dated_is_not_recorded_until_it_is_put_back_with_the_right_time(
    empty_ledger: Ledger, clock: Clock, client: httpx.AsyncClient
) -> None:
    """The stream took it before anybody had noticed; it was acknowledged and must not be lost."""
    endpoints = replace(empty_ledger.endpoints, nats_url=clock.url(empty_ledger.endpoints.nats_url))
    settings = through(clock, empty_ledger)
    owner = await empty_ledger.connect()
    async with recorder(empty_ledger, clock) as service:
        await empty_ledger.append(call("c-1"), call("c-2"))
        await empty_ledger.recorded(2)
        clock.jump(timedelta(days=3650))
        await empty_ledger.append(call("c-3"))

        async def differs() -> bool:
            return await reasons(client, service.url) == ["clock_differs"]

        await until(differs, "the recorder is ready", service.output)
        with pytest.raises(ClockDiffers):  # nobody knows the right time yet
            await reconcile.apply(settings, endpoints, Heard(), by="Li", reason="a test", patience_s=0.5)
        clock.jump(timedelta())
        await empty_ledger.append(call("c-4"))
        await until(differs, "the recorder is ready", service.output)
        assert await owner.fetchval("select max(sequence) from ledger.journal") == 2

    before = datetime.now(UTC)
    seen = await reconcile.look(settings, endpoints, Heard())
    assert (seen.look.action, seen.look.comparison.to_come) == (Action.MAKE_ANEW, [(3, 3)])
    await reconcile.apply(settings, endpoints, Heard(), by="Li", reason="a test")
    assert (await reconcile.look(settings, endpoints, Heard())).look.action is Action.NONE

    async with recorder(empty_ledger, clock) as service, running(settings) as intake:
        await empty_ledger.recorded(4)
        await service.ready()
        crm = Sender(client, intake.port, await empty_ledger.source("crm"))
        assert (await crm.send(call("c-5"))).status_code == 201
        await empty_ledger.recorded(5)
    rows = await owner.fetch("select id, recorded_at, disposition from ledger.journal order by sequence")
    assert [row["id"] for row in rows] == [f"c-{number}" for number in range(1, 6)]
    assert {row["disposition"] for row in rows} == {"entry"}
    assert before <= rows[2]["recorded_at"] <= rows[3]["recorded_at"] <= datetime.now(UTC)
    async with projecting(empty_ledger):  # else verify waits for the views, in vain
        checked = await verify(
            await empty_ledger.connect("daybook_query"), await empty_ledger.nats(), settings.stream, Checked()
        )
    assert checked["ok"], checked["differences"]


async def test_a_journal_that_was_dated_wrongly_before_is_told_and_goes_on(
    empty_ledger: Ledger, clock: Clock, client: httpx.AsyncClient
) -> None:
    """Recorded rows are never altered: `daybook reconcile` names those with a wrong time."""
    endpoints = replace(empty_ledger.endpoints, nats_url=clock.url(empty_ledger.endpoints.nats_url))
    await empty_ledger.append(call("c-1"))
    clock.jump(timedelta(days=3650))
    await empty_ledger.append(call("c-2"))
    clock.jump(timedelta())
    nc = await connect(endpoints.nats_url, "test")
    try:
        messages = [await message_at(nc, empty_ledger.settings.stream, each) for each in (1, 2)]
    finally:
        await nc.close()
    writer = await Writer.open(await empty_ledger.connect("daybook_recorder"))
    await writer.write(classified([each for each in messages if each], datetime.min.replace(tzinfo=UTC)))
    await empty_ledger.append(call("c-3"))

    async with recorder(empty_ledger, clock) as service:
        await empty_ledger.recorded(3)

        async def says_so() -> bool:
            return await reasons(client, service.url) == ["recorded_ahead"]

        await until(says_so, "the recorder is ready", service.output)
    seen = await reconcile.look(empty_ledger.settings, endpoints, Heard())
    assert (seen.look.action, seen.look.recorded_ahead) == (Action.NONE, (2, 3))
