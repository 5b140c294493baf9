"""`daybook backup`: complete, consistent, for its owner's eyes, and all or nothing."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import pytest

from services.backup import files
from services.backup.check import check
from services.backup.files import PARTIAL
from services.backup.journal import rows
from services.backup.manifest import FILE, Manifest
from tests.integration.backup.backing import backed_up, settings_of, started
from tests.integration.query.telling import PLAYBOOKS, tell_first, tell_second
from tests.integration.reconcile.damage import rewind, snapshot
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import recorder
from tests.ledger import Ledger, fresh_ledger
from tests.servers import Servers
from tests.service import until
from tests.up import daybook

_TABLES = "select relname::text from pg_class where relnamespace = 'ledger'::regnamespace and relkind = 'r'"


@pytest.mark.long
async def test_it_holds_every_row_of_every_durable_table(servers: Servers, tmp_path: Path) -> None:
    async with fresh_ledger(servers, PLAYBOOKS) as ledger:
        await tell_second(await tell_first(ledger))
        await ledger.source("telephony", "call_made")
        manifest = await backed_up(ledger, tmp_path / "backup")
        owner = await ledger.connect()
        there = {row["relname"] for row in await owner.fetch(_TABLES)}
        assert {"journal", "concerns", "source", "reader", "identity", "quarantine_decision", "generation"} <= there
        assert {each.table for each in manifest.tables} == there - {"migration"}
        for table in manifest.tables:
            wanted = await owner.fetchval(f"select count(*) from ledger.{table.table}")
            assert (table.rows, len(list(files.lines(tmp_path / "backup" / table.name)))) == (wanted, wanted)
        journal = manifest.table("journal")
        kept = rows(files.lines(tmp_path / "backup" / journal.name), journal.columns)
        query = "select sequence, recorded_at, stream_subject, message, leaf_hash from ledger.journal order by sequence"
        assert [tuple(row) for row in kept] == [tuple(row) for row in await owner.fetch(query)]
        applied = await owner.fetch("select number, name, digest from ledger.migration order by number")
        assert [each.model_dump() for each in manifest.migrations] == [dict(row) for row in applied]
        assert (manifest.sequence, manifest.time_zone) == (journal.rows, "UTC")


async def test_no_token_is_in_it(ledger: Ledger, tmp_path: Path) -> None:
    token = await ledger.source("crm")
    async with ledger.process("recorder"):
        manifest = await backed_up(ledger, tmp_path / "backup")
    text = b"".join(each for table in manifest.tables for each in files.lines(tmp_path / "backup" / table.name))
    assert b"crm" in text
    assert token.encode() not in text


async def test_an_empty_ledger_can_be_backed_up(empty_ledger: Ledger, tmp_path: Path) -> None:
    manifest = await backed_up(empty_ledger, tmp_path / "backup")
    assert (manifest.sequence, manifest.last_leaf_hash, manifest.table("journal").rows) == (0, None, 0)


async def test_it_waits_for_what_was_acknowledged_before(empty_ledger: Ledger, tmp_path: Path) -> None:
    sequences = await empty_ledger.append(*(call() for _ in range(30)))
    process = await started(empty_ledger, "backup", "--out", str(tmp_path / "backup"))
    await until(lambda: _exists(tmp_path / f"backup{PARTIAL}"), "the backup does not begin")
    async with empty_ledger.process("recorder"):
        output, complaint = await process.communicate()
    assert process.returncode == 0, complaint
    assert f"up to sequence {sequences[-1]}, recorded at 20".encode() in output
    assert Manifest.read(tmp_path / "backup").sequence == sequences[-1]


async def test_behind_a_recorder_that_stands_still_nothing_is_left(empty_ledger: Ledger, tmp_path: Path) -> None:
    await empty_ledger.append(call(), call())
    words = ("backup", "--out", str(tmp_path / "backup"), "--wait", "0.3")
    code, _, complaint = await daybook(*words, **settings_of(empty_ledger))
    assert code == 2
    assert "the stream holds 2 messages and after 0.3 s the recorder is at 0" in complaint
    assert list(tmp_path.iterdir()) == []


async def test_a_stream_that_was_rewound_says_nothing_of_what_was_acknowledged(
    empty_ledger: Ledger, tmp_path: Path
) -> None:
    await empty_ledger.append(*(call() for _ in range(2)))
    older = await snapshot(empty_ledger)
    await empty_ledger.append(*(call() for _ in range(5)))
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    await rewind(empty_ledger, older)
    await empty_ledger.append(call(id="acknowledged"))
    code, _, complaint = await daybook("backup", "--out", str(tmp_path / "backup"), **settings_of(empty_ledger))
    assert code == 2
    assert "its messages 4-7 are missing" in complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
async def test_it_is_consistent_while_writers_write(empty_ledger: Ledger, tmp_path: Path) -> None:
    stop = asyncio.Event()

    async def write(writer: int) -> None:
        number = 0
        while not stop.is_set():
            await empty_ledger.append(call(f"D-{writer}-{number}"))
            number += 1

    async with empty_ledger.process("recorder"):
        writers = [asyncio.create_task(write(each)) for each in range(4)]
        await empty_ledger.recorded(50)
        before = await empty_ledger.last_sequence()
        manifest = await backed_up(empty_ledger, tmp_path / "backup")
        after = await empty_ledger.last_sequence()
        stop.set()
        await asyncio.gather(*writers)
    assert before <= manifest.sequence <= after
    concerns = manifest.table("concerns")
    place = concerns.columns.index("sequence")
    named = {int(line.split(b"\t")[place]) for line in files.lines(tmp_path / "backup" / concerns.name)}
    assert named == set(range(1, manifest.sequence + 1))
    assert check(tmp_path / "backup").faults == []


async def test_its_files_are_for_its_owner_alone(ledger: Ledger, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        async with ledger.process("recorder"):
            await backed_up(ledger, tmp_path / "backup")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "backup").iterdir()}
    assert modes == {0o600}


async def test_what_is_there_already_is_not_touched(ledger: Ledger, tmp_path: Path) -> None:
    code, _, complaint = await daybook("backup", "--out", str(tmp_path), **settings_of(ledger))
    assert (code, "is there already" in complaint) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
async def test_one_that_was_killed_is_begun_anew_and_never_looks_complete(ledger: Ledger, tmp_path: Path) -> None:
    partial = tmp_path / f"backup{PARTIAL}"
    process = await started(ledger, "backup", "--out", str(tmp_path / "backup"))
    await until(lambda: _exists(partial), "the backup does not begin")
    code, _, complaint = await daybook("backup", "--out", str(tmp_path / "backup"), **settings_of(ledger))
    assert (code, "Another `daybook backup` writes" in complaint) == (2, True)
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    (partial / FILE).write_text("half of a manife")
    assert [each.name for each in tmp_path.iterdir()] == [partial.name]
    async with ledger.process("recorder"):
        await backed_up(ledger, tmp_path / "backup")
    assert [each.name for each in tmp_path.iterdir()] == ["backup"]


async def test_ctrl_c_leaves_nothing_behind(ledger: Ledger, tmp_path: Path) -> None:
    process = await started(ledger, "backup", "--out", str(tmp_path / "backup"))
    await until(lambda: _exists(tmp_path / f"backup{PARTIAL}"), "the backup does not begin")
    process.send_signal(signal.SIGINT)
    _, complaint = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
async def test_a_journal_that_was_altered_is_not_backed_up(empty_ledger: Ledger, tmp_path: Path) -> None:
    await empty_ledger.append(*(call() for _ in range(3)))
    async with empty_ledger.process("recorder"):
        await empty_ledger.recorded()
        owner = await empty_ledger.connect()
        await owner.execute("alter table ledger.journal disable trigger user")
        await owner.execute("update ledger.journal set message = 'x' where sequence = 2")
        code, _, complaint = await daybook("backup", "--out", str(tmp_path / "backup"), **settings_of(empty_ledger))
    assert code == 2
    assert "the row at sequence 2 does not have the leaf hash of its content" in complaint
    assert "`daybook verify`" in complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
async def test_a_disk_without_room_is_named_and_nothing_is_left(ledger: Ledger, tmp_path: Path) -> None:
    async with ledger.process("recorder"):
        await ledger.recorded()
        words = ("backup", "--out", str(tmp_path / "backup"))
        process = await started(ledger, *words, via=("prlimit", "--fsize=1000"))
        _, complaint = await process.communicate()
    assert process.returncode == 2
    assert "cannot be written: File too large" in complaint.decode()
    assert list(tmp_path.iterdir()) == []


async def _exists(path: Path) -> bool:
    return path.exists()
