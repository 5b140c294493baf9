"""A whole run on real servers finds what is done to the journal behind everybody's back, and leaves no process."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from tests.faults.plan import Fault, Plan
from tests.faults.run import run
from tests.faults.servers import OneOfEach, connect
from tests.faults.table import markdown
from tests.faults.taking_over import others_go_on
from tests.faults.world import World


async def _tamper(world: World[OneOfEach]) -> None:
    """One acknowledged entry gets other bytes, another does not count any more."""
    async with world.writers.quiet():
        await world.caught_up()
        owner = await connect(world.servers.postgres.url_of("daybook"))
        try:
            await owner.execute("alter table ledger.journal disable trigger all")
            entries = await owner.fetch(
                "select sequence from ledger.journal where disposition = 'entry' and source like 'http_'"
                " and type = 'daybook.call_made.v1' order by sequence limit 2"
            )
            await owner.execute(
                "update ledger.journal set message = message || ' '::bytea where sequence = $1", entries[0][0]
            )
            await owner.execute(
                "update ledger.journal set disposition = 'unreadable', reason = 'so they say' where sequence = $1",
                entries[1][0],
            )
        finally:
            await owner.close()


def _tampering(draw: Random) -> Sequence[Fault[OneOfEach]]:
    return [Fault("tamper with the journal", 2.0, _tamper)]


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory whose name leaves room for a socket in it: a socket's path has 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="faults-") as directory:
        Path(directory).chmod(0o711)  # run by root, PostgreSQL is another user
        yield Path(directory)


@pytest.mark.timeout(300)
@pytest.mark.long
async def test_a_run_finds_what_was_altered_and_lost_and_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch, short_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short_path))
    result = await run(Plan("tampered", "tampering", _tampering, OneOfEach), 1, print)
    assert (result.lost, result.doubled, result.altered) == (1, 0, 1)
    assert result.acknowledged > 10
    assert not result.passed
    assert any("daybook verify" in each for each in result.complaints)
    assert any("differ" in each for each in result.complaints)
    assert "| tampering | 1 | 1 |" in markdown([result], {"tampered": "tampering"}, {})
    assert result.kept
    kept = Path(result.kept)
    assert (kept / "receipts.jsonl").exists()
    assert not _alive(str(kept))


async def _lose_recorder_and_hang(world: World[OneOfEach]) -> None:
    began = monotonic()
    await world.kept["recorder"].hold()
    await others_go_on(world, "the only recorder", began, within_s=2.0)
    await asyncio.Event().wait()


@pytest.mark.timeout(300)
@pytest.mark.long
async def test_a_run_in_which_nobody_goes_on_and_that_hangs_is_broken_off_and_has_failed(
    monkeypatch: pytest.MonkeyPatch, short_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short_path))
    hangs = Plan(
        "hangs", "hanging", lambda _: [Fault("hang", 0.0, _lose_recorder_and_hang)], OneOfEach, ends_within_s=30.0
    )
    result = await run(hangs, 1, print)
    assert not result.passed
    assert result.take_overs_s == [None]
    assert any("nobody goes on 2 s after the only recorder was lost" in each for each in result.complaints)
    assert result.recovery_s is None
    assert any("the run broke off" in each and "TimeoutError" in each for each in result.complaints)
    assert result.kept
    assert not _alive(result.kept)


def _alive(named: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if named in command:
            found.append(command)
    return found
