"""Destination of a command's log."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = """
from services.cli.context import load
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
from services.cli.context import load
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


UNWRITABLE = """
import os, sys
from services.cli.context import load
load()
import logging, structlog
for number in range(3):
    structlog.get_logger().error("stream_followed", number=number)
    logging.getLogger("some.library").error("it says something")
os.write(1, b"went on")
sys.stderr.flush = lambda: None  # what is left over at the end is no concern of a service
"""


def _went_on(stderr: int) -> bool:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    environment = inherited | {"PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", UNWRITABLE], env=environment, stdout=subprocess.PIPE, stderr=stderr, check=False
    )
    return done.stdout == b"went on"


def test_a_log_on_a_full_disk_ends_nothing() -> None:
    with Path("/dev/full").open("wb") as full:
        assert _went_on(full.fileno())


def test_a_log_that_nobody_reads_ends_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert _went_on(writing)
    finally:
        os.close(writing)


EXCHANGED = """
import io, sys
from services.cli.context import load
import structlog
log = structlog.get_logger()
standard, sys.stderr = sys.stderr, io.StringIO()
load()
log.warning("during")
sys.stderr.close()
log.warning("into a stream that is closed")
sys.stderr = None
log.warning("into none")
sys.stderr = standard
log.warning("after")
print("went on")
"""


def test_a_line_goes_to_standard_error_as_it_is_then() -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    done = subprocess.run([sys.executable, "-c", EXCHANGED], env=inherited, capture_output=True, text=True, check=False)
    assert done.stdout == "went on\n", done.stderr
    assert [word for word in ("during", "into", "after") if word in done.stderr] == ["after"]


CONFIGURED_TWICE = """
from services.cli.context import load
from structlog.testing import capture_logs
import structlog
log = structlog.get_logger()
load()
log.warning("first")
load()
with capture_logs() as said:
    log.warning("second")
print([each["event"] for each in said])
"""


def test_a_logger_follows_the_newest_configuration() -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    done = subprocess.run(
        [sys.executable, "-c", CONFIGURED_TWICE], env=inherited, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['second']\n"
