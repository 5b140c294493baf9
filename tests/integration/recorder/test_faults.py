"""Whatever dies, and whenever: the journal is the stream, nothing lost and nothing twice."""

import asyncio
import random

import pytest

from services.stream.state import ask
from tests.integration.recorder.events import call, payment, stored, void
from tests.integration.recorder.recording import assert_recorded, journal, recorder
from tests.ledger import Ledger
from tests.service import until

KILLS = 10
MESSAGES = 3000


async def publish(ledger: Ledger, count: int, draw: random.Random) -> None:
    """Some of everything; the last one is acknowledged."""
    nc = await ledger.nats()
    for _ in range(count - 1):
        id = str(draw.randrange(2 * MESSAGES))
        said = draw.choice([call(f"D-{draw.randrange(9)}", id), payment("A-1", id), void(id, "account/A-1")])
        await nc.publish(f"daybook.{said['subject'].replace('/', '.')}", stored(said))
    await ledger.append(call())


async def test_killed_again_and_again(empty_ledger: Ledger) -> None:
    draw = random.Random(4)
    owner = await empty_ledger.connect()
    async with empty_ledger.process("recorder") as process:
        for number in range(KILLS):
            if number:
                await process.start()
            before = await empty_ledger.last_sequence()
            publishing = asyncio.gather(publish(empty_ledger, MESSAGES // KILLS, draw))

            async def has_begun(position: int = before) -> bool:
                query = "select exists (select from ledger.journal where sequence > $1)"
                return bool(await owner.fetchval(query, position))

            if number % 3:
                await until(has_begun, "it has not begun", process.output)
            await asyncio.sleep(draw.random() * 0.08)  # the instant of death, not a time to wait
            await process.kill()
            await publishing
        await process.start()
        assert await empty_ledger.recorded() == MESSAGES
        await process.kill()
    await assert_recorded(empty_ledger)


@pytest.mark.long
async def test_postgres_is_restarted(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger) as task:
        for kill in (False, True):
            await empty_ledger.append(call())
            await empty_ledger.recorded()
            publishing = asyncio.gather(publish(empty_ledger, 300, random.Random(5)))
            await empty_ledger.servers.restart_postgres(kill=kill)
            await publishing
            await empty_ledger.recorded()
        assert not task.done()
    await assert_recorded(empty_ledger)


@pytest.mark.long
async def test_nats_is_restarted(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger) as task:
        for kill in (False, True):
            await publish(empty_ledger, 300, random.Random(6))
            await empty_ledger.servers.restart_nats(kill=kill)
            await again(empty_ledger)
            await empty_ledger.recorded()
        assert not task.done()
    await assert_recorded(empty_ledger)


async def test_the_consumer_is_removed_behind_its_back(empty_ledger: Ledger) -> None:
    stream = empty_ledger.settings.stream
    async with recorder(empty_ledger) as task:
        await empty_ledger.append(call())
        await empty_ledger.recorded()
        nc = await empty_ledger.nats()
        (name,) = (await ask(nc, f"CONSUMER.NAMES.{stream}"))["consumers"]
        await ask(nc, f"CONSUMER.DELETE.{stream}.{name}")
        await empty_ledger.append(call())
        await empty_ledger.recorded()
        assert not task.done()
    await assert_recorded(empty_ledger)


@pytest.mark.long
async def test_the_database_is_restored_to_an_older_state(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger) as task:
        await publish(empty_ledger, 200, random.Random(7))
        await empty_ledger.recorded()
        backup = await empty_ledger.backup()
        await publish(empty_ledger, 300, random.Random(8))
        await empty_ledger.recorded()
        before = [tuple(row) for row in await journal(empty_ledger)]
        await empty_ledger.restore(backup)
        await empty_ledger.recorded()
        assert not task.done()
    assert [tuple(row) for row in await journal(empty_ledger)] == before
    await assert_recorded(empty_ledger)


async def again(ledger: Ledger) -> None:
    """Append one as soon as the stream takes it."""

    async def taken() -> bool:
        try:
            await ledger.append(call())
        except Exception:
            return False
        return True

    await until(taken, "the stream takes nothing")
