"""Notices wake a projector and tell of its positions; without them it looks by itself."""

from datetime import UTC, datetime

import asyncpg
import pytest
from nats.aio.msg import Msg

from services.projector import session
from services.projector.service import serve
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import event, turmoil
from tests.integration.projector.working import projecting
from tests.ledger import Ledger
from tests.service import at_work, until

_AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def journal() -> Journal:
    made = Journal()
    made.take(turmoil(seed=51, events=100))
    return made


async def test_a_notice_of_the_recorder_wakes_it_and_every_lane_tells_its_position(
    empty_ledger: Ledger, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, nats = await empty_ledger.connect(), await empty_ledger.nats()
    told: dict[str, int] = {}

    async def hear(message: Msg) -> None:
        told[message.subject] = int(message.data)

    await nats.subscribe("notice.projected.*", cb=hear)
    monkeypatch.setattr(session, "POLL_INTERVAL_S", 3600.0)
    async with at_work(serve(empty_ledger.settings)):
        # Its first look has passed when the lanes are there; from then on only notices wake it.
        await journal.write(owner, limit=10)
        await until(lambda: _lanes_are_held(owner), "no lanes are held")
        await journal.write(owner)

        async def told_everything() -> bool:
            await nats.publish("notice.recorded", str(journal.last).encode())
            return told == {f"notice.projected.{lane}": journal.last for lane in range(16)}

        await until(told_everything, "not every lane has told its position")
        await empty_ledger.projected(journal.last)


@pytest.mark.long
async def test_notices_come_through_again_after_nats_restarted(empty_ledger: Ledger, journal: Journal) -> None:
    owner, nats = await empty_ledger.connect(), await empty_ledger.nats()
    told: set[str] = set()

    async def hear(message: Msg) -> None:
        if int(message.data) > 20:
            told.add(message.subject)

    await nats.subscribe("notice.projected.*", cb=hear)
    async with empty_ledger.process("projector"):
        await journal.write(owner, limit=10)
        await empty_ledger.projected(10)
        await empty_ledger.servers.restart_nats(kill=True)
        await journal.write(owner, limit=10)
        await empty_ledger.projected(20)

        async def everything() -> bool:
            # Each entry makes every lane tell again, in case it had not found NATS again before.
            if len(told) < 16:
                await journal.record(owner, event("account_registered", "account/A", _AT, f"a{journal.last}", name="A"))
            return len(told) == 16

        await until(everything, "not every lane has told its position")


async def test_without_nats_it_looks_by_itself(empty_ledger: Ledger, journal: Journal) -> None:
    owner = await empty_ledger.connect()
    async with empty_ledger.process("projector", nats_url="nats://127.0.0.1:1"):
        await journal.write(owner)
        await empty_ledger.projected(journal.last)


@pytest.mark.long
async def test_idle_lanes_write_nothing_when_nothing_came(empty_ledger: Ledger, journal: Journal) -> None:
    owner = await empty_ledger.connect()
    await journal.write(owner)
    async with projecting(empty_ledger):
        await empty_ledger.projected(journal.last)
        schema = await owner.fetchval("select schema_name from ledger.generation")
        before = await owner.fetch(f'select lane, xmin, ctid from "{schema}".lane')
        for _ in range(3):
            looked = await _last_look(owner)
            await until(lambda since=looked: _has_looked(owner, since), "it does not look by itself")  # type: ignore[misc]
        assert await owner.fetch(f'select lane, xmin, ctid from "{schema}".lane') == before


async def _lanes_are_held(owner: asyncpg.Connection) -> bool:
    held = await owner.fetchval("select count(*) from pg_locks where locktype = 'advisory' and objid < 16")
    return bool(held == 16)


async def _last_look(owner: asyncpg.Connection) -> datetime:
    found = await owner.fetchval(
        "select max(query_start) from pg_stat_activity"
        " where datname = current_database() and application_name = 'projector'"
    )
    assert isinstance(found, datetime)
    return found


async def _has_looked(owner: asyncpg.Connection, since: datetime) -> bool:
    return await _last_look(owner) > since
