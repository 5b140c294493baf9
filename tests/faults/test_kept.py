"""Checks that the keeper of a process goes on when that process cannot be started."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from services.embedded.process import Program
from tests.faults.kept import Kept


async def test_a_process_that_cannot_be_started_is_tried_again_and_each_failure_is_kept(tmp_path: Path) -> None:
    there_later = tmp_path / "there later"
    tried = asyncio.Event()
    program = Program(
        name="sleeper",
        command=[sys.executable, "-c", "import time; time.sleep(600)"],
        log=tmp_path / "log",
        environment=os.environ,
        stop_signal=signal.SIGTERM,
        orphan_signal=signal.SIGKILL,
        directory=there_later,
    )
    kept = Kept("sleeper", program, "http://127.0.0.1:1", lambda _: tried.set())
    starting = asyncio.create_task(kept.start())
    try:
        async with asyncio.timeout(30):
            await tried.wait()
            there_later.mkdir()
            await starting
        assert kept.runs
        assert "sleeper cannot be started" in kept.ended[0]
    finally:
        starting.cancel()
        await kept.stop()
