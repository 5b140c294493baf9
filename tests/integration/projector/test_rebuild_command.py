"""`daybook rebuild` as people type it."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.runtime import process as python
from tests.integration.projector.journal import Journal
from tests.integration.projector.turmoil import turmoil
from tests.integration.projector.working import projecting, served
from tests.ledger import Ledger
from tests.service import until


async def _started(ledger: Ledger, *arguments: str) -> Process:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DAYBOOK_")}
    return await asyncio.create_subprocess_exec(
        *python.daybook("rebuild", *arguments),
        env=inherited | ledger.environment,
        cwd=Path(__file__).parents[3],
        stdout=PIPE,
        stderr=PIPE,
    )


async def _run(ledger: Ledger, *arguments: str) -> tuple[int | None, str, str]:
    process = await _started(ledger, *arguments)
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def _filled(ledger: Ledger, events: int) -> tuple[Journal, asyncpg.Connection]:
    owner = await ledger.connect()
    journal = Journal()
    journal.take(turmoil(seed=61, events=events))
    await journal.write(owner)
    async with projecting(ledger):
        await ledger.projected(journal.last)
    return journal, owner


@pytest.mark.long
async def test_a_difference_is_shown_and_then_mended(empty_ledger: Ledger) -> None:
    journal, owner = await _filled(empty_ledger, 150)
    schema = (await served(owner)).schema
    assert (await _run(empty_ledger, "--force", "--diff"))[0] == 0
    await owner.execute(
        f'update "{schema}".receivables_movement set amount = 1234567'
        f' where ctid = (select min(ctid) from "{schema}".receivables_movement)'
    )
    code, output, _ = await _run(empty_ledger, "--force", "--diff")
    assert code == 1
    assert "receivables_movement: 1 rows only before, 1 only now" in output
    assert "amount 1234567" in output
    assert "No view that writes receivables_movement is of another version" in output
    assert "Nothing was promoted." in output
    assert (await served(owner)).schema == schema
    code, output, _ = await _run(empty_ledger, "--force", "--json")
    assert code == 0
    done: dict[str, Any] = json.loads(output)
    assert done["promoted"]
    assert not done["same"]
    assert done["sequence"] == journal.last
    (table,) = [each for each in done["tables"] if each["only_before"]]
    assert table["table"] == "receivables_movement"
    assert table["examples_before"][0]["amount"] == "1234567"
    assert (done["changes"], done["unexplained"]) == ([], ["receivables_movement"])
    assert (await served(owner)).schema != schema


@pytest.mark.long
async def test_without_need_it_says_so(empty_ledger: Ledger) -> None:
    code, output, _ = await _run(empty_ledger)
    assert code == 0
    assert "--force" in output


@pytest.mark.long
async def test_ctrl_c_leaves_nothing_behind(empty_ledger: Ledger) -> None:
    _, owner = await _filled(empty_ledger, 1500)
    before = await served(owner)
    process = await _started(empty_ledger, "--force")
    await until(lambda: _schemas_are(owner, 2), "nothing is built")
    process.send_signal(signal.SIGINT)
    output, errors = await process.communicate()
    assert process.returncode == 130, (output, errors)
    assert b"Traceback" not in errors
    assert await served(owner) == before
    assert await _schemas_are(owner, 1)


async def _schemas_are(owner: asyncpg.Connection, number: int) -> bool:
    return bool(await owner.fetchval("select count(*) = $1 from pg_namespace where nspname ~ '^gen_'", number))
