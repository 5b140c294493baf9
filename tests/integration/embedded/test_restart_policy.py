"""Checks that a program that ends by itself is started again."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from services.embedded import restart_policy
from services.embedded.log_rotation import rotate
from services.embedded.process import Process, Program, Started
from services.embedded.restart_policy import SupervisedProcess
from services.errors import ServerFailed


class _Script:
    """A Python script as a server."""

    def __init__(self, log: Path, script: str) -> None:
        self.program = Program(
            name="script",
            command=[sys.executable, "-S", "-c", script],
            log=log,
            environment={},
            stop_signal=signal.SIGTERM,
            orphan_signal=signal.SIGKILL,
        )
        self.process: Process | None = None

    async def start(self, started: Started) -> Process:
        self.process = await Process.start(self.program)
        started(self.process)
        return self.process

    async def stop(self) -> None:
        if self.process is not None:
            await self.process.stop(1)


async def test_what_keeps_ending_says_why(tmp_path: Path) -> None:
    enough = asyncio.Event()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if len(said) == 3:
            enough.set()

    kept = SupervisedProcess(
        "script", _Script(tmp_path / "log", "raise SystemExit('the disk is full')"), lambda _, __: None, say
    )
    await kept.start()
    async with asyncio.timeout(30):
        await enough.wait()
    await kept.stop()
    assert "ended with exit code 1; starting it again in 0.1 s. the disk is full" in said[0]
    assert "in 0.3 s" in said[1]
    with pytest.raises(ServerFailed, match="the disk is full"):
        kept.check()


async def test_whoever_keeps_ending_is_started_again_within_two_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restart_policy, "FIRST_PAUSE_S", 1.9)
    said: asyncio.Queue[str] = asyncio.Queue()
    kept = SupervisedProcess(
        "script", _Script(tmp_path / "log", "raise SystemExit(1)"), lambda _, __: None, said.put_nowait
    )
    await kept.start()
    try:
        async with asyncio.timeout(30):
            assert "in 1.9 s" in await said.get()
            assert "in 2 s" in await said.get()
            assert "in 2 s" in await said.get()
    finally:
        await kept.stop()


@pytest.mark.parametrize("error", [ConnectionResetError("gone"), RuntimeError("nobody foresaw this")])
async def test_a_start_that_fails_half_way_is_tried_again_and_leaves_nothing_running(
    tmp_path: Path, error: Exception
) -> None:
    failures = [error]
    started: list[Process] = []

    class Failing(_Script):
        async def start(self, note: Started) -> Process:
            process = await super().start(note)
            started.append(process)
            if len(started) == 2 and failures:
                raise failures.pop()
            return process

    kept = SupervisedProcess(
        "script", Failing(tmp_path / "log", "import time; time.sleep(60)"), lambda _, __: None, lambda _: None
    )
    await kept.start()
    try:
        await started[0].kill()
        async with asyncio.timeout(30):
            while len(started) < 3:  # noqa: ASYNC110 - it is started by another task
                await asyncio.sleep(0.01)
        assert [each.exit_code for each in started] == [-signal.SIGKILL, -signal.SIGKILL, None]
    finally:
        await kept.stop()


async def test_what_does_not_stop_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    script = _Script(tmp_path / "log", deaf)
    process = await script.start(lambda _: None)
    async with asyncio.timeout(30):
        while "deaf" not in process.last_words():  # noqa: ASYNC110 - it says so in a file
            await asyncio.sleep(0.01)
    assert await process.stop(0.1) == -signal.SIGKILL


async def test_a_program_that_is_not_there_says_so(tmp_path: Path) -> None:
    missing = Program("ghost", ["/no/such/program"], tmp_path / "log", {}, signal.SIGTERM, signal.SIGKILL)
    process = await Process.start(missing)
    assert await process.wait() == 1
    assert "cannot run /no/such/program" in process.last_words()


def test_a_large_log_is_set_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "intake.log"
    with log.open("ab", buffering=0) as writer:
        for text in (b"first", b"second", b"third", b"fourth", b"fifth"):
            writer.write(text)
            rotate(tmp_path, max_bytes=1)
    assert log.read_bytes() == b""
    kept = {each.name: each.read_bytes() for each in tmp_path.glob("*.log.*")}
    assert kept == {"intake.log.1": b"fifth", "intake.log.2": b"fourth", "intake.log.3": b"third"}


def test_a_small_log_stays(tmp_path: Path) -> None:
    (tmp_path / "intake.log").write_text("line")
    rotate(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["intake.log"]
