"""The demo knows its own ledgers, and touches no other."""

import json
import os
from pathlib import Path

import pytest

from contracts.playbooks.shipped import shipped
from services.demo import notes
from services.demo.ledger import DemoLedger
from services.errors import BadRequest, DaybookError, ServerFailed
from tests.up import daybook, running_up


@pytest.mark.parametrize("running", [pytest.param(True, marks=pytest.mark.long), False])
async def test_a_ledger_that_the_demo_did_not_make_is_left_alone(tmp_path: Path, running: bool) -> None:
    data = tmp_path / "ledger"
    async with running_up(data) as up:
        code, token, complaint = await daybook("source", "add", "crm", "--events", "all", "--json", data=str(data))
        assert code == 0, complaint
        before = await _sources(data)
        if not running:
            code, _, complaint = await daybook("down", data=str(data))
            assert (code, await up.process.wait()) == (0, 0), complaint
        code, said, complaint = await daybook("demo", "--data", str(data), "--deals", "20")
        assert (code, "a ledger that the demo did not make" in complaint) == (2, True), said + complaint
        if running:
            assert await _sources(data) == before
            status = json.loads((await daybook("status", "--json", data=str(data)))[1])
            assert status["entries"] == len(shipped())
    assert json.loads(token)["name"] == "crm"
    assert not (data / notes.FILE).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make another user's directory")
def test_nothing_is_written_into_another_users_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(DaybookError, match="files of two owners would mix"):
        notes.of(tmp_path, 20, 1, "s")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_log_that_is_no_file_is_not_written(tmp_path: Path, kind: str) -> None:
    other = tmp_path / "other"
    other.write_text("kept")
    data = tmp_path / "ledger"
    data.mkdir()
    if kind == "link":
        (data / "demo-up.log").symlink_to(other)
    else:
        os.mkfifo(data / "demo-up.log")
    with pytest.raises(ServerFailed, match="cannot be written"), DemoLedger(data):
        pass
    assert other.read_text() == "kept"


def test_a_directory_without_a_ledger_is_taken_and_known_again(tmp_path: Path) -> None:
    data = tmp_path / "ledger"
    first = notes.of(data, 20, 7, "s")
    first.tokens["crm"] = "dbk_"
    first.write(data)
    (data / "postgres").mkdir()
    assert notes.of(data, 20, 7, "s") == first
    assert (data / notes.FILE).stat().st_mode & 0o077 == 0
    with pytest.raises(BadRequest, match="--deals 20 --seed 7"):
        notes.of(data, 30, 7, "s")
    with pytest.raises(BadRequest, match="another version of the demo"):
        notes.of(data, 20, 7, "t")


@pytest.mark.parametrize("sign", ["nats", "postgres", "notary", "run.json"])
def test_whatever_is_left_of_a_ledger_is_one(tmp_path: Path, sign: str) -> None:
    (tmp_path / sign).mkdir()
    with pytest.raises(DaybookError, match="did not make"):
        notes.of(tmp_path, 20, 7, "s")
    assert [each.name for each in tmp_path.iterdir()] == [sign]


@pytest.mark.parametrize("content", [b"", b"{", b'{"deals": 20}', b"x" * 100_000])
def test_notes_that_cannot_be_read_are_said_to_be_such(tmp_path: Path, content: bytes) -> None:
    (tmp_path / notes.FILE).write_bytes(content)
    with pytest.raises(DaybookError, match="cannot be read"):
        notes.of(tmp_path, 20, 7, "s")


async def _sources(data: Path) -> str:
    code, said, complaint = await daybook("source", "list", "--json", data=str(data))
    assert code == 0, complaint
    return said
