"""Where a command's log goes."""

import os
import subprocess
import sys

import pytest

COMMAND = """
from services.cli.options import load
load()
import structlog
log = structlog.get_logger()
log.info("stream_followed")
log.warning("consumer_lost")
print("{}")
"""


@pytest.mark.parametrize(
    ("level", "logged"),
    [
        (None, ["consumer_lost"]),
        ("info", ["stream_followed", "consumer_lost"]),
        ("error", []),
    ],
)
def test_a_command_logs_to_standard_error_and_answers_on_standard_output(level: str | None, logged: list[str]) -> None:
    settings = {"DAYBOOK_LOG_LEVEL": level} if level else {}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND], env=inherited | settings, capture_output=True, text=True, check=True
    )
    assert done.stdout == "{}\n"
    assert [name for name in ("stream_followed", "consumer_lost") if name in done.stderr] == logged
