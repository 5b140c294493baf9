"""`daybook source`: a token is printed once, and works until it is rotated or disabled."""

import asyncio
import json
import os
from typing import Any

import httpx
import pytest

from services.runtime import process as python
from tests.ledger import Ledger
from tests.service import until

EVENT = {
    "specversion": "1.0",
    "id": "c-1",
    "source": "telephony",
    "type": "daybook.call_made.v1",
    "subject": "deal/tel-1",
    "time": "2026-03-31T09:30:00+08:00",
    "data": {},
}


async def daybook(ledger: Ledger, *words: str) -> tuple[int, str, str]:
    """A command: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *python.daybook(*words),
        env=os.environ | ledger.environment | {"COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_source_is_added_sends_is_rotated_and_disabled(empty_ledger: Ledger) -> None:
    code, token, words = await daybook(
        empty_ledger, "source", "add", "telephony", "--events", "call_made, visit_done", "--id-prefix", "tel-"
    )
    assert code == 0
    assert token.strip().startswith("dbk_")
    assert "shown this once" in words

    async with empty_ledger.process("intake") as intake, httpx.AsyncClient(timeout=20) as client:

        async def status(token: str) -> int:
            headers = {"Authorization": f"Bearer {token.strip()}", "Content-Type": "application/cloudevents+json"}
            return (await client.post(f"{intake.url}/events", json=EVENT, headers=headers)).status_code

        assert await status(token) == 201
        _, rotated, _ = await daybook(empty_ledger, "source", "rotate", "telephony", "--json")
        new = json.loads(rotated)["token"]
        assert await status(new) == 200

        async def answers(token: str, expected: int) -> bool:
            return await status(token) == expected

        await until(lambda: answers(token, 401), "the old token still works")
        assert (await daybook(empty_ledger, "source", "disable", "telephony"))[0] == 0
        await until(lambda: answers(new, 403), "the disabled source still sends")

    _, listed, _ = await daybook(empty_ledger, "source", "list", "--json")
    shown = {each["name"]: each for each in json.loads(listed)["sources"]}["telephony"]
    assert (shown["events"], shown["id_prefix"]) == (["call_made", "visit_done"], "tel-")
    assert shown["disabled_at"] is not None
    assert "token" not in listed
    assert "disabled" in (await daybook(empty_ledger, "source", "list"))[1]


@pytest.mark.long
async def test_what_cannot_be_done_says_why_and_ends_with_two(empty_ledger: Ledger) -> None:
    async def refused(*words: str) -> str:
        code, out, err = await daybook(empty_ledger, "source", *words)
        assert (code, out) == (2, "")
        return err

    assert "phone_rang" in await refused("add", "telephony", "--events", "call_made,phone_rang")
    assert "1 to 64 letters" in await refused("add", "tele phony", "--events", "all")
    assert "prefix" in await refused("add", "telephony", "--events", "all", "--id-prefix", "tel/")
    assert "daybook source list" in await refused("rotate", "telephony")
    assert "daybook source list" in await refused("disable", "telephony")
    first: Any = await daybook(empty_ledger, "source", "add", "telephony", "--events", "all")
    assert first[0] == 0
    assert "daybook source rotate" in await refused("add", "telephony", "--events", "all")
