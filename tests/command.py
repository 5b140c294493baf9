"""Commands in this process, while its event loop goes on: for tests to which the entry point does not matter."""

import asyncio

from typer.testing import CliRunner

from services.cli.main import app
from services.errors import DaybookError
from tests.ledger import Ledger


async def in_process(ledger: Ledger, *words: str) -> tuple[int, str]:
    """A command on a ledger: exit code, as the entry point gives it, and all that it says."""
    done = await asyncio.to_thread(CliRunner().invoke, app, words, env=ledger.environment | {"COLUMNS": "200"})
    if isinstance(done.exception, DaybookError):
        return 2, done.output + str(done.exception)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output
