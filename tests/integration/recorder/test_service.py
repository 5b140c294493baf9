"""`daybook serve recorder` as a process: what it tells, and that it waits for its servers and stops when told."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.integration.recorder.events import call
from tests.integration.recorder.recording import assert_recorded, recorder
from tests.ledger import Ledger
from tests.service import running_service, until


async def test_a_notice_follows_the_commit(empty_ledger: Ledger) -> None:
    nc = await empty_ledger.nats()
    notices = await nc.subscribe("notice.recorded")
    owner = await empty_ledger.connect()
    async with recorder(empty_ledger):
        for _ in range(5):
            (sequence,) = await empty_ledger.append(call())
            while int((await notices.next_msg(timeout=30)).data) < sequence:
                pass
            assert await owner.fetchval("select max(sequence) from ledger.journal") == sequence


@pytest.mark.long
async def test_a_batch_is_logged_at_debug_and_quarantine_as_a_warning(empty_ledger: Ledger) -> None:
    async with empty_ledger.process("recorder", log_level="debug") as process:
        await empty_ledger.append(call())
        await empty_ledger.publish(b"garbage", "daybook.deal.D-1")
        await empty_ledger.recorded()
    said = process.output()
    assert "recorder_started" in said
    assert "batch_recorded" in said
    assert "messages_quarantined" in said
    assert "recorder_stopped" in said
    async with empty_ledger.process("recorder") as process:
        await empty_ledger.append(call())
        await empty_ledger.recorded()
    assert "batch_recorded" not in process.output()


@pytest.mark.long_cases
@pytest.mark.parametrize(
    "away",
    [{"nats_url": "nats://127.0.0.1:1"}, {"database_url": "postgresql://nobody@127.0.0.1:1/none"}],
    ids=["nats", "postgres"],
)
async def test_it_waits_for_its_servers_and_stops_when_told(empty_ledger: Ledger, away: dict[str, str]) -> None:
    async with empty_ledger.process("recorder", **away) as process:

        async def waits() -> bool:
            return "does not answer" in process.output()

        await until(waits, "it does not say what it waits for", process.output)
        assert process.process.exit_code is None
        async with asyncio.timeout(10):
            await process.stop()


async def test_it_waits_for_the_ledger_to_be_made(empty_ledger: Ledger) -> None:
    owner = await empty_ledger.connect()
    await owner.execute("alter schema ledger rename to not_yet")
    async with empty_ledger.process("recorder") as process:

        async def waits() -> bool:
            return "recorder_interrupted" in process.output()

        await until(waits, "it does not say what it waits for", process.output)
        await owner.execute("alter schema not_yet rename to ledger")
        await empty_ledger.append(call())
        await empty_ledger.recorded()
    await assert_recorded(empty_ledger)


async def test_told_to_stop_while_it_is_still_loaded_it_ends_without_a_word(tmp_path: Path) -> None:
    log = tmp_path / "recorder.log"
    log.write_text("what a recorder before it said\n")
    away = {"DAYBOOK_NATS_URL": "nats://127.0.0.1:1", "DAYBOOK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    async with running_service("recorder", log, away) as process:
        pass
    assert process.process.exit_code in (0, -signal.SIGTERM)
    assert "Traceback" not in process.output()
