"""Commands in this process, while its event loop goes on: for tests to which the entry point does not matter."""

import asyncio
from collections.abc import Mapping

from typer.testing import CliRunner

from services.cli.main import app
from services.errors import DaybookError
from tests.ledger import Ledger


async def in_process(ledger: Ledger, *words: str) -> tuple[int, str]:
    """A command on a ledger: exit code, as the entry point gives it, and all that it says."""
    code, output, complaint = await run_in_process(ledger.environment, *words)
    return code, output + complaint


async def run_in_process(environment: Mapping[str, str], *words: str) -> tuple[int, str, str]:
    """A command with these variables: exit code, as the entry point gives it, standard output and standard error."""
    done = await asyncio.to_thread(CliRunner().invoke, app, words, env={**environment, "COLUMNS": "200"})
    if isinstance(done.exception, DaybookError):
        return 2, done.stdout, done.stderr + str(done.exception)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr
