"""Where a command's log goes."""

import json
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


REPORTING = """
import logging
from services.cli.options import load
load()
try:
    raise ConnectionRefusedError("nobody listens")
except OSError:
    logging.getLogger("asyncpg").warning("will be tried again", exc_info=True)
    logging.getLogger("asyncio").error("nobody looked at this", exc_info=True)
"""


def test_what_a_library_reports_is_a_line_like_any_other() -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    done = subprocess.run(
        [sys.executable, "-c", REPORTING],
        env=inherited | {"DAYBOOK_LOG_JSON": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    retry, failure = (json.loads(line) for line in done.stderr.splitlines())
    assert (retry["event"], retry["level"], retry["library"]) == ("library_reported", "warning", "asyncpg")
    assert retry["error"] == "ConnectionRefusedError('nobody listens')"
    assert "exception" not in retry
    assert failure["level"] == "error"
    assert "Traceback (most recent call last)" in failure["exception"]
