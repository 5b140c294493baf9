"""The disk nearly full: intake refuses before a server meets the end of it, and goes on by itself."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.intake.service import running
from services.runtime.disk_space import Disk
from tests.integration.intake.conftest import on_a_free_port
from tests.integration.intake.sending import Sender, call
from tests.ledger import Ledger
from tests.service import until

_MARGIN = 256 * 1024 * 1024
"""What others may write to the same disk during a test."""


@pytest.fixture
async def full(empty_ledger: Ledger, client: httpx.AsyncClient) -> AsyncIterator[Sender]:
    """More is to stay free than there is."""
    disk = Disk(empty_ledger.home, shutil.disk_usage(empty_ledger.home).total + 1)
    async with running(on_a_free_port(empty_ledger.settings), disk=disk) as intake:
        yield Sender(client, intake.port, await empty_ledger.source("crm"))


async def test_nothing_is_taken_and_intake_says_why(empty_ledger: Ledger, full: Sender) -> None:
    for refused in (await full.send(call("c-1")), await full.send_batch([call("c-1"), call("c-2")])):
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:daybook:problem:disk-low")
        assert refused.headers["retry-after"]
    assert await empty_ledger.last_sequence() == 0

    async def says_so() -> bool:
        found = (await full.client.get(f"{full.url}/ready")).json()
        return [each["code"] for each in found["reasons"]] == ["disk_low"]

    await until(says_so, "intake is ready")
    metrics = (await full.client.get(f"{full.url}/metrics")).text
    assert "\ndaybook_intake_disk_free_bytes " in metrics


async def test_what_is_enough_is_seen_anew_each_time(tmp_path: Path) -> None:
    filler = tmp_path / "filler"
    disk = Disk(tmp_path, shutil.disk_usage(tmp_path).free - _MARGIN)
    assert disk.low is None
    with filler.open("wb") as file:
        for _ in range(8):
            file.write(bytes(_MARGIN // 4))
    assert disk.low is not None
    filler.unlink()
    await until(lambda: _is_enough(disk), "the room that was made is not seen")


async def _is_enough(disk: Disk) -> bool:
    return disk.low is None


def test_of_a_disk_that_cannot_be_seen_nothing_is_said(tmp_path: Path) -> None:
    for disk in (Disk(None), Disk(tmp_path / "none")):
        assert (disk.low, disk.free_bytes) == (None, None)
