"""One recorder writes; another takes its place at once; one that lost its place cannot write, whatever it thinks."""

import asyncio
import os
import signal

import pytest

from services.errors import LostLeadership
from services.postgres import leader_lock
from services.recorder.journal_rows import JournalRow, classified
from services.recorder.write import Writer
from tests.integration.recorder.events import call, stored
from tests.integration.recorder.recording import assert_recorded, recorder, stream
from tests.ledger import Ledger
from tests.service import until

HOLDERS = """
select pid from pg_locks join pg_stat_activity using (pid)
 where locktype = 'advisory' and granted and datname = current_database()
"""


async def lock_holder(ledger: Ledger) -> int:
    """Waits for the connection that holds the recorder's lock."""
    connection = await ledger.connect()
    found: list[int] = []

    async def held() -> bool:
        found[:] = [row["pid"] for row in await connection.fetch(HOLDERS)]
        return bool(found)

    await until(held, "nobody holds the lock")
    (pid,) = found
    return pid


async def test_of_two_writers_the_second_cannot_commit(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(), call(), call())
    messages = await stream(empty_ledger)
    one = await Writer.open(await empty_ledger.connect("daybook_recorder"))
    other = await Writer.open(await empty_ledger.connect("daybook_recorder"))
    await one.write(classified(messages[:2], one.position.recorded_at))
    with pytest.raises(LostLeadership):
        await other.write(classified(messages[:1], other.position.recorded_at))
    with pytest.raises(LostLeadership):
        await other.write(classified(messages, other.position.recorded_at))
    await one.write(classified(messages[2:], one.position.recorded_at))
    await assert_recorded(empty_ledger)


async def test_a_writer_that_is_behind_cannot_commit_duplicates_either(empty_ledger: Ledger) -> None:
    for _ in range(2):
        await empty_ledger.publish(stored(call(id="the same")), "daybook.deal.D-1")
    messages = await stream(empty_ledger)
    one = await Writer.open(await empty_ledger.connect("daybook_recorder"))
    other = await Writer.open(await empty_ledger.connect("daybook_recorder"))
    await one.write(classified(messages[:1], one.position.recorded_at))
    with pytest.raises(LostLeadership):
        await other.write(classified(messages, other.position.recorded_at))
    await one.write(classified(messages[1:], one.position.recorded_at))
    await assert_recorded(empty_ledger)


async def test_a_writer_that_is_ahead_cannot_leave_a_gap(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call(), call())
    messages = await stream(empty_ledger)
    writer = await Writer.open(await empty_ledger.connect("daybook_recorder"))
    with pytest.raises(LostLeadership, match="do not follow"):
        await writer.write(classified(messages[1:], writer.position.recorded_at))


async def test_two_recorders_side_by_side(ledger: Ledger) -> None:
    async with ledger.process("recorder") as one, ledger.process("recorder") as other:
        for _ in range(30):
            await ledger.append(*[call() for _ in range(5)])
        await ledger.recorded()
        outputs = dict.fromkeys((one, other), "")

        async def both_have_spoken() -> bool:
            outputs.update((each, each.output()) for each in outputs)
            return all("recorder_" in text for text in outputs.values())

        await until(both_have_spoken, "one has not said whether it leads")
        (leading,) = (each for each, text in outputs.items() if "recorder_started" in text)
        (standby,) = (each for each, text in outputs.items() if "recorder_standby_entered" in text)
        assert standby is not leading
        await leading.kill()
        await ledger.append(call())
        await ledger.recorded()
    await assert_recorded(ledger)


async def test_a_recorder_that_is_told_to_stop_makes_way(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger):
        await lock_holder(empty_ledger)
        async with recorder(empty_ledger):
            await empty_ledger.append(call())
            await empty_ledger.recorded()
        await empty_ledger.append(call())
        await empty_ledger.recorded()
    await assert_recorded(empty_ledger)


@pytest.mark.long
async def test_a_recorder_that_slept_through_its_end_writes_nothing(empty_ledger: Ledger) -> None:
    async with empty_ledger.process("recorder") as sleeper:
        await lock_holder(empty_ledger)
        publishing = asyncio.gather(empty_ledger.append(*[call() for _ in range(400)]))
        await empty_ledger.recorded(50)
        os.kill(sleeper.process.pid, signal.SIGSTOP)
        try:
            owner = await empty_ledger.connect()
            await owner.execute("select pg_terminate_backend($1)", await lock_holder(empty_ledger))
            async with recorder(empty_ledger):
                await publishing
                await empty_ledger.recorded()
                os.kill(sleeper.process.pid, signal.SIGCONT)

                async def has_noticed() -> bool:
                    return "leadership_lost" in sleeper.output() or "recorder_interrupted" in sleeper.output()

                await until(has_noticed, "it has not noticed", sleeper.output)
                await empty_ledger.append(*[call() for _ in range(50)])
                await empty_ledger.recorded()
            await empty_ledger.append(call())
            await empty_ledger.recorded()
        finally:
            os.kill(sleeper.process.pid, signal.SIGCONT)
    await assert_recorded(empty_ledger)


async def test_a_former_writer_stopped_in_the_middle_keeps_nobody_waiting(empty_ledger: Ledger) -> None:
    await empty_ledger.append(call())
    former = await empty_ledger.connect("daybook_recorder")
    writer = await Writer.open(former)
    rows = [each.row for each in classified(await stream(empty_ledger), writer.position.recorded_at)]
    await former.execute(f"set application_name = '{leader_lock.writer_of('recorder')}'")
    await former.execute("begin")
    await former.copy_records_to_table("journal", schema_name="ledger", columns=JournalRow._fields, records=rows)
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    assert former.is_closed()
    await assert_recorded(empty_ledger)


async def test_who_is_frozen_or_cut_off_loses_the_lock(empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader_lock, "FORGET_S", 1)
    monkeypatch.setattr(leader_lock, "PING_S", 60)
    url = empty_ledger.endpoints.database_url
    async with (
        leader_lock.leadership(url, "recorder") as frozen,
        leader_lock.leadership(url, "recorder"),
        asyncio.timeout(20),
    ):
        with pytest.raises(LostLeadership):
            await frozen.watch()


async def test_a_recorder_whose_lock_is_gone_begins_anew(empty_ledger: Ledger) -> None:
    async with recorder(empty_ledger):
        owner = await empty_ledger.connect()
        former = await lock_holder(empty_ledger)
        await owner.execute("select pg_terminate_backend($1, 5000)", former)
        await empty_ledger.append(call())
        await empty_ledger.recorded()
        assert await lock_holder(empty_ledger) != former
    await assert_recorded(empty_ledger)
