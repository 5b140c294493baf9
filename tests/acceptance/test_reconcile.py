"""`daybook reconcile`: what it says of a stream, what it puts right, and how it ends."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.reconcile.damage import replace
from tests.integration.recorder.events import call
from tests.integration.recorder.recording import assert_recorded, recorder
from tests.ledger import Ledger
from tests.up import daybook, running_up


async def command(ledger: Ledger, *words: str, code: int) -> tuple[str, str]:
    variables = {name.removeprefix("DAYBOOK_").lower(): value for name, value in ledger.environment.items()}
    ended, out, err = await daybook("reconcile", *words, **variables)
    assert ended == code, out + err
    return out, err


async def document(ledger: Ledger, *words: str, code: int) -> Any:
    out, _ = await command(ledger, *words, "--json", code=code)
    return json.loads(out)


async def test_a_stream_that_was_replaced_is_shown_and_put_right(empty_ledger: Ledger) -> None:
    await empty_ledger.append(*[call(id=f"recorded {number}") for number in range(5)])
    async with recorder(empty_ledger):
        await empty_ledger.recorded()
    healthy = await document(empty_ledger, code=0)
    assert (healthy["action"], healthy["applied"]) == ("none", False)
    assert "Nothing differs" in (await command(empty_ledger, "--apply", "--reason", "to be sure", code=0))[0]

    await replace(empty_ledger)
    await empty_ledger.append(call(id="other"), call(id="yet another"))
    found = await document(empty_ledger, code=1)
    assert found == {
        "action": "make_anew",
        "applied": False,
        "recorded": 5,
        "last_sequence": 2,
        "missing": [[3, 5]],
        "other": [[1, 2]],
        "retimed": [],
        "lost": [],
        "unrecorded": [],
        "to_come": [],
        "recorded_ahead": None,
        "moved": [{"old": [1, 2], "new": [6, 7]}],
    }
    out, _ = await command(empty_ledger, code=1)
    assert "3 missing: 3-5; 2 held by other messages: 1-2" in out
    assert "Nothing was changed" in out
    assert "--reason" in (await command(empty_ledger, "--apply", code=2))[1]
    assert await empty_ledger.last_sequence() == 2

    done = await document(empty_ledger, "--apply", "--reason", "the disk was changed", "--by", "Li", code=0)
    assert done == found | {"applied": True}
    assert (await document(empty_ledger, code=0))["action"] == "none"
    async with recorder(empty_ledger):
        await empty_ledger.recorded(7)
    await assert_recorded(empty_ledger)
    (past,) = (await document(empty_ledger, "--list", code=0))["reconciliations"]
    assert (past["by"], past["reason"], past["moved"]) == ("Li", "the disk was changed", found["moved"])
    assert past["ended_at"] > past["begun_at"]
    assert "the disk was changed" in (await command(empty_ledger, "--list", code=0))[0]


@pytest.mark.long
async def test_servers_that_do_not_answer(empty_ledger: Ledger) -> None:
    ended, out, err = await daybook(
        "reconcile", nats_url="nats://127.0.0.1:1", database_url=empty_ledger.endpoints.database_url
    )
    assert (ended, out) == (2, "")
    assert "NATS does not answer" in err


@pytest.mark.long
async def test_the_embedded_stream_is_lost_and_made_of_the_journal(tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    async with running_up(data):
        pass
    shutil.rmtree(data / "nats" / "jetstream")
    ended, _, err = await daybook("up", "--data", str(data), "--intake-port", "0", "--query-port", "0")
    assert ended == 2
    assert "`daybook reconcile`" in err
    ended, out, err = await daybook("reconcile", "--json", data=str(data))
    assert ended == 1, err
    assert json.loads(out)["missing"][0][0] == 1
    ended, out, err = await daybook("reconcile", "--apply", "--reason", "the disk is gone", data=str(data))
    assert ended == 0, err
    assert "The stream was made anew" in out
    async with running_up(data):
        ended, out, err = await daybook("verify", data=str(data))
        assert ended == 0, out + err
        ended, out, err = await daybook("reconcile", data=str(data))
        assert ended == 0, out + err


async def test_a_directory_without_a_ledger(tmp_path: Path) -> None:
    ended, out, err = await daybook("reconcile", data=str(tmp_path / "nothing"))
    assert (ended, out) == (2, "")
    assert "No ledger" in err
    assert not (tmp_path / "nothing").exists()
