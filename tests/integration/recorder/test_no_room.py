"""A quota that is used up interrupts the recorder, as a full disk does, and does not end it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from services.embedded.system_user import server_user
from tests.integration.recorder.recording import assert_recorded
from tests.ledger import Ledger
from tests.service import until

ROOM = 17 * 1024 * 1024
"""No file of the recorder's backend may become larger: enough for a segment of the log, too little for the messages."""
MESSAGE_BYTES = 60_000
MESSAGES = 2 * ROOM // MESSAGE_BYTES


@contextmanager
def limited(pid: int) -> Iterator[None]:
    """The kernel refuses a process to make files larger, as it does beyond a quota."""
    _limit(pid, str(ROOM))
    try:
        yield
    finally:
        _limit(pid, "unlimited")


def _limit(pid: int, size: str) -> None:
    user = server_user()
    command = ["prlimit", "--pid", str(pid), f"--fsize={size}:unlimited"]
    owner: dict[str, Any] = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
    done = subprocess.run(command, capture_output=True, text=True, check=False, **owner)
    assert done.returncode == 0 or "No such process" in done.stderr, done.stderr


async def writers(connection: asyncpg.Connection) -> list[int]:
    """The server's processes that the recorder writes by."""
    rows = await connection.fetch(
        "select pid from pg_stat_activity where application_name = 'recorder writer' and datname = current_database()"
    )
    return [row["pid"] for row in rows]


@pytest.mark.long
async def test_a_recorder_whose_server_may_not_write_any_more_goes_on_as_soon_as_it_may(empty_ledger: Ledger) -> None:
    connection = await empty_ledger.connect()
    async with empty_ledger.process("recorder", log_level="debug") as recorder:

        async def works() -> bool:
            return len(await writers(connection)) == 1

        async def refused() -> bool:
            return "recorder_interrupted" in recorder.output()

        await until(works, "the recorder does not work", recorder.output)
        (pid,) = await writers(connection)
        with limited(pid):
            for _ in range(MESSAGES):
                await empty_ledger.publish(os.urandom(MESSAGE_BYTES), "daybook.deal.noise")
            await until(refused, "the recorder has room", recorder.output)
        await empty_ledger.recorded(MESSAGES)
        assert recorder.process.exit_code is None
        assert "Traceback" not in recorder.output()
    await assert_recorded(empty_ledger)
